"""Reports on the operators' pages: change a draft, look at it in both languages, publish it (N1, N3)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, menu_required
from accounts.forms import complain
from incidents import publishing
from incidents.forms import ReportForm
from incidents.models import IncidentReport
from incidents.telling import body_of
from incidents.views.finding import MENU, found_report, link, trail, who


@menu_required(MENU)
@require_http_methods(["GET", "HEAD", "POST"])
def incident_report(request: MemberRequest, number: str, report_id: UUID) -> HttpResponse:
    """A draft to be changed, beside what customers will read; or a published one."""
    report = found_report(number, report_id)
    form = ReportForm(request.POST or None, instance=report)
    if report.is_draft and form.is_valid():
        try:
            publishing.change_report(report, changes=form.cleaned_data, **who(request))
            if "publish" in request.POST:
                publishing.publish_report(report, **who(request))
        except ValidationError as error:
            complain(form, error)
        else:
            return _done(request, report)
    context = {
        "report": report,
        "incident": report.incident,
        "form": form,
        "previews": [] if form.errors else previews(report),
        "trail": trail((report.incident.number, link(report.incident)), (str(report), "")),
    }
    return render(request, "incidents/operator/report.html", context)


@menu_required(MENU)
@require_POST
def incident_report_discard(request: MemberRequest, number: str, report_id: UUID) -> HttpResponse:
    """Leave a draft unpublished."""
    report = found_report(number, report_id)
    try:
        publishing.discard_report(report, **who(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The draft is discarded."))
    return redirect(link(report.incident))


def previews(report: IncidentReport) -> list[tuple[str, str, str]]:
    """What customers read: language, title, text."""
    found = []
    for language, name in (("ja", "日本語"), ("en", "English")):
        with translation.override(language):
            found.append((name, report.title, body_of(report, language)))
    return found


def _done(request: MemberRequest, report: IncidentReport) -> HttpResponse:
    if "publish" in request.POST:
        messages.success(request, _("The report is published, and the affected companies are being told."))
        return redirect(link(report.incident))
    messages.success(request, _("The draft is saved."))
    return redirect("operator:incident_report", report.incident.number, report.id)
