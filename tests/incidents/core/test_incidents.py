"""Incidents from the first minute to the last, by the rules alone (N1, N2, N3)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connections
from django.utils import timezone, translation

from auditlog.actors import Actor
from auditlog.models import AuditEvent
from incidents import byclock, companies, publishing, rounds, services, states
from incidents.clock.models import Deadline
from incidents.models import Incident, IncidentEntry, IncidentReport, ReportKind, Status
from incidents.notices.models import Notice
from incidents.notices.queries import notices_for
from incidents.queries import incident_of_tenant, incidents_of_tenant, public_incidents
from incidents.telling import body_of
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE, Cast
from tests.incidents.core.conftest import Open, deadlines, drafted, now_of

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
CLOCK = Actor.system("clock")


def titles(tenant: Tenant) -> list[str]:
    """The notices that a company finds."""
    with tenant_transaction(tenant.id):
        return [notice.title_en for notice in notices_for(tenant.id)]


def actions(tenant: Tenant) -> list[str]:
    """What its log says of the incident itself, oldest first."""
    with tenant_transaction(tenant.id):
        found = AuditEvent.objects.filter(target_type="incidents.incident", kind="execution").order_by("id")
        return list(found.values_list("action", flat=True))


def test_an_incident_from_detection_to_its_end(cast: Cast, opened: Open) -> None:
    """N1-N3: each step keeps what it promised, reaches the affected company alone, and is recorded."""
    incident = opened()
    assert deadlines(incident) == {"first_notice": "running", "tenants_told": "running"}
    assert incident.commander_name == cast.operator.user.name
    first = drafted(incident)
    assert (first.kind, first.title_ja) == (ReportKind.FIRST_NOTICE, "【第一報】文書を開けない障害")
    assert incidents_of_tenant(cast.admin.tenant.id) == []
    publishing.publish_report(first, actor=cast.operator.actor)
    publishing.publish_report(first, actor=cast.operator.actor)  # who asks twice tells once
    assert titles(cast.admin.tenant) == ["First notice: Documents do not open"]
    assert titles(cast.outsider.tenant) == []
    assert [(each.to, "First notice: Documents do not open" in each.subject) for each in mail.outbox] == [
        ([cast.admin.user.email], True)
    ]
    assert deadlines(incident) == {"first_notice": "done", "tenants_told": "done", "next_update": "running"}
    states.change_status(incident, status=Status.IDENTIFIED, actor=cast.operator.actor)
    recovery = publishing.draft_report(incident, ReportKind.RECOVERY, actor=cast.operator.actor)
    publishing.change_report(recovery, changes={"cause_ja": "ディスクの故障"}, actor=cast.operator.actor)
    publishing.publish_report(recovery, actor=cast.operator.actor)
    incident = now_of(incident)
    assert (incident.status, incident.next_update_at) == (Status.RESOLVED, None)
    assert deadlines(incident) == {
        "first_notice": "done", "tenants_told": "done", "next_update": "done",
        "final_report": "running", "review": "running",
    }  # fmt: skip
    with pytest.raises(ValidationError, match="still owed: Final report"):
        states.change_status(incident, status=Status.CLOSED, actor=cast.operator.actor)
    final = publishing.draft_report(incident, ReportKind.FINAL_REPORT, actor=cast.operator.actor)
    assert final.cause_ja == "ディスクの故障"
    assert "原因を特定" in final.course_ja
    publishing.publish_report(final, actor=cast.operator.actor)
    assert deadlines(incident)["final_report"] == "done"
    shown = incident_of_tenant(cast.admin.tenant.id, incident.number)
    assert shown is not None
    assert [(report.number, report.kind) for report in shown.reports] == [
        (1, "first_notice"), (2, "recovery"), (3, "final_report"),
    ]  # fmt: skip
    assert incident_of_tenant(cast.outsider.tenant.id, incident.number) is None
    assert actions(cast.operator.tenant) == [
        "incidents.report.drafted", "incidents.opened", "incidents.report.published", "incidents.status.changed",
        "incidents.report.drafted", "incidents.report.edited", "incidents.report.published",
        "incidents.report.drafted", "incidents.report.published",
    ]  # fmt: skip


def test_what_a_severity_demands_begins_and_ends_with_it(cast: Cast, opened: Open) -> None:
    """N3: a minor one owes nothing; raised it owes the first notice from detection on; lowered, no more, on record."""
    incident = opened(severity="minor")
    assert deadlines(incident) == {}
    services.set_severity(incident, severity="critical", reason="spreads", actor=cast.operator.actor)
    assert deadlines(incident) == {"first_notice": "running", "tenants_told": "running"}
    due = Deadline.objects.using("platform").get(about_id=str(incident.id), kind="first_notice").due_at
    assert due == incident.detected_at + timedelta(hours=2)
    services.set_severity(incident, severity="moderate", reason="", actor=cast.operator.actor)
    assert deadlines(incident) == {"first_notice": "withdrawn", "tenants_told": "running"}
    services.change_incident(incident, changes={"personal_data": True}, actor=cast.operator.actor)
    long = timedelta(days=40)
    ends = Deadline.objects.using("platform").filter(kind="ppc_final", withdrawn_at=None)
    assert ends.get().due_at < timezone.now() + long
    services.change_incident(incident, changes={"malicious": True}, actor=cast.operator.actor)
    assert ends.get().due_at > timezone.now() + long
    services.note_authority(incident, step="ppc_preliminary", at=timezone.now(), actor=cast.operator.actor)
    assert deadlines(incident)["ppc_preliminary"] == "done"


def test_a_company_that_is_found_later_is_told_from_then_on(cast: Cast, opened: Open) -> None:
    """N2: its own deadline runs from when it was known; nobody else's mail names it."""
    incident = opened()
    publishing.publish_report(drafted(incident), actor=cast.operator.actor)
    both = [cast.admin.tenant.id, cast.outsider.tenant.id]
    companies.set_companies(incident, tenants=both, actor=cast.operator.actor)
    assert deadlines(incident)["tenants_told"] == "running"
    assert [one.incident.number for one in incidents_of_tenant(cast.outsider.tenant.id)] == [incident.number]
    companies.set_impact(
        incident, tenant_id=both[1], impact_ja="契約書のみ", impact_en="Contracts only", actor=cast.operator.actor
    )
    assert [one.impact for one in incidents_of_tenant(both[0])] == [""]
    assert [one.impact for one in incidents_of_tenant(both[1])] == ["Contracts only"]
    update = publishing.draft_report(incident, ReportKind.UPDATE, actor=cast.operator.actor)
    publishing.publish_report(update, actor=cast.operator.actor)
    assert deadlines(incident)["tenants_told"] == "done"
    assert titles(cast.outsider.tenant) == ["Update: Documents do not open"]


def test_the_clock_publishes_when_nobody_does(cast: Cast, opened: Open) -> None:
    """N1: only if switched on, shortly before the deadline, once, without a word that a person has written."""
    incident = opened(tenants=None, title_ja="社外秘の題名", title_en="A secret title")
    changes = {"summary_ja": "書きかけ"}
    publishing.change_report(drafted(incident), changes=changes, actor=cast.operator.actor)
    late = incident.detected_at + timedelta(hours=1, minutes=55)
    with time_machine.travel(late, tick=False):
        assert byclock.publish_due(actor=CLOCK) == []
        byclock.change_settings(publish_by_clock=True, minutes_before=10, actor=cast.operator.actor)
        assert byclock.publish_due(actor=CLOCK) == [incident]
        assert byclock.publish_due(actor=CLOCK) == []
    assert deadlines(incident)["first_notice"] == "done"
    assert titles(cast.outsider.tenant) == ["First notice: Trouble with: Documents"]
    (shown,) = public_incidents()
    assert [report.published_by_name for report in shown.reports] == ["Sekisho"]
    kept = drafted(incident)
    assert (kept.kind, kept.summary_ja) == (ReportKind.UPDATE, "書きかけ")


def test_a_miss_stays_one_although_it_is_made_good(cast: Cast, opened: Open) -> None:
    """N1: published after two hours, the deadline is missed for good."""
    incident = opened()
    with time_machine.travel(incident.detected_at + timedelta(hours=2, minutes=1), tick=False):
        publishing.publish_report(drafted(incident), actor=cast.operator.actor)
    assert deadlines(incident)["first_notice"] == "overdue"
    assert Deadline.objects.using("platform").get(about_id=str(incident.id), kind="first_notice").met_at is not None


def test_merging_moves_companies_components_and_promises(cast: Cast, opened: Open) -> None:
    """N3: nothing becomes due later; the merged one points on, and nothing of it runs any more."""
    first = opened(detected_at=timezone.now() - timedelta(hours=1), components=["web"])
    publishing.publish_report(drafted(first), actor=cast.operator.actor)
    other = opened(tenants=[cast.outsider.tenant.id], severity="serious")
    into = rounds.merge_incidents(first, into=other, actor=cast.operator.actor)
    assert into.components == ["web", "documents"]
    assert set(deadlines(first).values()) <= {"done", "withdrawn"}
    open_ones = Deadline.objects.using("platform").filter(about_id=str(other.id), met_at=None, withdrawn_at=None)
    assert {row.kind: row.started_at for row in open_ones}["first_notice"] == first.detected_at
    assert {one.incident.number for one in incidents_of_tenant(cast.admin.tenant.id)} == {first.number}
    assert public_incidents()[0].merged_number == other.number
    publishing.publish_report(drafted(other), actor=cast.operator.actor)
    assert titles(cast.admin.tenant)[0] == titles(cast.outsider.tenant)[0] == "First notice: Documents do not open"
    with pytest.raises(ValidationError, match="closed"):
        rounds.merge_incidents(first, into=other, actor=cast.operator.actor)


def test_what_is_not_over_begins_anew(cast: Cast, opened: Open) -> None:
    """N3: opened again, its promises count from now on; what was kept before stays on record."""
    incident = opened()
    publishing.publish_report(drafted(incident), actor=cast.operator.actor)
    states.change_status(incident, status=Status.RESOLVED, actor=cast.operator.actor)
    again = rounds.reopen_incident(incident, reason="Came back", actor=cast.operator.actor)
    standing = deadlines(again)
    assert (standing["first_notice"], standing["tenants_told"]) == ("running", "running")
    assert (standing["final_report"], standing["review"]) == ("withdrawn", "withdrawn")
    assert Deadline.objects.using("platform").filter(about_id=str(again.id), kind="first_notice").count() == 2
    publishing.publish_report(drafted(again), actor=cast.operator.actor)
    assert deadlines(again)["first_notice"] == "done"


def test_drafts_speak_both_languages(cast: Cast, opened: Open) -> None:
    """N1: polite Japanese and English at once, whoever drafts in whichever language, with Japanese times."""
    moment = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=5)
    with translation.override("ja"):
        report = drafted(opened(tenants=None, began_at=moment - timedelta(minutes=5), detected_at=moment))
    local = moment + timedelta(hours=9)
    assert "深くお詫び申し上げます" in report.summary_ja
    assert report.summary_en.startswith("Since about ")
    assert f"{local:%Y-%m-%d %H:%M} 障害を検知" in report.course_ja
    assert f"{local:%Y-%m-%d %H:%M} We detected it" in report.course_en
    assert report.impact_en == "What is affected: Documents\nWho is affected: all customers"
    body = body_of(report, "en")
    assert "■Who and what is affected" in body
    assert "(JST)" in body


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        pytest.param({"title_ja": " "}, "title_ja", id="title"),
        pytest.param({"components": ["moon"]}, "components", id="component"),
        pytest.param({"severity": "huge"}, "severity", id="severity"),
        pytest.param({"detected_at": timezone.now() + timedelta(days=9)}, "detected_at", id="future"),
    ],
)
def test_what_cannot_be_is_refused(opened: Open, fields: dict[str, Any], complaint: str) -> None:
    """N3: and nothing of it is left."""
    with pytest.raises(ValidationError) as refused:
        opened(**fields)
    assert list(refused.value.error_dict) == [complaint]
    assert not Incident.objects.using("platform").exists()


def test_numbers_have_no_gaps(opened: Open, cast: Cast) -> None:
    """N3: a failed opening uses none."""
    first = opened()
    with pytest.raises(ValidationError):
        opened(tenants=[cast.operator.tenant.id])  # the provider itself is no company
    second = opened()
    assert second.sequence == first.sequence + 1


def test_the_database_keeps_the_log_and_what_was_published(cast: Cast, opened: Open) -> None:
    """N3: not even the owner of the tables changes a line or a published report; a company reads neither table."""
    incident = opened()
    services.note(incident, text="The disk is full", actor=cast.operator.actor)
    report = publishing.publish_report(drafted(incident), actor=cast.operator.actor)
    for rows, change in (
        (IncidentEntry.objects.filter(incident=incident.id), {"text": "nothing"}),
        (IncidentReport.objects.filter(id=report.id), {"summary_ja": "nothing"}),
    ):
        with pytest.raises(DatabaseError, match="stay as they are"):
            rows.using("owner").update(**change)
        with pytest.raises(DatabaseError, match="stay as they are"):
            rows.using("owner")._raw_delete("owner")
        with tenant_transaction(cast.admin.tenant.id), pytest.raises(DatabaseError, match="permission denied"):
            list(rows.using("default"))
    assert Notice.objects.using("platform").get(about="incident").id == report.notice_id
    with platform_transaction(), connections["platform"].cursor() as cursor:
        cursor.execute("SELECT expire_incidents_incident(1)")
        assert cursor.fetchone() == (0,)
