"""The second factor of others, in the console (A5; ASVS 6.4.4)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import queries
from accounts.access import MemberRequest, menu_required, step_up
from accounts.factors.demands import demand_of_role
from accounts.factors.enrolment import reset_factors


@menu_required("console.users")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up
def user_reset_factors(request: MemberRequest, user: UUID) -> HttpResponse:
    """Ask, then take the second factor of a user away. Nobody but the user ever sees or sets one."""
    found = queries.find_user(user)
    if found is None:
        raise Http404
    if request.method != "POST":
        trail = [
            (_("Users"), reverse("console:users")),
            (str(found), reverse("console:user", args=[found.id])),
            (_("Reset the second factor"), ""),
        ]
        return render(request, "accounts/console/user_reset_factors.html", {"person": found, "trail": trail})
    try:
        reset_factors(found, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(user)s sets up a new second factor at the next log-in.") % {"user": found})
    return redirect("console:user", found.id)


@menu_required("console.roles")
@require_POST
@step_up
def role_factor(request: MemberRequest, role: UUID) -> HttpResponse:
    """Let a role demand a second factor, or not any more."""
    found = queries.role_for_change(role)
    if found is None:
        raise Http404
    demand_of_role(found, required=request.POST.get("required") == "1", actor=request.user.as_actor())
    messages.success(request, _("The role %(role)s was saved.") % {"role": found})
    return redirect("console:role", found.id)
