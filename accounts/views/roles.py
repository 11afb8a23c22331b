"""Roles in the console: which menus each of them grants (A9)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import queries, roles
from accounts.access import MemberRequest, menu_required, step_up_to_change
from accounts.advice import administrator_advice
from accounts.forms import RoleForm, complain
from accounts.menus import by_audience
from accounts.tables import RoleTable


@menu_required("console.roles")
@require_safe
def role_list(request: MemberRequest) -> HttpResponse:
    """Every role with how many users have it."""
    context = {"table": RoleTable(queries.roles_with_holders()), "advice": administrator_advice()}
    return render(request, "accounts/console/roles.html", context)


@menu_required("console.roles")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def role_new(request: MemberRequest) -> HttpResponse:
    """Make a role of the company's own, perhaps beginning with the menus of another one."""
    like = queries.role_named(request.GET.get("like", ""))
    form = RoleForm(request.POST or None, initial={"menus": like.menus if like else []})
    if form.is_valid():
        try:
            role = roles.create_role(**form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(
                request, _("The role %(role)s was made. Give it to users on their pages.") % {"role": role}
            )
            return redirect("console:roles")
    trail = [(_("Roles"), reverse("console:roles")), (_("Make a role"), "")]
    return render(request, "accounts/console/role.html", {"form": form, "trail": trail})


@menu_required("console.roles")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def role_detail(request: MemberRequest, role: UUID) -> HttpResponse:
    """Change the menus of a role; it takes effect at the next click of everybody who has it."""
    found = queries.role_for_change(role) if request.method == "POST" else queries.find_role(role)
    if found is None:
        raise Http404
    trail = [(_("Roles"), reverse("console:roles")), (found.name, "")]
    if found.is_built_in and request.method != "POST":
        context = {"role": found, "groups": by_audience(found.menus), "trail": trail}
        return render(request, "accounts/console/role_built_in.html", context)
    form = RoleForm(request.POST or None, initial={"name": found.name, "menus": found.menus})
    if request.method == "POST" and form.is_valid():
        try:
            roles.change_role(found, **form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The role %(role)s was saved.") % {"role": found})
            return redirect("console:roles")
    return render(request, "accounts/console/role.html", {"form": form, "role": found, "trail": trail})


@menu_required("console.roles")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def role_remove(request: MemberRequest, role: UUID) -> HttpResponse:
    """Ask, then remove a role of the company's own."""
    found = queries.role_for_change(role) if request.method == "POST" else queries.find_role(role)
    if found is None:
        raise Http404
    if request.method != "POST":
        own_page = reverse("console:role", args=[found.id])
        trail = [(_("Roles"), reverse("console:roles")), (found.name, own_page), (_("Remove"), "")]
        context = {"role": found, "holders": queries.holders_of(found), "trail": trail}
        return render(request, "accounts/console/role_remove.html", context)
    try:
        roles.remove_role(found, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The role %(role)s was removed.") % {"role": found})
    return redirect("console:roles")


@menu_required("console.roles")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def role_matrix(request: MemberRequest) -> HttpResponse:
    """Roles and menus as one table, in which the roles of the company's own can be changed (A9)."""
    if request.method == "POST":
        try:
            roles.change_menus(_changes(request.POST), actor=request.user.as_actor())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("The roles were saved. They apply from the next click on."))
        return redirect("console:role_matrix")
    shown = list(queries.roles_with_holders())
    groups = [
        (label, [(menu, [(role, menu.code in role.menus) for role in shown]) for menu in menus])
        for label, menus in by_audience(roles.grantable_menus())
    ]
    context = {
        "roles": shown,
        "groups": groups,
        "columns": len(shown) + 1,
        "has_own": any(not role.is_built_in for role in shown),
        "advice": administrator_advice(),
        "trail": [(_("Roles"), reverse("console:roles")), (_("Matrix"), "")],
    }
    return render(request, "accounts/console/role_matrix.html", context)


def _changes(posted: QueryDict) -> dict[UUID, roles.MenuChange]:
    """What each role on the page was and shall be; whatever is no role is left out."""
    changes = {}
    for text in posted.getlist("role"):
        try:
            key = UUID(text)
        except ValueError:
            continue
        seen = [code for code in posted.get(f"seen-{key}", "").split(",") if code]
        changes[key] = roles.MenuChange(seen, posted.getlist(f"menus-{key}"))
    return changes
