"""The backups of all companies, for the provider's operators (B1, B2, B5)."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, menu_required, own_transactions, step_up
from backups import calendar, companies, queries
from backups.drills.queries import last_drill
from backups.forms import CompanyFilterForm
from backups.ordering import order_backup, order_verification
from backups.runs.queries import newest_run
from backups.tables import FailureTable, OperatorArchiveTable
from backups.views.acting import as_operator
from backups.watch.queries import growth, open_problems, recovery_evidence, recovery_evidence_of_all
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tenants.queries import tenant_by_code


@menu_required("operator.backups")
@require_safe
def overview(request: MemberRequest) -> HttpResponse:
    """Every company with its calendar and the moment to which it can be restored, those worst off first."""
    form = CompanyFilterForm(request.GET)
    page = companies.company_page(**form.wanted(), number=request.GET.get("page", 1))
    second_site, days = bool(settings.VAULT_BACKUP_COPY_STORE), calendar.last_days()
    begun = {each.tenant_id: timezone.localdate(each.created_at) for each in page.object_list}
    marks = calendar.calendars(begun, days)
    context = {
        "form": form,
        "page": page,
        "days": days,
        "rows": [(company, marks[company.tenant_id]) for company in page.object_list],
        "legend": calendar.legend(),
        "second_site": second_site,
        "summary": companies.summary(second_site=second_site),
        "run": newest_run(),
        "evidence": recovery_evidence_of_all(),
        "problems": open_problems(most=10),
    }
    return render(request, "backups/operator/overview.html", context)


@menu_required("operator.backups")
@own_transactions
@require_safe
def company(request: MemberRequest, company_code: str) -> HttpResponse:
    """One company: its generations, their growth, what failed and why."""
    tenant = _company(company_code)
    with tenant_transaction(tenant.id):
        archives = list(queries.archives())
        context: dict[str, Any] = {
            "archives": OperatorArchiveTable.of(archives, tenant),
            "days": calendar.calendar_of(tenant.id, timezone.localdate(tenant.created_at), calendar.last_days()),
            "evidence": recovery_evidence(tenant.id),
            "failures": FailureTable(queries.failures()),
            "growth": growth(),
            "drill": last_drill(),
            "is_running": queries.is_running(),
        }
    context |= {
        "tenant": tenant,
        "kept": sum(1 for archive in archives if archive.state == "verified"),
        "problems": open_problems(tenant.id),
        "legend": calendar.legend(),
        "trail": [(_("Backups"), reverse("operator:backups")), (tenant.company_code, "")],
    }
    return render(request, "backups/operator/company.html", context)


@menu_required("operator.backups")
@own_transactions
@require_POST
@step_up
def back_up(request: MemberRequest, company_code: str) -> HttpResponse:
    """Have a backup made now."""
    tenant = _company(company_code)
    with tenant_transaction(tenant.id):
        order_backup(actor=as_operator(request))
    messages.success(request, _("The backup will be made and verified now. It appears here when it is complete."))
    return redirect("operator:backup_company", company_code)


@menu_required("operator.backups")
@own_transactions
@require_POST
@step_up
def verify(request: MemberRequest, company_code: str, archive: UUID) -> HttpResponse:
    """Have an archive read in full now."""
    tenant = _company(company_code)
    with tenant_transaction(tenant.id):
        found = queries.archive_of_tenant(archive)
        if found is None:
            raise Http404
        order_verification(found, actor=as_operator(request))
    messages.success(request, _("The backup will be verified now. The result appears here."))
    return redirect("operator:backup_company", company_code)


def _company(company_code: str) -> Tenant:
    tenant = tenant_by_code(company_code)
    if tenant is None:
        raise Http404
    return tenant
