"""A serious incident on the Friday before Golden Week, from ten to six until everything owed is done (N1-N5).

Promises are missed on purpose: the first notice, one update, and the review. 2 to 6 May 2026 are no business days.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import DatabaseError

from config.business_hours import ZONE
from incidents.clock.models import Deadline
from incidents.clock.tasks import escalate_deadlines
from incidents.models import Incident, ReportKind, Status
from incidents.publishing import draft_report, publish_report
from incidents.reports import services as reviews
from incidents.services import open_incident
from incidents.states import change_status
from tenants.isolation.transactions import platform_transaction
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import Person, make_person
from tests.incidents.core.conftest import drafted, now_of
from tests.incidents.reports.test_printing import text_of_pdf, text_of_word

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=EVERY_ROLE),
    pytest.mark.usefixtures("golden_week_log"),
]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time in May 2026, in Japan."""
    return datetime(2026, 5, day, hour, minute, tzinfo=ZONE)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    """It is Friday, five to six."""
    with time_machine.travel(at(1, 17, 55), tick=False) as traveller:
        yield traveller


@pytest.fixture
def japanese(cast: Cast, clock: Any) -> Person:
    """An administrator of ACME who reads Japanese, beside the one who reads English."""
    return make_person(cast.admin.tenant, "sakura", "administrator", language="ja")


def standing(incident: Incident) -> list[tuple[str, datetime, str]]:
    """Every promise: what, by when, and how it stands."""
    rows = Deadline.objects.using("platform").filter(about_id=str(incident.id)).order_by("started_at", "due_at")
    return [(row.kind, row.due_at.astimezone(ZONE), row.state.value) for row in rows]


def told() -> list[tuple[str, str]]:
    """Who was mailed what since the last time."""
    found = sorted((mailed.to[0], str(mailed.subject)) for mailed in mail.outbox)
    mail.outbox.clear()
    return found


def escalated(clock: Any, *moments: datetime) -> list[str]:
    """What operators are told as these moments pass."""
    for moment in moments:
        clock.move_to(moment)
        escalate_deadlines.delay()
    return [subject for _to, subject in told()]


def test_golden_week(cast: Cast, japanese: Person, clock: Any) -> None:
    """N1-N5: every deadline, escalation, mail, page and document is right, and what was missed stays on record."""
    operator, acme = cast.operator, cast.admin.tenant
    incident = open_incident(
        severity="serious",
        title_ja="ログインができない障害",
        title_en="Nobody can log in",
        components=["web"],
        detected_at=at(1, 17, 50),
        tenants=[acme.id],
        actor=operator.actor,
    )
    assert incident.number == "INC-2026-0001"
    assert standing(incident) == [("first_notice", at(1, 19, 50), "running"), ("tenants_told", at(7, 18), "running")]
    told()

    # Nobody publishes. At 50, 80 and 100 % the operators are told, each stage once.
    name = "First notice: INC-2026-0001 Nobody can log in"
    assert escalated(clock, at(1, 18, 49), at(1, 18, 51), at(1, 18, 52)) == [f"50 % of the time has passed: {name}"]
    assert escalated(clock, at(1, 19, 25), at(1, 19, 27)) == [f"80 % of the time has passed: {name}"]
    assert escalated(clock, at(1, 19, 50), at(1, 19, 51), at(1, 19, 52)) == [f"Deadline missed: {name}"]

    clock.move_to(at(1, 20, 5))
    publish_report(drafted(incident), actor=operator.actor)
    assert told() == [
        (cast.admin.user.email, "[Urgent] First notice: Nobody can log in"),
        (japanese.user.email, "【緊急】【第一報】ログインができない障害"),
    ]
    clock.move_to(at(1, 20, 55))
    publish_report(draft_report(incident, ReportKind.UPDATE, actor=operator.actor), actor=operator.actor)
    assert [subject for _to, subject in told()] == [
        "[Urgent] Update: Nobody can log in",
        "【緊急】【続報】ログインができない障害",
    ]
    assert "Deadline missed: Next update: INC-2026-0001 Nobody can log in" in escalated(clock, at(1, 21, 51))
    clock.move_to(at(1, 22, 10))
    change_status(now_of(incident), status=Status.MONITORING, actor=operator.actor)
    publish_report(draft_report(incident, ReportKind.RECOVERY, actor=operator.actor), actor=operator.actor)

    # The holidays count for nothing: by the end of them no half of any promise is over.
    told()
    assert escalated(clock, at(6, 23)) == []
    clock.move_to(at(12, 11))
    found = dict.fromkeys(("participants", "went_well", "went_badly"), "")
    found |= {"direct_cause": "証明書の期限切れ", "root_cause": "更新が手作業だった"}
    reviews.save_review(now_of(incident), held_on=date(2026, 5, 11), **found, actor=operator.actor)
    reviews.add_measure(
        now_of(incident), kind="prevention", text_ja="更新を自動化する", text_en="Renew automatically",
        owner="運用部", due_on=date(2026, 6, 30), actor=operator.actor,
    )  # fmt: skip
    told()
    publish_report(reviews.fill_final_report(now_of(incident), actor=operator.actor), actor=operator.actor)
    assert told() == [
        (cast.admin.user.email, "Final report: Nobody can log in"),
        (japanese.user.email, "【最終報告書】ログインができない障害"),
    ]
    assert "Deadline missed: Review afterwards: INC-2026-0001 Nobody can log in" in escalated(clock, at(20, 18, 1))
    clock.move_to(at(21, 10))
    reviews.finish_review(now_of(incident), actor=operator.actor)
    change_status(now_of(incident), status=Status.CLOSED, actor=operator.actor)

    assert standing(incident) == [
        ("first_notice", at(1, 19, 50), "overdue"),
        ("tenants_told", at(7, 18), "done"),
        ("next_update", at(1, 21), "done"),
        ("next_update", at(1, 21, 50), "overdue"),
        ("final_report", at(13, 18), "done"),
        ("review", at(20, 18), "overdue"),
    ]
    _misses_stay(incident)
    _pages_and_documents(cast, japanese, incident)


def _misses_stay(incident: Incident) -> None:
    with pytest.raises(DatabaseError, match="never changed"), platform_transaction():
        Deadline.objects.filter(about_id=str(incident.id), kind="first_notice").update(missed_at=None)
    with pytest.raises(DatabaseError, match="never changed"), platform_transaction():
        Deadline.objects.filter(about_id=str(incident.id), kind="first_notice").update(due_at=at(1, 23))


def _pages_and_documents(cast: Cast, japanese: Person, incident: Incident) -> None:
    place = f"/console/incidents/{incident.number}"
    operator = cast.operator.client().get(f"/operator/incidents/{incident.number}/").content.decode()
    assert operator.count("Done, too late") == 3
    english, own = cast.admin.client(), japanese.client()
    page, seite = english.get(f"{place}/").content.decode(), own.get(f"{place}/").content.decode()
    for words in ("First notice: Nobody can log in", "Final report: Nobody can log in", "Renew automatically"):
        assert words in page
    for words in (
        "【第一報】ログインができない障害",
        "【復旧報】",
        "更新を自動化する（担当：運用部、期限：2026-06-30）",
        "証明書の期限切れ",
    ):
        assert words in seite
    other = cast.outsider.client()
    assert other.get(f"{place}/").status_code == 404
    assert incident.number not in other.get("/console/incidents/").content.decode()
    final = incident.reports.using("platform").get(kind=ReportKind.FINAL_REPORT)
    report = text_of_pdf(own.get(f"{place}/reports/{final.id}/ja.pdf").content)
    for words in (
        "障害報告書（最終報告書）", "INC-2026-0001-4", "2026年5月1日（金）17:50", "2026年5月1日（金）22:10",
        "証明書の期限切れ", "再発防止策", "更新を自動化する", "2026-05-0120:05第一報",
    ):  # fmt: skip
        assert words in report, words
    record = text_of_word(english.get(f"{place}/record/en.docx").content)
    assert record.count("\nMissed\n") == 2  # the first notice and the update; the review is the provider's own
    assert record.count("\nKept\n") >= 3
    assert "Nobody can log in" in text_of_word(english.get(f"{place}/reports/{final.id}/en.docx").content)
