"""Who is who at the identity provider, in the console (A6)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_tables2 import RequestConfig

from accounts.access import MemberRequest, menu_required, step_up, step_up_to_change
from accounts.forms import complain
from accounts.sso import joining, queries
from accounts.sso.forms import LinkForm
from accounts.sso.tables import IdentityTable

_PER_PAGE = 25


@menu_required("console.sso")
@require_http_methods(["GET", "POST"])
@step_up_to_change
def link_list(request: MemberRequest) -> HttpResponse:
    """Everybody who is linked, and the form that links somebody else."""
    connection = queries.connection_of_tenant()
    if connection is None or not connection.ready:
        raise Http404
    form = LinkForm(request.POST or None, entity_id=connection.entity_id)
    if form.is_valid():
        try:
            joining.link(**form.cleaned_data, entity_id=connection.entity_id, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("%(user)s is linked.") % {"user": form.cleaned_data["user"]})
            return redirect("console:sso_people")
    table = IdentityTable(queries.identities())
    RequestConfig(request, paginate={"per_page": _PER_PAGE}).configure(table)
    trail = [(_("Single sign-on"), reverse("console:sso")), (_("Linked users"), "")]
    return render(request, "accounts/console/sso_people.html", {"form": form, "table": table, "trail": trail})


@menu_required("console.sso")
@require_POST
@step_up
def unlink(request: MemberRequest, identity: UUID) -> HttpResponse:
    """Let a name at the identity provider be nobody again."""
    found = queries.identities().filter(id=identity).first()
    if found is None:
        raise Http404
    joining.unlink(found, actor=request.user.as_actor())
    messages.success(request, _("%(user)s is no longer linked.") % {"user": found.user})
    return redirect("console:sso_people")
