"""The provider's staff inside a company: `/staff/<company>.<access>/…` are the company's pages, under a grant (A14).

The address says in which company somebody works, so that two tabs cannot be mistaken for one another, and every link
that a page makes stays inside. What lets them in is `accounts.staff.grants`.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils import timezone, translation

from accounts.middleware import opens_own_transactions
from accounts.policy.queries import current_policy
from accounts.staff.actions import PAGE_OPENED
from accounts.staff.grants import Claim, Standing, standing, still_stands
from accounts.staff.presence import Presence, StaffMember
from accounts.staff.queries import OPERATOR_MENU
from auditlog.actions import NOT_FOUND, Outcome
from auditlog.context import current_origin
from auditlog.services import Target, outliving, record
from tenants.isolation.context import tenant_scope
from tenants.isolation.placement import current_alias
from tenants.isolation.transactions import atomic, tenant_transaction

Handler = Callable[[HttpRequest], HttpResponseBase]

_PATH = re.compile(r"/staff/([0-9a-f]{32})\.([0-9a-f]{32})(/.*)", re.DOTALL)
_LOOK_AGAIN_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Claimed:
    """What an address names. Nobody has looked yet whether there is such an access."""

    company_id: UUID
    access_id: UUID
    outside: str  # the prefix of all other addresses


class StaffPathMiddleware:
    """Takes the beginning off such an address. The rest is an address of the product, and links begin like this one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        """Handle the request as one for the rest of the address."""
        request.staff_claimed = request.staff = None
        found = _PATH.fullmatch(request.path_info)
        if found is None:
            return self.get_response(request)
        company, access, rest = found.groups()
        request.staff_claimed = Claimed(UUID(company), UUID(access), get_script_prefix())
        request.path_info = rest
        with _links_begin_with(f"{get_script_prefix()}staff/{company}.{access}/"):
            return self.get_response(request)


class StaffMiddleware:
    """Lets the operator whom the session names into the company that the address names, if the grant says so.

    The request becomes one of the company: its tenant, its policy, its transaction, and a `StaffMember` as its user.
    The grant is looked at before, and again when the answer is ready: if it has ended by then, nothing is kept and
    nothing told.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        """Handle the request for the company."""
        claimed: Claimed | None = request.staff_claimed
        if claimed is None:
            return self.get_response(request)
        if request.shut_out or request.change_due or request.factor_due:
            return HttpResponseRedirect(_outside(claimed, "home"))  # where they are told what is in the way
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{_outside(claimed, 'login')}?{urlencode({'next': request.path})}")
        claim = Claim(
            claimed.company_id,
            claimed.access_id,
            operator_id=request.user.id,
            session_id=request.login_session.id,
            provider_id=request.user.tenant_id,
        )
        with tenant_transaction(claim.company_id):
            found = standing(claim) if OPERATOR_MENU in request.menus else None
            if found is not None and found.runs and found.entered_here:
                _step_inside(request, claimed, found)
        if found is None:
            return _absent(request)
        if not found.runs:
            return _over(request, claimed)
        if not found.entered_here:
            return HttpResponseRedirect(_page(claimed))
        with tenant_scope(claim.company_id):
            return self._work(request, claim)

    def _work(self, request: Any, claim: Claim) -> HttpResponseBase:
        """The view's work, kept only if the grant still stands when it is done."""
        if opens_own_transactions(request):
            response = self.get_response(request)
            with atomic():
                stands = still_stands(claim)
        else:
            with atomic():
                response = self.get_response(request)
                undone = transaction.get_rollback(using=current_alias())  # the view has failed, so nothing is kept
                stands = undone or still_stands(claim)
                if not stands:
                    transaction.set_rollback(True, using=current_alias())
        if not stands:
            if response.streaming:
                response.close()
            return _over(request, request.staff_claimed)
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = _watched(response.streaming_content, claim, timezone.now())
        return response


def _step_inside(request: Any, claimed: Claimed, found: Standing) -> None:
    """Make the request one of the company, and put it on record before anything is shown."""
    operator, access = request.user, found.access
    request.staff = Presence(access, _page(claimed), _page(claimed, "_end"))
    request.user = StaffMember(
        operator.id, access.tenant_id, operator.user_id, operator.name, operator.language, operator.time_zone
    )
    request.menus, request.policy, request.company = request.staff.menus, current_policy(), found.company
    request.captured = frozenset()  # each page is on record already, as what is sensitive
    current_origin().session_id = access.id
    seen = {"method": request.method, "scope": access.scope}
    record(PAGE_OPENED, actor=request.user.as_actor(), target=Target("page", label=request.path_info), after=seen)


def _absent(request: Any) -> HttpResponseBase:
    """To everybody whom an access is not for, it does not exist; that they looked is on record where they belong."""
    event = {"target": Target("page", label=request.path), "outcome": Outcome.DENIED}
    request.after_transaction.append(
        outliving(NOT_FOUND, actor=request.user.as_actor(), **event, after={"method": request.method})
    )
    raise Http404


def _over(request: Any, claimed: Claimed) -> HttpResponseBase:
    """The operator's own access has ended: say so, and show nothing of the company."""
    request.staff = None
    with translation.override(request.user.language or translation.get_language()):
        response = render(request, "accounts/staff/over.html", {"page": _page(claimed)}, status=403)
    response.headers["Cache-Control"] = "no-store, private"
    return response


def _page(claimed: Claimed, action: str = "") -> str:
    """The provider's page about the access."""
    return _outside(claimed, f"operator:staff_access{action}", claimed.company_id, claimed.access_id)


def _outside(claimed: Claimed, name: str, *args: object) -> str:
    """An address outside the company."""
    with _links_begin_with(claimed.outside):
        return reverse(name, args=args)


@contextmanager
def _links_begin_with(prefix: str) -> Iterator[None]:
    before = get_script_prefix()
    set_script_prefix(prefix)
    try:
        yield
    finally:
        set_script_prefix(before)


def _watched(content: Any, claim: Claim, looked: datetime) -> Iterator[bytes]:
    """A download, broken off when the grant ends. The browser reports it as failed, since its length was announced."""
    for chunk in content:
        if (timezone.now() - looked).total_seconds() >= _LOOK_AGAIN_SECONDS:
            looked = timezone.now()
            with tenant_transaction(claim.company_id):
                if not still_stands(claim):
                    raise ConnectionAbortedError("The staff access ended during a download.")
        yield chunk
