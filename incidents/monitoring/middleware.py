"""`/readyz` is answered before anything asks the database, or it could not say that the database is away (N9)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from incidents.monitoring.views.public import readyz

_PATH = "/readyz"


class ReadinessMiddleware:
    """Stands outside of what opens transactions and of what checks host names, which load balancers do not know."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer that one page, hand on everything else."""
        return readyz(request) if request.path == _PATH else self.get_response(request)
