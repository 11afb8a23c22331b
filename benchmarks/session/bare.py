"""One address with a view that does nothing, for somebody who is logged in."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def bare(_request: HttpRequest) -> HttpResponse:
    """Nothing but an answer."""
    return HttpResponse("ok")


urlpatterns = [path("bare/", bare)]
