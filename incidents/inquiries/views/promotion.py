"""An incident out of an inquiry (N4)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, menu_required
from accounts.forms import complain
from incidents.forms import OpenForm
from incidents.inquiries import promoting
from incidents.inquiries.views.operator import found, trail_of
from incidents.severity import Severity


class PromoteForm(OpenForm):
    """A new incident that concerns the company of an inquiry."""

    tenants = None  # type: ignore[assignment]  # the one that asked


@menu_required("operator.inquiries")
@require_http_methods(["GET", "HEAD", "POST"])
def promote(request: MemberRequest, company: UUID, inquiry_id: UUID) -> HttpResponse:
    """Open an incident from it, by default detected when the company told us."""
    listed = found(company, inquiry_id)
    inquiry = listed.inquiry
    initial = {"severity": Severity.MODERATE, "detected_at": inquiry.asked_at}
    form = PromoteForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            incident = promoting.promote(inquiry, details=form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("Incident %(number)s was opened.") % {"number": incident.number})
            return redirect("operator:inquiry", company, inquiry_id)
    context = {"inquiry": inquiry, "form": form, "trail": trail_of(listed, _("Open an incident"))}
    return render(request, "incidents/inquiries/operator/promote.html", context)
