"""The review afterwards, its measures, and the documents that a company takes along (N3, N5)."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from config.attention import waiting_for
from incidents.models import Incident, ReportKind, spoken
from incidents.publishing import draft_report, publish_report
from incidents.reports import queries, services
from incidents.reports.models import Measure
from tests.conftest import EVERY_ROLE, Cast
from tests.incidents.core.conftest import Open, deadlines, drafted, now_of
from tests.incidents.reports.test_printing import text_of_pdf, text_of_word

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

FOUND = {
    "held_on": date(2027, 5, 10),
    "participants": "Support, operations",
    "direct_cause": "証明書の期限切れ",
    "root_cause": "更新の確認が人任せだった",
    "went_well": "",
    "went_badly": "電話がつながらなかった",
}
_OPERATOR = "/operator/incidents"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def recovered(cast: Cast, opened: Open) -> Incident:
    """An incident of ACME's of which the first notice and the recovery were published."""
    incident = opened()
    publish_report(drafted(incident), actor=cast.operator.actor)
    publish_report(draft_report(incident, ReportKind.RECOVERY, actor=cast.operator.actor), actor=cast.operator.actor)
    return now_of(incident)


def measure_of(incident: Incident, cast: Cast, **fields: object) -> Measure:
    """A measure against recurrence, due in three days."""
    given = {
        "kind": "prevention",
        "text_ja": "期限の監視を自動化する",
        "text_en": "Watch the expiry automatically",
        "owner": "Operations",
        "due_on": timezone.localdate() + timedelta(days=3),
    }
    return services.add_measure(incident, **(given | fields), actor=cast.operator.actor)  # type: ignore[arg-type]


def test_a_review_is_finished_with_causes_and_measures_only(cast: Cast, opened: Open) -> None:
    """N3: it keeps its own promise, cannot be changed any more, and its measures go on until they are done."""
    incident, actor = opened(), cast.operator.actor
    with pytest.raises(ValidationError, match="direct cause"):
        services.finish_review(incident, actor=actor)
    services.save_review(incident, **FOUND, actor=actor)
    with pytest.raises(ValidationError, match="not recovered"):
        services.finish_review(incident, actor=actor)
    publish_report(drafted(incident), actor=actor)
    publish_report(draft_report(incident, ReportKind.RECOVERY, actor=actor), actor=actor)
    incident = now_of(incident)
    with pytest.raises(ValidationError, match="at least one measure"):
        services.finish_review(incident, actor=actor)
    measure = measure_of(incident, cast, due_on=timezone.localdate() - timedelta(days=1))
    assert deadlines(incident)["review"] == "running"
    services.finish_review(incident, actor=actor)
    assert deadlines(incident)["review"] == "done"
    with pytest.raises(ValidationError, match="finished"):
        services.save_review(incident, **FOUND | {"root_cause": "nothing"}, actor=actor)
    kept = queries.review_of(incident)
    assert kept is not None
    assert kept.root_cause == FOUND["root_cause"]
    waiting = [one.need.link for one in waiting_for({"operator.incidents"}, timezone.now()) if one.overdue]
    assert waiting == [f"{_OPERATOR}/{incident.number}/review/"]
    with pytest.raises(ValidationError, match="sentence"):
        services.complete_measure(measure.id, proof=" ", actor=actor)
    services.complete_measure(measure.id, proof="The alert came in the test", actor=actor)
    with pytest.raises(ValidationError, match="no longer open"):
        services.drop_measure(measure.id, reason="too dear", actor=actor)
    assert waiting_for({"operator.incidents"}, timezone.now())[0].need.link != waiting[0]


def test_the_final_report_takes_over_what_the_review_found(cast: Cast, opened: Open) -> None:
    """N5: causes and measures by kind, in both languages; what somebody has written in the draft stays."""
    incident, actor = recovered(cast, opened), cast.operator.actor
    services.save_review(incident, **FOUND, actor=actor)
    measure_of(incident, cast, due_on=date(2027, 6, 1))
    measure_of(incident, cast, kind="remedy", text_ja="証明書を更新した", text_en="", due_on=date(2027, 5, 2))
    dropped = measure_of(incident, cast, text_ja="やめた対策")
    services.drop_measure(dropped.id, reason="Not needed", actor=actor)
    report = services.fill_final_report(incident, actor=actor)
    assert report.kind == ReportKind.FINAL_REPORT
    assert report.cause_ja == "証明書の期限切れ\n\n更新の確認が人任せだった"
    assert report.prevention_ja == "・期限の監視を自動化する（担当：Operations、期限：2027-06-01）"
    assert report.prevention_en == "- Watch the expiry automatically (Operations, by 2027-06-01)"
    assert report.remedy_ja == "・証明書を更新した（担当：Operations、期限：2027-05-02）"
    assert spoken(report, "summary")
    measure_of(incident, cast, text_ja="もう一つ")
    again = services.fill_final_report(incident, actor=actor)
    assert (again.id, again.prevention_ja) == (report.id, report.prevention_ja)


def test_documents_are_for_those_whom_the_incident_concerned(cast: Cast, opened: Open) -> None:
    """N5: as PDF and for Word, in both languages; others, unpublished ones and unknown forms are not there."""
    incident = recovered(cast, opened)
    measure_of(incident, cast)
    first = incident.reports.using("platform").get(number=1)
    draft = draft_report(incident, ReportKind.FINAL_REPORT, actor=cast.operator.actor)
    mine, place = cast.admin.client(), f"/console/incidents/{incident.number}"
    served = mine.get(f"{place}/reports/{first.id}/ja.pdf")
    assert served["Content-Type"] == "application/pdf"
    text = text_of_pdf(served.content)
    assert f"{cast.admin.tenant.name}御中".replace(" ", "") in text
    assert f"{incident.number}-1" in text
    written = mine.get(f"{place}/reports/{first.id}/en.docx")
    assert (written["Content-Type"], "Documents do not open" in text_of_word(written.content)) == (_WORD, True)
    record = text_of_word(mine.get(f"{place}/record/en.docx").content)
    for words in ("First notice", "Kept", "Watch the expiry automatically", "Recovery: Documents do not open"):
        assert words in record
    assert "対応記録" in text_of_pdf(mine.get(f"{place}/record/ja.pdf").content)
    for address in (
        f"reports/{draft.id}/ja.pdf",
        f"reports/{first.id}/fr.pdf",
        f"reports/{first.id}/ja.exe",
        "record/ja.txt",
    ):
        assert mine.get(f"{place}/{address}").status_code == 404, address
    other = cast.outsider.client()
    for address in (f"reports/{first.id}/ja.pdf", "record/ja.pdf"):
        assert other.get(f"{place}/{address}").status_code == 404
    operator = cast.operator.client()
    assert "Draft" in text_of_word(operator.get(f"{_OPERATOR}/{incident.number}/reports/{draft.id}/en.docx").content)
    own = f"{_OPERATOR}/{incident.number}/records"
    assert operator.get(f"{own}/{cast.admin.tenant.id}/ja.docx").status_code == 200
    assert operator.get(f"{own}/{cast.outsider.tenant.id}/ja.docx").status_code == 404


def test_a_miss_stands_in_the_record_of_the_company(cast: Cast, opened: Open) -> None:
    """N2, N5: it is not hidden from the one to whom it was promised."""
    incident = opened(detected_at=timezone.now() - timedelta(hours=3))
    publish_report(drafted(incident), actor=cast.operator.actor)
    record = text_of_word(cast.admin.client().get(f"/console/incidents/{incident.number}/record/en.docx").content)
    promises = record.split("Kept\n", 1)[1].split("\n")
    assert promises[0] == "First notice"
    assert promises[3] == "Missed"


def test_the_pages_of_the_review(cast: Cast, opened: Open) -> None:
    """N3: written, measures added, reported as done; bad input keeps what was typed."""
    incident, client = recovered(cast, opened), cast.operator.client()
    place = f"{_OPERATOR}/{incident.number}"
    typed = {**FOUND, "held_on": "2027-05-10"}
    assert client.post(f"{place}/review/", typed).status_code == 302
    assert "電話がつながらなかった" in client.get(f"{place}/review/").content.decode()
    bad = client.post(
        f"{place}/measures/", {"kind": "prevention", "text_ja": "監視する", "owner": "", "due_on": "soon"}
    )
    assert (bad.status_code, "監視する" in bad.content.decode()) == (200, True)
    assert queries.measures_of(incident) == []
    good = {"kind": "prevention", "text_ja": "監視する", "text_en": "Watch it", "owner": "Ops", "due_on": "2027-06-01"}
    assert client.post(f"{place}/measures/", good).status_code == 302
    (measure,) = queries.measures_of(incident)
    assert client.post(f"{place}/measures/{measure.id}/done/", {"proof": ""}).status_code == 200
    assert client.post(f"{place}/measures/{measure.id}/done/", {"proof": "Seen in the test"}).status_code == 302
    assert "Seen in the test" in client.get(f"{place}/measures/{measure.id}/").content.decode()
    assert client.post(f"{place}/review/finish/").status_code == 302
    assert "The review is finished" in client.get(f"{place}/review/").content.decode()
    assert client.post(f"{place}/review/fill/").status_code == 302
