"""What everybody has: the start page, their own account, activity and sessions (G2, A11, T10)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import queries, users
from accounts.access import MemberRequest, signed_in, step_up
from accounts.actions import LOGGED_IN
from accounts.advice import administrator_advice
from accounts.factors.kinds import kinds_of
from accounts.forms import PasswordChangeForm, ProfileForm, complain
from accounts.menus import BY_CODE, Audience, by_audience, first_page_when_suspended
from accounts.policy.passwords import requirements
from accounts.policy.validity import days_left
from accounts.sessions import end_session, end_sessions, living_sessions
from accounts.sso.queries import sso_is_ready
from accounts.staff.queries import CONSOLE_MENU, in_hand
from accounts.tables import SessionTable, WaitingTable
from auditlog.queries import events_about, events_of_days, newest_before_session
from auditlog.tables import OwnEventTable
from auditlog.views.browsing import OWN_WITHOUT, browse
from config.attention import waiting_for

_RECENT_EVENTS = 8
_RECENT_DAYS = 30


@signed_in(when_suspended=True)
@require_safe
def home(request: MemberRequest) -> HttpResponse:
    """Where somebody arrives: what they may do, and what happened to their account lately."""
    if request.staff is not None:
        return render(request, "accounts/staff/inside.html", {"menu_groups": by_audience(request.menus)})
    if request.suspended:
        return redirect(first_page_when_suspended(request.menus))
    user = request.user
    recent = events_of_days(events_about(user.id, user.user_id), _RECENT_DAYS)[:_RECENT_EVENTS]
    context = {
        "menu_groups": by_audience(request.menus),
        "operates": any(BY_CODE[code].audience is Audience.OPERATOR for code in request.menus),
        "waiting": WaitingTable(waiting_for(request.menus, timezone.now())),
        "last_login": newest_before_session(
            LOGGED_IN, account_id=user.id, user_id=user.user_id, session_id=request.login_session.id
        ),
        "events": OwnEventTable(recent),
        "staff_accesses": in_hand(timezone.now()) if CONSOLE_MENU in request.menus else (),
        "advice": administrator_advice() if "console.users" in request.menus else None,
        "password_days_left": days_left(user, request.policy, timezone.now()),
    }
    return render(request, "accounts/home.html", context)


@signed_in(when_suspended=True)
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: MemberRequest) -> HttpResponse:
    """Own name, language and time zone."""
    form = ProfileForm(request.POST) if request.method == "POST" else None
    if form is None or not form.is_valid():
        return _profile_page(request, form=form)
    try:
        users.change_profile(request.user, **form.cleaned_data)
    except ValidationError as error:
        complain(form, error)
        return _profile_page(request, form=form)
    messages.success(request, _("Your profile was saved."))
    return redirect("profile")


@signed_in(when_suspended=True)
@sensitive_post_parameters()
@require_POST
def password(request: MemberRequest) -> HttpResponse:
    """Change one's own password (A2); ends every other session."""
    form = PasswordChangeForm(request.POST)
    if form.is_valid():
        try:
            users.change_password(
                request.user,
                current=form.cleaned_data["current"],
                password=form.cleaned_data["password"],
                keep=request.login_session,
            )
        except ValidationError as error:
            complain(form, error)
    if form.errors:
        return _profile_page(request, password_form=form)
    messages.success(request, _("Your password was changed. You were logged out on all other devices."))
    return redirect("profile")


@signed_in
@require_safe
def activity(request: MemberRequest) -> HttpResponse:
    """One's own entries in the audit log (G2)."""
    found = browse(request.GET, events_about(request.user.id, request.user.user_id), without=OWN_WITHOUT)
    return render(request, "accounts/activity.html", {"found": found, "events": OwnEventTable(found.events)})


@signed_in
@require_safe
def session_list(request: MemberRequest) -> HttpResponse:
    """Where one is logged in (A11)."""
    context = {"table": SessionTable(living_sessions(request.user)), "current": request.login_session}
    return render(request, "accounts/sessions.html", context)


@signed_in
@require_POST
@step_up
def session_end(request: MemberRequest, session: UUID) -> HttpResponse:
    """Log out on one device. Somebody else's session is as unknown as one that never was."""
    found = living_sessions(request.user).filter(id=session).first()
    if found is None:
        raise Http404
    end_session(found, actor=request.user.as_actor())
    messages.success(request, _("The session was ended."))
    return redirect("sessions")


@signed_in
@require_POST
@step_up
def sessions_end_others(request: MemberRequest) -> HttpResponse:
    """Log out everywhere else."""
    count = end_sessions(request.user, actor=request.user.as_actor(), keep=request.login_session)
    text = ngettext("%(count)d other session was ended.", "%(count)d other sessions were ended.", count)
    messages.success(request, text % {"count": count})
    return redirect("sessions")


def _profile_page(
    request: MemberRequest, *, form: ProfileForm | None = None, password_form: PasswordChangeForm | None = None
) -> HttpResponse:
    user = request.user
    initial = {"name": user.name, "language": user.language or get_language(), "time_zone": user.time_zone}
    context = {
        "form": form or ProfileForm(initial=initial),
        "password_form": password_form or PasswordChangeForm(),
        "requirements": requirements(request.policy),
        "roles": queries.roles_of(user),
        "has_sso": sso_is_ready(),
        "factors": kinds_of(user),
    }
    return render(request, "accounts/profile.html", context)
