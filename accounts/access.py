"""Who may open a page: every view carries exactly one of these decorators, outermost (A9).

Outsiders get 404, insiders without the menu 403; both are recorded. `access_of()` lets the permission matrix test and
the system check read what a view demands.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast, overload
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from accounts.factors.stepping import is_fresh
from accounts.menus import BY_CODE, Audience
from accounts.models import Session, User
from accounts.network.refusal import refusal, refusal_page
from accounts.policy.models import SecurityPolicy
from accounts.policy.validity import ChangeReason
from accounts.staff.presence import Presence
from auditlog.actions import ACCESS_DENIED, Outcome
from auditlog.services import Target, outliving
from tenants.isolation.directory import current_company

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class MemberRequest(HttpRequest):
    """A request behind `signed_in` or `menu_required`: somebody is logged in."""

    user: User
    menus: frozenset[str]
    login_session: Session
    policy: SecurityPolicy
    change_due: ChangeReason | None
    factor_due: bool
    after_transaction: list[Callable[[], None]]
    staff: Presence | None
    suspended: bool


@dataclass(frozen=True, slots=True)
class Access:
    """What a view demands: nothing, a log-in, or one of its menus.

    `when_suspended`: it stays open to those who still get in when the use of their company has ended (T4).
    """

    public: bool = False
    menu: str | None = None
    when_suspended: bool = False


def public(view: View) -> View:
    """Anybody may open the page."""
    return _guarded(view, Access(public=True), _admit_anybody)


@overload
def signed_in(view: View) -> View: ...


@overload
def signed_in(*, when_suspended: bool) -> Callable[[View], View]: ...


def signed_in(view: View | None = None, *, when_suspended: bool = False) -> View | Callable[[View], View]:
    """Everybody who is logged in may open the page; `when_suspended`, also when the company's use has ended."""
    access = Access(when_suspended=when_suspended)
    if view is not None:
        return _guarded(view, access, _login_first)
    return lambda view: _guarded(view, access, _login_first)


def menu_required(code: str, *, when_suspended: bool = False) -> Callable[[View], View]:
    """Only those may open the page to whom a role grants the menu; `when_suspended`, also when use has ended (T4)."""
    menu = BY_CODE[code]

    def check(request: HttpRequest) -> HttpResponseBase | None:
        refused = _login_first(request)
        if refused is None and menu.code not in cast("MemberRequest", request).menus:
            _refuse(cast("MemberRequest", request), menu.code, outsider_allowed=menu.audience is not Audience.OPERATOR)
        return refused

    return lambda view: _guarded(view, Access(menu=code, when_suspended=when_suspended), check)


def own_transactions(view: View) -> View:
    """The view opens its transactions itself: it streams, or it works before a tenant is known."""
    view.own_transactions = True  # type: ignore[attr-defined]
    return view


def background(view: View) -> View:
    """Pages ask for the view by themselves, so that asking is no use of a session (ASVS 7.3.1, A11)."""
    view.background = True  # type: ignore[attr-defined]
    return view


def before_password_change(view: View) -> View:
    """The view stays open to somebody who has to choose a new password before anything else (A2)."""
    view.before_password_change = True  # type: ignore[attr-defined]
    return view


def before_enrolment(view: View) -> View:
    """The view stays open to somebody who has to set up a second factor before anything else (A5)."""
    view.before_enrolment = True  # type: ignore[attr-defined]
    return view


def step_up(view: View) -> View:
    """A risky action: whoever has not proved who they are for ten minutes does so first (A11; ASVS 7.5.1, 7.5.3).

    Innermost, below `require_POST` and its like. What was sent is not done; the page that asks says so and leads back.
    """

    @wraps(view)
    def stepped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_fresh(cast("MemberRequest", request).login_session):
            return view(request, *args, **kwargs)
        return HttpResponseRedirect(confirmation_of(request))

    return cast("View", stepped)


def step_up_to_change(view: View) -> View:
    """As `step_up`, but the page may be looked at without: only what it sends is risky."""
    stepped = step_up(view)

    @wraps(view)
    def chosen(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return (view if request.method in {"GET", "HEAD"} else stepped)(request, *args, **kwargs)

    return cast("View", chosen)


def confirmation_of(request: HttpRequest) -> str:
    """The address of the page "Confirm it is you", which leads back; after a POST, to the page that sent it."""
    if request.method in {"GET", "HEAD"}:
        query = {"next": request.get_full_path()}
    else:
        came_from = urlsplit(request.headers.get("Referer", ""))
        query = {"next": came_from.path if came_from.netloc == request.get_host() else "", "unsent": "1"}
    return f"{reverse('confirm')}?{urlencode(query)}"


def access_of(view: Callable[..., Any]) -> Access | None:
    """What the view demands; None if it carries no decorator."""
    return getattr(view, "access", None)


def _guarded(view: View, access: Access, check: Callable[[HttpRequest], HttpResponseBase | None]) -> View:
    if access_of(view) is not None:
        raise TypeError(f"{view.__qualname__} carries two access decorators.")

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        _keep_staff_in_scope(cast("MemberRequest", request), access)
        refused = check(request)
        if refused is None and not access.public:
            _keep_suspended_in_place(cast("MemberRequest", request), access)
            refused = _first_things_first(request, view)
        return refused or view(request, *args, **kwargs)

    guarded.access = access  # type: ignore[attr-defined]
    return cast("View", guarded)


def _admit_anybody(request: HttpRequest) -> None:
    """No check."""


def _login_first(request: HttpRequest) -> HttpResponseBase | None:
    if request.user.is_authenticated:
        return None
    shut_out: Session | None = getattr(request, "shut_out", None)
    if shut_out is not None:
        return _refuse_address(cast("MemberRequest", request), shut_out)
    target = reverse("login")
    if request.method == "GET":
        target += "?" + urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(target)


def _refuse_address(request: MemberRequest, session: Session) -> HttpResponseBase:
    """Somebody is logged in, but not at an address of the company: say so, and put it on record (A4, ASVS 8.2.4)."""
    request.after_transaction.append(
        refusal(actor=session.user.as_actor(), tenant_id=session.tenant_id, page=request.path, method=request.method)
    )
    return refusal_page(request)


def _first_things_first(request: HttpRequest, view: Callable[..., Any]) -> HttpResponseBase | None:
    """To the set-up of a second factor, then to the page for a new password, and nowhere else, while they are due."""
    if getattr(request, "factor_due", False):
        return None if hasattr(view, "before_enrolment") else HttpResponseRedirect(reverse("enrol"))
    if getattr(request, "change_due", None) and not hasattr(view, "before_password_change"):
        return HttpResponseRedirect(reverse("password_renew"))
    return None


def _keep_staff_in_scope(request: MemberRequest, access: Access) -> None:
    """The provider's staff inside a company open what their scope names, and nothing else (A14)."""
    staff = getattr(request, "staff", None)
    if staff is not None and not staff.allows(request):
        _refuse(request, access.menu or "", outsider_allowed=True)


def _keep_suspended_in_place(request: MemberRequest, access: Access) -> None:
    """When the use of a company has ended, its administrators open what they need to leave, and nothing else (T4)."""
    if getattr(request, "suspended", False) and not access.when_suspended:
        _refuse(request, access.menu or "", outsider_allowed=True)


def _refuse(request: MemberRequest, menu: str, *, outsider_allowed: bool) -> None:
    """Record the refusal so that it outlives the rollback, and raise it."""
    request.after_transaction.append(
        outliving(
            ACCESS_DENIED,
            actor=request.user.as_actor(),
            target=Target("page", label=request.path),
            outcome=Outcome.DENIED,
            after={"menu": menu, "method": request.method},
        )
    )
    company = current_company()
    if outsider_allowed or (company is not None and company.is_provider):
        raise PermissionDenied
    raise Http404
