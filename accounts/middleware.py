"""One request, one transaction, one tenant (DESIGN section 4)."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils import timezone, translation

from accounts.factors.requirement import enrolment_due
from accounts.hashing import HashingBusy
from accounts.menus import MENUS_WHEN_SUSPENDED, RETURN_MENU
from accounts.policy.validity import change_due
from accounts.queries import rights_of
from accounts.sessions import find_session
from auditlog.actions import NOT_FOUND, Outcome
from auditlog.context import current_origin
from auditlog.services import Target, outliving
from tenants.isolation.context import tenant_scope
from tenants.isolation.placement import current_alias
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.transactions import atomic

Handler = Callable[[HttpRequest], HttpResponseBase]


class Nobody:
    """The user of a request without a log-in."""

    is_authenticated = False
    is_anonymous = True


class TenantRequestMiddleware:
    """Enters the tenant that the session cookie names, opens the request's transaction, finds the user.

    An exception rolls the transaction back, although Django turns it into a response. What must outlive that (a denied
    access) is written afterwards, from `request.after_transaction`. A view under `own_transactions` gets none.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        """Handle the request for its tenant."""
        secret = BearerSecret.parse(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))
        request.user, request.menus, request.login_session = Nobody(), frozenset(), None
        request.change_due, request.factor_due, request.pending_login = None, False, None
        request.shut_out, request.captured, request.suspended = None, frozenset(), False
        request.after_transaction = []
        with tenant_scope(secret.tenant_id if secret else None):
            # Staff inside a company work in that one's transaction, which accounts.staff.middleware opens.
            if opens_own_transactions(request) or getattr(request, "staff_claimed", None):
                with atomic():
                    _identify(request, secret)
                response = self._respond(request)
            else:
                with atomic():
                    _identify(request, secret)
                    response = self._respond(request)
                if response.streaming:
                    raise RuntimeError("A streaming response needs a view under own_transactions().")
            for effect in request.after_transaction:
                effect()
        return response

    def _respond(self, request: Any) -> HttpResponseBase:
        """The rest of the way; a cookie that opens no session must not leave its tenant in scope."""
        if request.user.is_authenticated:
            return self.get_response(request)
        with tenant_scope(None):
            return self.get_response(request)

    def process_exception(self, request: Any, exception: Exception) -> HttpResponse | None:
        """Undo what the view has written; a view that opens its own transactions has undone it already."""
        if isinstance(exception, Http404):
            _record_miss(request)
        alias = current_alias()
        if not opens_own_transactions(request) and transaction.get_connection(alias).in_atomic_block:
            transaction.set_rollback(True, using=alias)
        return _busy(request, exception.retry_after) if isinstance(exception, HashingBusy) else None


class PreferenceMiddleware:
    """Speaks the language and shows the times of the person who is logged in (T10)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        """Handle the request in the user's language and time zone."""
        user = request.user
        if not user.is_authenticated:
            half_in = request.pending_login or request.shut_out
            if half_in is None:
                return self.get_response(request)
            user = half_in.user
        language = user.language or translation.get_language()
        with translation.override(language), timezone.override(ZoneInfo(user.time_zone)):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers["Content-Language"] = language
        # What somebody saw while logged in must not come back from a cache after the log-out.
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response


def _busy(request: HttpRequest, retry_after: int) -> HttpResponse:
    """Sent away before a password was looked at; nothing was counted (A2)."""
    response: HttpResponse
    if request.accepts("text/html"):
        response = HttpResponse(_busy_page(translation.get_language()), status=503)
    else:
        response = JsonResponse({"ok": False, "error": "busy", "retry_after": retry_after}, status=503)
    response["Retry-After"] = str(retry_after)
    return response


@cache
def _busy_page(_language: str) -> str:
    """Made once: whoever floods the log-in must not get a page worked out for each attempt."""
    return render_to_string("accounts/busy.html", {"product_name": settings.PRODUCT_NAME})


def opens_own_transactions(request: HttpRequest) -> bool:
    """Whether the view of the address does."""
    return _marked(request, "own_transactions")


def _marked(request: HttpRequest, mark: str) -> bool:
    """Whether the view of the address carries a mark of `accounts.access`."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return bool(getattr(view, mark, False))


def _record_miss(request: Any) -> None:
    """Remember that somebody asked for what is not theirs or not there (a guessed id is the usual way to look)."""
    if request.user.is_authenticated and not request.after_transaction:
        event = {"target": Target("page", label=request.path), "outcome": Outcome.DENIED}
        request.after_transaction.append(
            outliving(NOT_FOUND, actor=request.user.as_actor(), **event, after={"method": request.method})
        )


def _identify(request: Any, secret: BearerSecret | None) -> None:
    found = find_session(secret, note_use=not _marked(request, "background")) if secret else None
    if not found:
        return
    session, policy = found.session, found.policy
    current_origin().session_id = session.id
    if found.shut_out:  # the session lives on for the day when its user is back, and opens nothing until then
        request.shut_out = session
        return
    if session.awaiting_factor:
        request.pending_login = session
        return
    rights = rights_of(session.user)
    if not found.open:
        if RETURN_MENU not in rights.menus:
            return
        rights = replace(rights, menus=rights.menus & MENUS_WHEN_SUSPENDED)
        request.suspended = True
    request.user, request.login_session = session.user, session
    request.policy, request.menus, request.captured = policy, rights.menus, found.captured
    request.factor_due = enrolment_due(session, policy, by_role=rights.factor_required)
    request.change_due = change_due(session.user, policy, timezone.now())
