"""What becomes public and what never does (N1, N6, N8), and whom it is told by mail."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail

from auditlog.actors import Actor
from incidents.components import COMPONENTS
from incidents.mailing.models import Delivery
from incidents.maintenance.plan import Plan
from incidents.maintenance.services import announce_maintenance, plan_maintenance
from incidents.models import Incident
from incidents.monitoring.catalogue import PROBES, ProbeState
from incidents.monitoring.services import Sample, keep
from incidents.notices.content import Content
from incidents.notices.models import Kind
from incidents.notices.services import draft_notice, publish_notice
from incidents.publishing import change_report, publish_report
from incidents.queries import find_report, reports_of
from incidents.services import note, open_incident, set_commander
from incidents.states import change_status
from incidents.status import subscribing
from incidents.status.document import State, StatusDocument
from incidents.status.links import digest_of
from incidents.status.models import Subscriber
from incidents.status.overriding import free_state, set_state
from incidents.status.publishing import published, published_document
from incidents.status.queries import inside_provider
from incidents.status.services import refresh
from incidents.status.store import StatusStore
from incidents.status.tasks import forget_subscribers_told, render_status_page
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction
from tests.conftest import EVERY_ROLE, Cast

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=EVERY_ROLE),
    pytest.mark.usefixtures("store", "golden_week_log"),
]

NOW = datetime(2026, 5, 12, 3, 0, tzinfo=UTC)  # a Tuesday, noon in Japan
JOB = Actor.system("test")


@pytest.fixture(autouse=True)
def noon(store: StatusStore) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def rendered(cast: Cast) -> StatusDocument:
    """The page as of now."""
    with tenant_scope(cast.operator.tenant.id):
        return refresh(actor=JOB)


def states(document: StatusDocument) -> dict[str, str]:
    return {one.code: one.state.value for one in document.components}


def everything_looks(cast: Cast, state: ProbeState, *, since: datetime, until: datetime) -> None:
    """All probes find the same, minute by minute at both ends."""
    for at in (since, until):
        with tenant_scope(cast.operator.tenant.id):
            keep([Sample(probe.code, state, at) for probe in PROBES], actor=JOB)


def opened(cast: Cast, **more: object) -> Incident:
    values: dict[str, object] = {
        "severity": "serious",
        "title_ja": "文書を開けない障害",
        "title_en": "Documents do not open",
        "components": ["documents"],
        "detected_at": NOW - timedelta(minutes=20),
        "tenants": None,
        "actor": cast.operator.actor,
    }
    with tenant_scope(cast.operator.tenant.id):
        return open_incident(**(values | more))  # type: ignore[arg-type]


def published_first(cast: Cast, incident: Incident) -> None:
    with tenant_scope(cast.operator.tenant.id):
        publish_report(reports_of(incident)[-1], actor=cast.operator.actor)


def test_nothing_known_is_unknown(cast: Cast) -> None:
    """N8: a service that nobody has looked at is not up."""
    document = rendered(cast)
    assert set(states(document).values()) == {"unknown"}
    assert {day.up for one in document.components for day in one.days} == {0}


def test_states_come_from_probes_incidents_and_maintenance(cast: Cast) -> None:
    """N1, N8: the worst that is measured or told; announced maintenance outweighs it, a state by hand everything."""
    everything_looks(cast, ProbeState.UP, since=NOW - timedelta(minutes=2), until=NOW)
    assert set(states(rendered(cast)).values()) == {"operational"}
    incident = opened(cast)
    assert states(rendered(cast))["documents"] == "operational"  # nobody was told yet
    published_first(cast, incident)
    document = rendered(cast)
    assert states(document) == {one.code: "operational" for one in COMPONENTS} | {"documents": "down"}
    assert document.state is State.DOWN
    with tenant_scope(cast.operator.tenant.id):
        change_status(incident, status="monitoring", actor=cast.operator.actor)
        assert states(rendered(cast))["documents"] == "degraded"
        by_hand = set_state(
            component="documents", state="unknown", reason="?", ends_at=NOW + timedelta(hours=1), actor=JOB
        )
        assert states(rendered(cast))["documents"] == "unknown"
        assert free_state(by_hand.id, actor=JOB)
    assert states(rendered(cast))["documents"] == "degraded"


CANARIES = {
    "log": "Kanarienvogel-Log",
    "commander": "Kanarienvogel Kommandant",
    "draft": "Kanarienvogel-Entwurf",
    "notice": "Kanarienvogel-Hinweis",
    "hidden": "Kanarienvogel-Verborgen",
    "reason": "Kanarienvogel-Grund",
    "planned": "Kanarienvogel-Geplant",
    "impact": "Kanarienvogel-Wirkung",
}


def test_what_is_not_public_is_nowhere(cast: Cast, store: StatusStore) -> None:
    """N1: no company, no internal log, no draft, no notice to some, no hidden incident, no reason, in no file."""
    chosen = [cast.admin.tenant.id]
    with tenant_scope(cast.operator.tenant.id):
        public = opened(cast, tenants=chosen, source="inquiry", source_id=CANARIES["hidden"])
        cast.operator.user.name = CANARIES["commander"]
        set_commander(public, commander=cast.operator.user, actor=cast.operator.actor)
        note(public, text=CANARIES["log"], actor=cast.operator.actor)
        with platform_transaction():
            public.affected.update(impact_ja=CANARIES["impact"], impact_en=CANARIES["impact"])
        published_first(cast, public)
        hidden = opened(cast, tenants=chosen, public=False, severity="minor", title_ja=CANARIES["hidden"])
        published_first(cast, hidden)
        unpublished = opened(cast, title_ja=CANARIES["draft"])
        draft = find_report(unpublished, reports_of(unpublished)[0].id)
        assert draft is not None
        change_report(draft, changes={"summary_ja": CANARIES["draft"]}, actor=cast.operator.actor)
        content = Content(
            kind=Kind.NEW_FUNCTION, title_ja=CANARIES["notice"], body_ja=CANARIES["notice"], tenant_ids=chosen
        )
        publish_notice(draft_notice(content, actor=cast.operator.actor), actor=cast.operator.actor)
        _planned(cast, title=CANARIES["planned"])
        ends_at = NOW + timedelta(hours=1)
        set_state(component="mail", state="down", reason=CANARIES["reason"], ends_at=ends_at, actor=JOB)
    document = rendered(cast)
    assert [one.number for one in document.incidents] == [public.number]
    everything = b"".join(store.read(name) or b"" for name in [*published(store), "manifest.json"]).decode()
    names = [each.tenant.name for each in (cast.admin, cast.outsider)]
    codes = [each.tenant.company_code for each in (cast.admin, cast.outsider)]
    ids = [text for each in (cast.admin, cast.outsider) for text in (str(each.tenant.id), each.tenant.id.hex)]
    secrets = [*CANARIES.values(), *names, *codes, *ids, cast.operator.user.name, cast.operator.user.email]
    assert [secret for secret in secrets if secret in everything] == []


def _planned(cast: Cast, title: str = "定期メンテナンス", announce: bool = False) -> None:
    begins = NOW + timedelta(days=10)
    plan = Plan(
        title_ja=title,
        title_en=title,
        components=["web"],
        impact_ja="ログインできません。",
        impact_en="Nobody can log in.",
        begins_at=begins,
        ends_at=begins + timedelta(hours=2),
    )
    maintenance = plan_maintenance(plan, actor=cast.operator.actor)
    if announce:
        announce_maintenance(maintenance, actor=cast.operator.actor)


def test_announced_maintenance_is_there_and_is_told(cast: Cast) -> None:
    """N6: from its announcement on, with its times; while it is under way its components are in maintenance."""
    _subscribe(cast, "web@example.com", ["web"])
    _subscribe(cast, "mail@example.com", ["mail"])
    with tenant_scope(cast.operator.tenant.id), time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        _planned(cast, announce=True)
    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        (planned,) = rendered(cast).maintenance
    assert (planned.state, planned.begins_at) == ("announced", NOW + timedelta(days=10))
    assert [message.to for message in _publications()] == [["web@example.com"]]


def _subscribe(cast: Cast, address: str, components: list[str], language: str = "ja") -> None:
    subscribing.ask(address=address, language=language, components=components, actor=JOB)
    with inside_provider():
        one = Subscriber.objects.get(address_digest=digest_of(address))
    subscribing.confirm(one.id, actor=JOB)


def _publications() -> list[mail.EmailMessage]:
    return [message for message in mail.outbox if "List-Unsubscribe" in message.extra_headers]


def test_subscribers_are_told_once_in_their_language_of_what_they_chose(cast: Cast) -> None:
    """N1: one mail for each publication and person, however often the page is made; with one click to the end."""
    _subscribe(cast, "all@example.com", [])
    _subscribe(cast, "english@example.com", ["documents", "mail"], "en")
    _subscribe(cast, "backups@example.com", ["backups"])
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        incident = opened(cast)
        published_first(cast, incident)
        for _again in range(3):
            render_status_page.delay()
    told = {message.to[0]: message for message in _publications()}
    assert len(_publications()) == 2
    assert set(told) == {"all@example.com", "english@example.com"}
    assert told["all@example.com"].subject == "【Sekisho】第一報：文書を開けない障害"
    english = told["english@example.com"]
    assert english.subject == "[Sekisho] First notice: Documents do not open"
    assert f"https://status.example/en/incidents/{incident.number}.html" in str(english.body)
    assert english.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = english.extra_headers["List-Unsubscribe"].strip("<>")
    assert link.startswith("https://sekisho.example/status/unsubscribe/")


def test_addresses_leave_the_record_after_a_week(cast: Cast) -> None:
    """R6, P1: the record of what was sent keeps no address of a subscriber for longer than failures may come back."""
    _subscribe(cast, "all@example.com", [])
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        published_first(cast, opened(cast))
    for days, left in ((6, 1), (8, 0)):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            forget_subscribers_told.delay()
        with platform_transaction():
            assert Delivery.objects.filter(address="all@example.com").count() == left


def test_publishing_renders_at_once(cast: Cast, store: StatusStore) -> None:
    """N1: the page does not wait for its minute when something was published."""
    rendered(cast)
    published_first(cast, opened(cast))
    document = published_document(store)
    assert document is not None
    assert [one.is_open for one in document.incidents] == [True]
