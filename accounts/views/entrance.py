"""The way in and out: log-in, log-out, language, and what a rejected form shows (A1)."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import login, sessions, users
from accounts.access import MemberRequest, before_enrolment, before_password_change, own_transactions, public, signed_in
from accounts.devices import known_devices, remember_device, tell_of_new_device
from accounts.forms import LoginForm
from accounts.passkeys.views.browser import about
from accounts.policy.throttle import TooManyAttempts
from accounts.sso import logout
from accounts.sso.addresses import public_name
from accounts.sso.views.browser import nonce_of
from auditlog.actions import REQUEST_REFUSED, Outcome
from auditlog.context import current_origin, origin
from auditlog.services import Target, outliving
from tenants.isolation.directory import normalize_code
from tenants.isolation.transactions import tenant_transaction

_COMPANY_COOKIE_SECONDS = 365 * 24 * 3600


@public
@own_transactions
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in page. Whatever is wrong, the answer is the same (A1)."""
    if request.method != "POST" and request.user.is_authenticated:
        return redirect(next_page(request, request.GET.get("next")))
    remembered = request.COOKIES.get(settings.COMPANY_COOKIE_NAME, "")
    initial = {"company_code": request.GET.get("company") or remembered, "remember": bool(remembered)}
    form = LoginForm(request.POST or None, initial=initial)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            admission = login.log_in(
                company_code=typed["company_code"],
                user_id=typed["user_id"],
                password=typed["password"],
                devices=known_devices(request),
            )
        except login.LoginRefused as refusal:
            form.add_error(None, _refusal(refusal))
        except TooManyAttempts as refusal:
            return slow_down(request, refusal)
        else:
            return _admitted(request, admission, typed)
    return render(request, "accounts/login.html", about(request) | {"form": form})


@signed_in(when_suspended=True)
@before_enrolment
@before_password_change
@require_POST
def log_out(request: MemberRequest) -> HttpResponse:
    """End this session; one that was opened by single sign-on can be ended there as well."""
    connection = logout.remember(request.login_session, nonce=nonce_of(request))
    login.log_out(request.login_session)
    messages.success(request, _("You have logged out."))
    response = redirect("sso_farewell", public_name(connection)) if connection else redirect("login")
    sessions.drop_cookie(response)
    return response


@public
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on; remembered by a cookie, and for those who are logged in by their account."""
    response = redirect(next_page(request, request.POST.get("next")))
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return response
    user: Any = request.user
    if user.is_authenticated:
        users.change_profile(user, name=user.name, language=language, time_zone=user.time_zone)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=_COMPANY_COOKIE_SECONDS,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response


@public
@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """For load balancers and probes: 200 when the application answers and its database does (N9)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What Django shows in place of a view when a form has no valid token (`CSRF_FAILURE_VIEW`)."""
    user: Any = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        refused = outliving(
            REQUEST_REFUSED,
            actor=user.as_actor(),
            target=Target("page", label=request.path),
            outcome=Outcome.DENIED,
            after={"reason": reason},
        )
        request.after_transaction.append(refused)  # type: ignore[attr-defined]  # set by TenantRequestMiddleware
    return render(request, "403_csrf.html", status=403)


def _refusal(refusal: login.LoginRefused) -> str:
    if refusal.frozen:
        return _("Your company is under maintenance: its data is being restored. Please try again in a little while.")
    if refusal.ended_on:
        day = date_format(refusal.ended_on, "DATE_FORMAT")
        return _("The use of your company has ended on %(day)s. Please ask your administrator.") % {"day": day}
    if refusal.suspended:
        return _("Your account or the contract of your company is suspended. Please ask your administrator.")
    return _(
        "The company code, the user ID or the password is not right. "
        "After several wrong passwords, every further attempt has to wait, a little longer each time."
    )


def slow_down(request: HttpRequest, refusal: TooManyAttempts) -> HttpResponse:
    """The address has failed too often. This says nothing about any account."""
    response = render(request, "accounts/slow_down.html", {"minutes": -(-refusal.retry_after // 60)}, status=429)
    response["Retry-After"] = str(refusal.retry_after)
    return response


def admitted(request: Any, admission: login.Admission, wanted: str | None) -> HttpResponse:
    """Hand over the new session, or the log-in that waits for its second factor; the session before ends (ASVS 7.2.4).

    `wanted` is the address that the person was on the way to.
    """
    earlier = request.login_session
    if earlier is not None:
        with tenant_transaction(earlier.tenant_id), origin(replace(current_origin(), session_id=earlier.id)):
            login.log_out(earlier)
    target = next_page(request, wanted)
    if admission.awaiting_factor:
        target = f"{reverse('factor')}?{urlencode({'next': target})}"
    response = redirect(target)
    sessions.set_cookie(response, admission.secret)
    if not admission.awaiting_factor and not remember_device(request, response, admission.user_key):
        _new_device(admission)
    rotate_token(request)
    return response


def _new_device(admission: login.Admission) -> None:
    """Tell the user, unless every device is new because they have never been here (ASVS 6.3.5)."""
    if not admission.is_first:
        with tenant_transaction(admission.secret.tenant_id):
            tell_of_new_device(admission.user_key)


def _admitted(request: Any, admission: login.Admission, typed: dict[str, Any]) -> HttpResponse:
    """As `admitted`, with the company code kept or forgotten."""
    response = admitted(request, admission, request.GET.get("next"))
    if typed["remember"]:
        response.set_cookie(
            settings.COMPANY_COOKIE_NAME,
            normalize_code(typed["company_code"]),
            max_age=_COMPANY_COOKIE_SECONDS,
            secure=settings.SECURE_COOKIES,
            httponly=True,
            samesite="Lax",
        )
    elif settings.COMPANY_COOKIE_NAME in request.COOKIES:
        response.delete_cookie(settings.COMPANY_COOKIE_NAME, samesite="Lax")
    return response


def next_page(request: HttpRequest, wanted: str | None) -> str:
    """The page that somebody was on the way to, if it is one of ours; the start page otherwise."""
    if wanted and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return reverse("home")
