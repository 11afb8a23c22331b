"""The second half of a log-in: the second factor (A5)."""

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import own_transactions, public
from accounts.factors import recovery, totp
from accounts.factors.attempts import enter
from accounts.factors.forms import CodeForm, RecoveryForm
from accounts.factors.kinds import Kind, kinds_of
from accounts.login import LoginRefused
from accounts.models import Session, User
from accounts.views.entrance import admitted, next_page
from tenants.isolation.transactions import tenant_transaction


@public
@own_transactions
@never_cache
@require_safe
def factor(request: HttpRequest) -> HttpResponse:
    """To the page of the first kind that the person has; whoever has not begun to log in begins."""
    pending = pending_of(request)
    if pending is None:
        return to_login(request)
    kind = next((kind for kind in kinds_of_pending(pending) if kind.is_factor), None)
    return to_login(request) if kind is None else redirect(f"{reverse(kind.challenge)}?{request.GET.urlencode()}")


@public
@own_transactions
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def factor_totp(request: HttpRequest) -> HttpResponse:
    """Ask for a code of the authenticator app."""
    return _ask(request, "totp", CodeForm, totp.spend)


@public
@own_transactions
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def factor_recovery(request: HttpRequest) -> HttpResponse:
    """Ask for a recovery code."""
    return _ask(request, "recovery", RecoveryForm, recovery.spend)


def pending_of(request: HttpRequest) -> Session | None:
    """The log-in of this browser that waits for its second factor."""
    return getattr(request, "pending_login", None)


def kinds_of_pending(pending: Session) -> list[Kind]:
    """What the person has to prove themselves with. Opens a transaction of its own."""
    with tenant_transaction(pending.tenant_id):
        return kinds_of(pending.user)


def to_login(request: HttpRequest) -> HttpResponse:
    """To the beginning, or on if there is nothing to prove; `next` is kept."""
    if request.user.is_authenticated:
        return redirect(next_page(request, request.GET.get("next")))
    query = f"?{urlencode({'next': request.GET['next']})}" if "next" in request.GET else ""
    return redirect(reverse("login") + query)


def _ask(
    request: HttpRequest, code: str, form_class: type[forms.Form], spend: Callable[[User, str], bool]
) -> HttpResponse:
    pending = pending_of(request)
    if pending is None:
        return to_login(request)
    form = form_class(request.POST or None)
    if form.is_valid():
        try:
            admission = enter(pending, method=code, spend=partial(spend, pending.user, form.cleaned_data["code"]))
        except LoginRefused:
            return to_login(request)
        if admission is not None:
            return admitted(request, admission, request.GET.get("next"))
        form.add_error(
            "code", _("This code is not right, or it was used before. After several wrong ones, wait a little.")
        )
    others = [kind for kind in kinds_of_pending(pending) if kind.code != code]
    context = {"form": form, "kind": code, "others": others, "query": request.GET.urlencode()}
    return render(request, "accounts/factors/challenge.html", context)
