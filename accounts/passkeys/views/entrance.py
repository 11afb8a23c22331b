"""The way in by a passkey: alone, and as the second factor (A5)."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import own_transactions, public
from accounts.factors.views.challenge import kinds_of_pending, pending_of, to_login
from accounts.login import LoginRefused
from accounts.passkeys import entering, proving
from accounts.passkeys.challenges import Purpose
from accounts.passkeys.forms import AnswerForm
from accounts.passkeys.refusals import PasskeyRefused
from accounts.passkeys.views.browser import about, hand_out, token_of
from accounts.policy.throttle import TooManyAttempts
from accounts.views.entrance import admitted, slow_down
from tenants.isolation.transactions import tenant_transaction


@public
@own_transactions
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def passkey_login(request: HttpRequest) -> HttpResponse:
    """Log in with a passkey alone. Whatever is wrong, the answer is the same (A1)."""
    form = AnswerForm(request.POST or None)
    if request.method == "POST":
        try:
            answer = form.cleaned_data["answer"] if form.is_valid() else ""
            admission = entering.log_in(answer=answer, token=token_of(request))
        except TooManyAttempts as refusal:
            return slow_down(request, refusal)
        except LoginRefused:
            return _page(request, "login", refused=True)
        return admitted(request, admission, request.GET.get("next"))
    return _page(request, "login")


@public
@own_transactions
@require_POST
def passkey_login_options(_request: HttpRequest) -> HttpResponse:
    """A challenge for any passkey."""
    return hand_out(proving.begin(None, Purpose.ALONE))


@public
@own_transactions
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def passkey_factor(request: HttpRequest) -> HttpResponse:
    """Ask for a passkey after the right password."""
    pending = pending_of(request)
    if pending is None:
        return to_login(request)
    form, refused = AnswerForm(request.POST or None), False
    if request.method == "POST":
        try:
            answer = form.cleaned_data["answer"] if form.is_valid() else ""
            admission = entering.finish_login(pending, answer=answer, token=token_of(request))
        except PasskeyRefused:
            refused = True
        except LoginRefused:
            return to_login(request)
        else:
            return admitted(request, admission, request.GET.get("next"))
    others = [kind for kind in kinds_of_pending(pending) if kind.code != "passkey"]
    return _page(request, "factor", refused=refused, others=others)


@public
@own_transactions
@require_POST
def passkey_factor_options(request: HttpRequest) -> HttpResponse:
    """A challenge for the passkeys of whoever has begun to log in."""
    pending = pending_of(request)
    if pending is None:
        return JsonResponse({"error": _("The log-in took too long. Please begin again.")}, status=403)
    with tenant_transaction(pending.tenant_id):
        return hand_out(proving.begin(pending.user, Purpose.FACTOR))


def _page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    return render(request, f"accounts/passkeys/{name}.html", about(request) | context)
