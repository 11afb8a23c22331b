"""Roles in the console: which menus each of them grants (A9)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import queries, roles
from accounts.access import MemberRequest, menu_required
from accounts.forms import RoleForm, complain
from accounts.tables import RoleTable


@menu_required("console.roles")
@require_safe
def role_list(request: MemberRequest) -> HttpResponse:
    """Every role with how many users have it."""
    return render(request, "accounts/console/roles.html", {"table": RoleTable(queries.roles_with_holders())})


@menu_required("console.roles")
@require_http_methods(["GET", "HEAD", "POST"])
def role_new(request: MemberRequest) -> HttpResponse:
    """Make a role of the company's own."""
    form = RoleForm(request.POST or None)
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
def role_detail(request: MemberRequest, role: UUID) -> HttpResponse:
    """Change the menus of a role; it takes effect at the next click of everybody who has it."""
    found = queries.role_for_change(role) if request.method == "POST" else queries.find_role(role)
    if found is None:
        raise Http404
    initial = {"name": found.name, "menus": found.menus, "factor_required": found.factor_required}
    form = RoleForm(request.POST or None, initial=initial, named=not found.is_built_in)
    if request.method == "POST" and form.is_valid():
        try:
            roles.change_role(found, **form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The role %(role)s was saved.") % {"role": found})
            return redirect("console:roles")
    trail = [(_("Roles"), reverse("console:roles")), (found.name, "")]
    return render(request, "accounts/console/role.html", {"form": form, "role": found, "trail": trail})
