"""The watches of the floors below, which know nothing of alerts; those above register by themselves (G5, G7)."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from auditlog.retention.queries import open_problems
from auditlog.verification.models import RESULTS
from auditlog.verification.queries import broken_heads, broken_runs, standstill
from incidents.alerts.registry import OpenProblem, Watch, register_watch
from tenants.isolation.transactions import platform_transaction
from tenants.queries import tenants_by_id


def _room() -> list[OpenProblem]:
    return [
        OpenProblem(str(one.get_kind_display()), str(one.get_retention_class_display()), one.began_at)
        for one in open_problems()
    ]


def _proofs() -> list[OpenProblem]:
    with platform_transaction():
        found = [*standstill(), *broken_heads(), *broken_runs()]
    tenants = tenants_by_id(one.about for one in found if one.about)
    codes: dict[UUID | None, str] = {
        one.about: tenants[one.about].company_code for one in found if one.about in tenants
    }
    return [
        OpenProblem(str(RESULTS.get(one.finding, one.finding)), codes.get(one.about, ""), one.noticed_at)
        for one in found
    ]


ROOM = register_watch(
    Watch("audit.room", _("Retention of audit logs"), "operator.audit", "operator:audit_retention", _room)
)
PROOFS = register_watch(
    Watch("audit.proofs", _("Proofs of the audit logs"), "operator.audit", "operator:audit_proofs", _proofs)
)
