"""The second half of a log-in: the second factor (A5)."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import own_transactions, public
from accounts.factors.kinds import Kind, kinds_of
from accounts.models import Session
from tenants.isolation.transactions import tenant_transaction


@public
@own_transactions
@never_cache
@require_safe
def factor(request: HttpRequest) -> HttpResponse:
    """To the page of the first kind that the person has; whoever has not begun to log in begins."""
    pending = pending_of(request)
    if pending is None:
        return redirect("login")
    kind = next(kind for kind in kinds_of_pending(pending) if kind.is_factor)
    return redirect(f"{reverse(kind.challenge)}?{request.GET.urlencode()}")


def pending_of(request: HttpRequest) -> Session | None:
    """The log-in of this browser that waits for its second factor."""
    return getattr(request, "pending_login", None)


def kinds_of_pending(pending: Session) -> list[Kind]:
    """What the person has to prove themselves with. Opens a transaction of its own."""
    with tenant_transaction(pending.tenant_id):
        return kinds_of(pending.user)


def to_login(request: HttpRequest) -> HttpResponse:
    """Back to the beginning, when a log-in took too long; `next` is kept."""
    query = urlencode({"next": request.GET.get("next", "")})
    return redirect(f"{reverse('login')}?{query}")
