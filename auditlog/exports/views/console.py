"""Exports of the audit log in the console: order, watch, cancel, download (G2)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, background, menu_required, own_transactions, step_up
from auditlog.exports import ordering, queries
from auditlog.exports.conditions import Conditions, ConditionsUnknown, choice_of, conditions_in, days_in, told
from auditlog.exports.downloads import FileUnreadable, deliver
from auditlog.exports.forms import ExportForm
from auditlog.exports.models import FILE_DAYS, AuditExport, ExportFormat
from auditlog.exports.periods import Period
from auditlog.exports.signatures import with_keys
from auditlog.exports.tables import ExportTable
from tenants.isolation.directory import current_company
from tenants.isolation.transactions import atomic


@menu_required("console.audit")
@require_http_methods(["GET", "HEAD", "POST"])
def audit_exports(request: MemberRequest) -> HttpResponse:
    """Order an export, of what the address narrows it to; below it those that are being written, and the last ones."""
    conditions = conditions_in(request.GET)
    since, until = days_in(request.GET)
    form = ExportForm(request.POST or None, initial={"since": since, "until": until, "format": ExportFormat.CSV})
    if request.method == "POST" and form.is_valid() and _order(form, conditions, request):
        messages.success(request, _("The export has begun. You can leave this page: the file will be here."))
        return redirect("console:audit_exports")
    exports = list(queries.newest_exports())
    context = {
        "form": form,
        "conditions": told(conditions),
        "running": [row for row in exports if row.is_open],
        "table": ExportTable([row for row in exports if not row.is_open]),
        "days": FILE_DAYS,
    }
    return render(request, "auditlog/exports/exports.html", context)


@menu_required("console.audit")
@background
@require_safe
def audit_export_status(request: MemberRequest, export: UUID) -> HttpResponse:
    """How far an export is; its page asks every second."""
    found = queries.find_export(export)
    if found is None:
        raise Http404
    response = render(request, "auditlog/exports/_progress.html", {"export": found})
    if not found.is_open:
        response["HX-Refresh"] = "true"
    return response


@menu_required("console.audit")
@require_POST
def audit_export_cancel(request: MemberRequest, export: UUID) -> HttpResponse:
    """Stop writing the file."""
    try:
        ordering.cancel_export(_for_change(export), actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The export was cancelled."))
    return redirect("console:audit_exports")


@menu_required("console.audit")
@require_POST
def audit_export_again(request: MemberRequest, export: UUID) -> HttpResponse:
    """Start one again that failed or was cancelled."""
    try:
        ordering.order_again(_for_change(export), actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("console:audit_exports")


@menu_required("console.audit")
@require_safe
@own_transactions
@step_up
def audit_export_file(request: MemberRequest, export: UUID) -> HttpResponseBase:
    """The file. HEAD is answered without a record: nothing leaves."""
    with atomic():
        found, name = _with_file(export)
    try:
        return deliver(found, name=name, actor=request.user.as_actor(), method=request.method or "")
    except FileUnreadable:
        messages.error(request, _("The file cannot be read at the moment. Try again later, or order it anew."))
        return HttpResponseRedirect(reverse("console:audit_exports"))


@menu_required("console.audit")
@require_safe
def audit_export_signature(_request: MemberRequest, export: UUID) -> HttpResponse:
    """What we say of the file, signed, with the keys: to lie beside the file."""
    found, name = _with_file(export)
    if not found.signature:
        raise Http404
    headers = {"Content-Disposition": content_disposition_header(True, f"{name}.sig.json") or "attachment"}
    return JsonResponse(with_keys(found.signature), headers=headers, json_dumps_params={"indent": 1})


def _order(form: ExportForm, conditions: Conditions, request: MemberRequest) -> bool:
    """Order what the form says; False with what is wrong in the form."""
    try:
        period = Period.of_days(form.cleaned_data["since"], form.cleaned_data["until"])
        choice_of(conditions, period)
        chosen = form.cleaned_data["format"]
        ordering.order_export(period, form=chosen, conditions=conditions, actor=request.user.as_actor())
    except ValidationError as error:
        form.add_error(None, error)
    except ConditionsUnknown:
        form.add_error(
            None, _("The conditions of this address are not understood. Choose them in the audit log again.")
        )
    return form.is_valid()


def _for_change(key: UUID) -> AuditExport:
    found = queries.export_for_change(key)
    if found is None:
        raise Http404
    return found


def _with_file(key: UUID) -> tuple[AuditExport, str]:
    """The export that has a file still, and the name under which it is handed out."""
    found, company = queries.find_export(key), current_company()
    if found is None or company is None or not found.has_file:
        raise Http404
    return found, f"{company.code}-{found.file_name}"
