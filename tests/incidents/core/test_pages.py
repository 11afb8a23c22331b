"""The pages of incidents: operators lead one from its page, companies read what concerned them (N1, N2, N3, A9, T1)."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from incidents import publishing, tasks
from incidents.models import Incident, IncidentReport, Status
from incidents.queries import find_incident, incident_settings, open_incidents
from tests.conftest import EVERY_ROLE, Cast
from tests.incidents.core.conftest import Open, deadlines, drafted, now_of

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def content(client: Client, address: str) -> str:
    """A page that is there."""
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def deed(client: Client, incident: Incident, name: str, **typed: str) -> str:
    """Do something from the page of an incident, and look at what comes next."""
    answer = client.post(reverse("operator:incident_deed", args=[incident.number, name]), typed, follow=True)
    return answer.content.decode()


def test_an_operator_leads_an_incident_from_its_page(cast: Cast) -> None:
    """N1, N3: opened by a form, its page names the next step until it is closed."""
    client = cast.operator.client()
    typed = {"severity": "serious", "title_ja": "文書を開けない", "components": ["documents"],
             "tenants": "acme, nobody", "detected_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M")}  # fmt: skip
    assert "No company has this code: NOBODY." in client.post(reverse("operator:incident_new"), typed).content.decode()
    page = client.post(reverse("operator:incident_new"), typed | {"tenants": "acme"}, follow=True).content.decode()
    (incident,) = open_incidents()
    assert "Review and publish: first notice" in page
    assert "Clock running" in page
    assert "1 company not told yet" in page
    report = drafted(incident)
    address = reverse("operator:incident_report", args=[incident.number, report.id])
    assert "平素は格別の" in content(client, address)
    form = {name: getattr(report, name) or "" for name in publishing.WORDS} | {"title_ja": "【第一報】訂正"}
    assert client.post(address, form).status_code == 302
    assert client.post(address, form | {"summary_ja": ""}).status_code == 200
    page = client.post(address, form | {"publish": "1"}, follow=True).content.decode()
    assert "The report is published" in page
    assert "Write the next update" in page
    assert "The note is in the log." in deed(client, incident, "note", text="<b>Disk</b> full")
    assert "&lt;b&gt;Disk&lt;/b&gt; full" in content(client, reverse("operator:incident", args=[incident.number]))
    assert "Write the final report" not in deed(client, incident, "status", status="monitoring")
    draft = client.post(reverse("operator:incident_draft", args=[incident.number]), {"kind": "recovery"})
    recovery = drafted(incident)
    assert draft.headers["Location"].endswith(f"{recovery.id}/")
    publishing.publish_report(recovery, actor=cast.operator.actor)
    assert "Write the final report" in content(client, reverse("operator:incident", args=[incident.number]))
    assert "still owed" in deed(client, incident, "close")
    assert deed(client, incident, "severity", severity="minor", reason="Only one page")
    assert "The incident is closed." in deed(client, incident, "close")
    assert now_of(incident).status == Status.CLOSED
    assert "This is closed" not in deed(client, incident, "reopen", reason="Again")
    assert now_of(incident).status == Status.INVESTIGATING
    commander = deed(client, incident, "commander", commander=str(cast.operator.user.id))
    assert "The commander is named." in commander
    assert client.post(reverse("operator:incident_deed", args=[incident.number, "moon"])).status_code == 404


def test_companies_and_details_are_changed_on_pages_of_their_own(cast: Cast, opened: Open) -> None:
    """N2, N3: with what a company means to it; a merged one points on, for companies too."""
    client, incident, other = cast.operator.client(), opened(), opened(tenants=[cast.outsider.tenant.id])
    edit = reverse("operator:incident_edit", args=[incident.number])
    typed = {"title_ja": "別の題名", "components": ["web"], "personal_data": "on",
             "detected_at": timezone.localtime(incident.detected_at).strftime("%Y-%m-%dT%H:%M")}  # fmt: skip
    assert "The details are changed." in client.post(edit, typed, follow=True).content.decode()
    assert deadlines(incident)["ppc_preliminary"] == "running"
    page = deed(
        client, incident, "authority", step="ppc_preliminary", at=timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    )
    assert "The report to the authority is on record." in page
    chosen = reverse("operator:incident_companies", args=[incident.number])
    assert "ACME" in content(client, chosen)
    client.post(chosen, {"tenants": "ACME\nGLOBEX"})
    impact = reverse("operator:incident_impact", args=[incident.number, cast.admin.tenant.id])
    client.post(impact, {"impact_ja": "契約書のみ", "impact_en": "Contracts only"})
    publishing.publish_report(drafted(incident), actor=cast.operator.actor)
    assert "There is no incident of this number." in deed(client, incident, "merge", into="INC-1999-1")
    assert "The incident is merged." in deed(client, incident, "merge", into=other.number.lower())
    own = reverse("console:incident", args=[incident.number])
    assert "Contracts only" in content(cast.admin.client(), own)
    assert "Contracts only" not in content(cast.outsider.client(), own)
    assert other.number in content(cast.admin.client(), own)
    assert cast.admin.client().get(reverse("console:incident", args=[other.number])).status_code == 404


def test_a_company_reads_what_was_published_to_it_and_nothing_else(cast: Cast, opened: Open) -> None:
    """N2, T1: no draft, no line of the log, no other company's incident; the same page whatever others have."""
    ours, theirs = opened(), opened(tenants=[cast.outsider.tenant.id])
    client = cast.admin.client()
    address = reverse("console:incident", args=[ours.number])
    assert client.get(address).status_code == 404
    before = content(client, reverse("console:incidents"))
    publishing.publish_report(drafted(theirs), actor=cast.operator.actor)
    assert content(client, reverse("console:incidents")).count("INC-") == before.count("INC-") == 0
    publishing.publish_report(drafted(ours), actor=cast.operator.actor)
    deed(cast.operator.client(), ours, "note", text="An internal word")
    page = content(client, address)
    assert "First notice: Documents do not open" in page
    assert "An internal word" not in page
    assert client.get(reverse("console:incident", args=[theirs.number])).status_code == 404
    assert cast.editor.client().get(address).status_code == 403


def test_lists_cost_the_same_for_thirty(cast: Cast, opened: Open) -> None:
    """N3: as many statements for 24 incidents on a page as for one, for operators and for a company."""
    pages: list[tuple[Client, str]] = [
        (cast.operator.client(), reverse("operator:incidents")), (cast.admin.client(), reverse("console:incidents")),
    ]  # fmt: skip
    publishing.publish_report(drafted(opened()), actor=cast.operator.actor)
    counts = [_statements(*page) for page in pages]
    (first,) = open_incidents()
    for sequence in range(2, 31):
        Incident.objects.using("owner").bulk_create([_copy(first, sequence)])
    assert [_statements(*page) for page in pages] == counts
    assert content(*pages[0]).count("</tr>") == 26


def test_settings_are_on_a_page_and_the_task_obeys(cast: Cast, opened: Open) -> None:
    """N1: switched on there, recorded, and done by the clock's task; refused values change nothing."""
    client, address = cast.operator.client(), reverse("operator:incident_settings")
    assert client.post(address, {"publish_by_clock": "on", "minutes_before": "0"}).status_code == 200
    assert not incident_settings().publish_by_clock
    assert client.post(address, {"publish_by_clock": "on", "minutes_before": "30"}).status_code == 302
    incident = opened(detected_at=timezone.now() - timedelta(minutes=95))
    tasks.publish_neutral_notices()
    assert deadlines(incident)["first_notice"] == "done"


def test_incidents_from_the_shell(cast: Cast) -> None:
    """N3: opened, shown, published and noted when no page answers; exit code 1 for what is not there."""
    run: Callable[..., str] = _command
    opened = json.loads(run("open", "--severity", "critical", "--title", "停止", "--component", "web", "--json"))
    assert [one["state"] for one in opened["promises"]][:2] == ["running", "running"]
    number = opened["number"]
    assert number in run("list")
    told = json.loads(run("publish", number, "--json"))
    assert [one["state"] for one in told["reports"]] == ["published"]
    assert "Rebooted" in run("log", number, "Rebooted")
    assert "published" in run("show", number)
    for refused in (("publish", number), ("show", "INC-1"), ("open", "--severity", "minor", "--title", " ")):
        with pytest.raises(CommandError):
            run(*refused)
    assert find_incident(number) is not None
    assert IncidentReport.objects.using("platform").count() == 1


def _command(*words: str) -> str:
    out = StringIO()
    call_command("incident", *words, stdout=out)
    return out.getvalue()


def _copy(incident: Incident, sequence: int) -> Incident:
    fields = {field.attname: getattr(incident, field.attname) for field in Incident._meta.concrete_fields}
    return Incident(**{name: value for name, value in fields.items() if name != "id"} | {"sequence": sequence})


def _statements(client: Client, address: str) -> int:
    content(client, address)
    with CaptureQueriesContext(connections["platform"]) as asked, CaptureQueriesContext(connections["default"]) as more:
        content(client, address)
    return len(asked) + len(more)
