"""What somebody gets at an address that the company does not allow: a clear page, and an event in its log (A4)."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from accounts.network.actions import ADDRESS_REFUSED, OUTSIDE
from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.context import current_origin
from auditlog.services import Target, record_apart


def refusal(*, actor: Actor, tenant_id: UUID, page: str, method: str | None) -> Callable[[], None]:
    """The event, to be written when no transaction is open: it must outlive the refused request."""
    return partial(
        record_apart,
        ADDRESS_REFUSED,
        actor=actor,
        tenant_id=tenant_id,
        target=Target("page", label=page),
        outcome=Outcome.DENIED,
        after={"reason": OUTSIDE, "method": method},
    )


def refusal_page(request: HttpRequest) -> HttpResponse:
    """The address, why it is refused, and what to do."""
    if not request.accepts("text/html"):
        return JsonResponse({"ok": False, "error": OUTSIDE}, status=403)
    response = render(request, "accounts/address_refused.html", {"address": current_origin().ip}, status=403)
    response["Cache-Control"] = "no-store, private"
    return response
