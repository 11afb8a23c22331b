"""What load balancers, probes and Prometheus ask for (N9)."""

from ipaddress import ip_address

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import public
from auditlog.context import current_origin
from incidents.monitoring.metrics import CONTENT_TYPE, exposition
from incidents.monitoring.readiness import readiness


@public
@never_cache
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when requests may be sent here, else 503; says which part is missing, and how the worker is."""
    answer = readiness()
    return JsonResponse(answer.as_json(), status=200 if answer.ready else 503)


@public
@never_cache
@require_safe
def metrics(_request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, for the networks that the settings name; for others there is no such page."""
    address = current_origin().ip
    if address is None or not any(ip_address(address) in network for network in settings.METRICS_NETWORKS):
        raise Http404
    return HttpResponse(exposition(), content_type=CONTENT_TYPE)
