"""A small incident of this morning that is over: what a company reads of one, and what is left of it inside."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from incidents.companies import set_impact
from incidents.models import Incident, ReportKind, Status
from incidents.publishing import change_report, draft_report, publish_report
from incidents.queries import reports_of
from incidents.services import note, open_incident
from incidents.states import change_status
from tenants.models import Tenant

_CAUSE = {
    "cause_ja": "メール中継サーバーの一時的な容量不足により、配信が滞留しておりました。",
    "cause_en": "The relay of our mails was short of disk space for a while, so that mails waited.",
    "stopgap_ja": "容量を確保し、滞留していたメールをすべて配信いたしました。",
    "stopgap_en": "We made room and delivered every mail that had waited.",
    "prevention_ja": "空き容量の監視のしきい値を見直し、早期に検知いたします。",
    "prevention_en": "Free space is watched with a lower threshold, so that we notice sooner.",
}


def go_through(tenant: Tenant, operator: User) -> Incident:
    """Opened, told, recovered and closed by the provider's operator. In the provider's scope, outside a transaction."""
    actor, now = operator.as_actor(), timezone.now()
    incident = open_incident(
        severity="moderate",
        title_ja="お知らせメールの配信遅延",
        title_en="Mails arrive late",
        components=["mail"],
        began_at=now - timedelta(minutes=55),
        detected_at=now - timedelta(minutes=50),
        tenants=[tenant.id],
        actor=actor,
    )
    note(incident, text="中継サーバーのディスクが一杯。古い一時ファイルを削除する。", actor=actor)
    set_impact(
        incident,
        tenant_id=tenant.id,
        impact_ja="招待メール3通が約40分遅れて届きました。",
        impact_en="Three invitations arrived about 40 minutes late.",
        actor=actor,
    )
    publish_report(next(report for report in reports_of(incident) if report.is_draft), actor=actor)
    change_status(incident, status=Status.IDENTIFIED, actor=actor)
    recovery = draft_report(incident, ReportKind.RECOVERY, actor=actor)
    publish_report(change_report(recovery, changes=_CAUSE, actor=actor), actor=actor)
    return change_status(incident, status=Status.CLOSED, actor=actor)
