"""The page "Confirm it is you", before a risky action (A11; ASVS 7.5.1, 7.5.3)."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import sessions
from accounts.access import MemberRequest, before_enrolment, before_password_change, signed_in
from accounts.factors import stepping
from accounts.factors.forms import CodeForm, ConfirmForm
from accounts.sso.queries import may_confirm
from accounts.views.entrance import next_page
from tenants.isolation.secrets import BearerSecret


@signed_in(when_suspended=True)
@before_enrolment
@before_password_change
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: MemberRequest) -> HttpResponse:
    """Ask for the password, or for whatever else the person has; then back to where they were."""
    by_password = stepping.has_password(request.user)
    form = ConfirmForm(request.POST or None) if by_password else None
    if form is not None and form.is_valid():
        secret = stepping.confirm_by_password(request.login_session, **form.cleaned_data)
        if secret is not None:
            return confirmed(request, secret)
        form.add_error(None, _("This is not your password. After several wrong ones, further attempts have to wait."))
    context = {
        "form": form,
        "ways": stepping.ways(request.user),
        "may_ask_provider": not by_password and may_confirm(request.user),
        "query": request.GET.urlencode(),
        "unsent": "unsent" in request.GET,
        "minutes": stepping.FRESH_MINUTES,
    }
    return render(request, "accounts/factors/confirm.html", context)


@signed_in(when_suspended=True)
@before_enrolment
@before_password_change
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_totp(request: MemberRequest) -> HttpResponse:
    """Ask for a code of the authenticator app, in place of a password that the person has not."""
    if "totp" not in {kind.code for kind in stepping.ways(request.user)}:
        return redirect(f"{reverse('confirm')}?{request.GET.urlencode()}")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        secret = stepping.confirm_by_code(request.login_session, form.cleaned_data["code"])
        if secret is not None:
            return confirmed(request, secret)
        form.add_error(
            "code", _("This code is not right, or it was used before. After several wrong ones, wait a little.")
        )
    return render(request, "accounts/factors/confirm_totp.html", {"form": form})


def confirmed(request: HttpRequest, secret: BearerSecret) -> HttpResponse:
    """Back to the page that asked, with the new secret of the session."""
    response = redirect(next_page(request, request.GET.get("next")))
    sessions.set_cookie(response, secret)
    rotate_token(request)
    return response
