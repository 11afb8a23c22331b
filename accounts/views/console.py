"""Users in the console: register, change, suspend, resume, invite again, give roles (A8, A9, T7)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from accounts import queries, users
from accounts.access import MemberRequest, menu_required, step_up, step_up_to_change
from accounts.advice import administrator_advice
from accounts.factors.kinds import has_factor, kinds_of
from accounts.factors.requirement import needs_factor
from accounts.forms import RegisterForm, RolesForm, UserFilterForm, UserForm, complain
from accounts.models import User, UserState
from accounts.roles import give_roles
from accounts.tables import UserTable
from tenants import limits

_PER_PAGE = 25


@menu_required("console.users")
@require_safe
def user_list(request: MemberRequest) -> HttpResponse:
    """Everybody who can log in, with search, order and pages."""
    form = UserFilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    table = UserTable(queries.users(search=asked.get("q", ""), state=asked.get("state", "")))
    RequestConfig(request, paginate={"per_page": _PER_PAGE}).configure(table)
    context = {"form": form, "table": table, "use": limits.users_of_plan(), "advice": administrator_advice()}
    return render(request, "accounts/console/users.html", context)


@menu_required("console.users")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def user_new(request: MemberRequest) -> HttpResponse:
    """Register a user, if the plan has room (T7)."""
    form = RegisterForm(request.POST or None, initial={"language": get_language()})
    if form.is_valid():
        try:
            user = limits.register_user(**form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("%(user)s was registered and gets an invitation by e-mail.") % {"user": user})
            return redirect("console:user", user.id)
    return render(request, "accounts/console/user_new.html", {"form": form, "use": limits.users_of_plan()})


@menu_required("console.users")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def user_detail(request: MemberRequest, user: UUID) -> HttpResponse:
    """One user: what is known of them, and the form that corrects name and address."""
    found = _user(request, user)
    if request.method != "POST":
        return _user_page(request, found)
    form = UserForm(request.POST)
    if form.is_valid():
        try:
            users.change_user(found, **form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
    if form.errors:
        return _user_page(request, found, form=form)
    messages.success(request, _("The changes were saved."))
    return redirect("console:user", found.id)


@menu_required("console.users")
@require_POST
@step_up
def user_roles(request: MemberRequest, user: UUID) -> HttpResponse:
    """Give the user exactly the chosen roles (A9)."""
    found = _user(request, user)
    form = RolesForm(request.POST)
    if form.is_valid():
        try:
            give_roles(found, form.cleaned_data["roles"], actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
    if form.errors:
        return _user_page(request, found, roles_form=form)
    messages.success(request, _("The roles of %(user)s were saved.") % {"user": found})
    return redirect("console:user", found.id)


@menu_required("console.users")
@require_http_methods(["GET", "HEAD", "POST"])
def user_suspend(request: MemberRequest, user: UUID) -> HttpResponse:
    """Ask, then stop the account (A8)."""
    found = _user(request, user)
    if request.method != "POST":
        context = {"person": found, "trail": [*_trail(found), (_("Suspend"), "")]}
        return render(request, "accounts/console/user_suspend.html", context)
    try:
        users.suspend_user(found, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(user)s was suspended and logged out everywhere.") % {"user": found})
    return redirect("console:user", found.id)


@menu_required("console.users")
@require_POST
def user_resume(request: MemberRequest, user: UUID) -> HttpResponse:
    """Let a suspended account be used again, if the plan has room."""
    found = _user(request, user)
    try:
        limits.resume_user(found, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(user)s can use the account again.") % {"user": found})
    return redirect("console:user", found.id)


@menu_required("console.users")
@require_POST
def user_invite(request: MemberRequest, user: UUID) -> HttpResponse:
    """Send a fresh invitation (A7)."""
    found = _user(request, user)
    try:
        users.invite_again(found, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("A new invitation is on its way. The earlier link is void."))
    return redirect("console:user", found.id)


@menu_required("console.users")
@require_POST
def user_demand_password(request: MemberRequest, user: UUID) -> HttpResponse:
    """Make the user choose a new password. Nobody but the user ever types one (ASVS 6.4.6)."""
    found = _user(request, user)
    try:
        users.demand_new_password(found, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(user)s has to choose a new password at the next click.") % {"user": found})
    return redirect("console:user", found.id)


def _user(request: MemberRequest, key: UUID) -> User:
    """The user of that key, locked if something is about to change; 404 for one of another company."""
    found = queries.user_for_change(key) if request.method == "POST" else queries.find_user(key)
    if found is None:
        raise Http404
    return found


def _trail(person: User) -> list[tuple[str, str]]:
    return [(_("Users"), reverse("console:users")), (str(person), reverse("console:user", args=[person.id]))]


def _user_page(
    request: MemberRequest, person: User, *, form: UserForm | None = None, roles_form: RolesForm | None = None
) -> HttpResponse:
    context = {
        "person": person,
        "form": form or UserForm(initial={"name": person.name, "email": person.email}),
        "roles_form": roles_form or RolesForm(initial={"roles": queries.roles_of(person)}),
        "factors": kinds_of(person),
        "has_factor": has_factor(person),
        "needs_factor": needs_factor(person),
        "is_invited": person.state == UserState.INVITED,
        "is_suspended": person.state == UserState.SUSPENDED,
        "is_active": person.is_active,
        "is_oneself": person.id == request.user.id,
        "may_audit": "console.audit" in request.menus,
        "may_end_sessions": "console.sessions" in request.menus,
        "trail": _trail(person),
    }
    return render(request, "accounts/console/user.html", context)
