"""Who is told, in which language, and who is not (N1, N2, N6, N7)."""

from typing import Any

import pytest
from django.core import mail
from django.db import connections
from django.test.utils import CaptureQueriesContext

from accounts.menus import ADMINISTRATOR, READER
from accounts.models import UserState
from auditlog.models import AuditEvent
from incidents.mailing.models import Audience, Delivery, DeliveryState
from incidents.mailing.queries import deliveries_of, numbers_of
from incidents.mailing.recipients import recipients_of
from incidents.mailing.services import Subscriber, forget_address
from incidents.mailing.tasks import go_on
from tenants.contract.models import Organisation
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import make_person
from tests.incidents.mailing.conftest import ACTOR, Start

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def organise(tenant: Tenant, **fields: str) -> None:
    """The company's contract names such a contact."""
    with platform_transaction():
        Organisation.objects.update_or_create(tenant_id=tenant.id, defaults={"name": tenant.name, **fields})


def mails() -> dict[str, mail.EmailMessage]:
    """What was sent, by address."""
    assert len({each.to[0] for each in mail.outbox}) == len(mail.outbox)
    return {each.to[0]: each for each in mail.outbox}


def test_each_audience_and_nobody_who_has_left(cast: Cast, acme: Tenant, globex: Tenant, start: Start) -> None:
    """N2, N7: administrators, the contact beside them, or everybody; never the suspended, the invited, the provider."""
    organise(acme, system_email="it@acme.example")
    organise(globex, system_email="GINA@globex.example", country="US")
    make_person(acme, "sue", ADMINISTRATOR, state=UserState.SUSPENDED)
    make_person(acme, "ivo", ADMINISTRATOR, state=UserState.INVITED)
    administrators = {"alice@acme.example", "gina@globex.example"}
    expected = {
        Audience.ADMINISTRATORS: administrators,
        Audience.CONTACTS: administrators | {"it@acme.example"},
        Audience.EVERYBODY: administrators | {"it@acme.example", "erin@acme.example", "rob@acme.example"},
    }
    for audience, addresses in expected.items():
        mail.outbox.clear()
        mailing = start(step=audience, audience=audience)
        assert set(mails()) == addresses, audience
        assert numbers_of(mailing.id).sent == len(addresses)


def test_it_speaks_the_language_of_its_reader(cast: Cast, acme: Tenant, globex: Tenant, start: Start) -> None:
    """N7: the person's own; else that of the company, which is Japanese unless its invoices go abroad."""
    organise(acme, system_email="it@acme.example", country="JP")
    organise(globex, system_email="desk@globex.example", country="GB")
    make_person(globex, "nemo", ADMINISTRATOR, language="")
    make_person(acme, "taro", ADMINISTRATOR, language="", name="山田太郎")

    start()

    found = {address: (each.subject, "停止します。" in each.body) for address, each in mails().items()}
    japanese, english = ("メンテナンスのお知らせ", True), ("Maintenance", False)
    assert found == {
        "alice@acme.example": english,
        "taro@acme.example": japanese,
        "it@acme.example": japanese,
        "gina@globex.example": english,
        "nemo@globex.example": english,
        "desk@globex.example": english,
    }
    taro = mails()["taro@acme.example"]
    assert taro.body == ("Acme Trading\n山田太郎 様\n\n停止します。\n\nhttp://localhost:8000/notices/7/\n\n")
    assert "ご担当者様" in mails()["it@acme.example"].body
    assert "List-Unsubscribe" not in taro.extra_headers


@pytest.mark.parametrize(
    ("state", "named", "told"),
    [(State.SUSPENDED, False, 0), (State.SUSPENDED, True, 1), (State.ERASED, True, 0), (State.TRIAL, False, 1)],
)
def test_a_company_that_has_left(
    cast: Cast, globex: Tenant, start: Start, state: State, named: bool, told: int
) -> None:
    """N2: of what names it, a company whose data is still here is told; one that is erased of nothing."""
    with platform_transaction():
        Tenant.objects.filter(id=globex.id).update(state=state)
    start(tenant_ids=[globex.id] if named else None)
    assert len([address for address in mails() if address.endswith("@globex.example")]) == told


def test_a_company_with_nobody_to_tell_is_seen(cast: Cast, globex: Tenant, start: Start) -> None:
    """N2: it is counted, not passed over."""
    with tenant_transaction(globex.id):
        cast.outsider.user.state = UserState.SUSPENDED
        cast.outsider.user.save()
    mailing = start(tenant_ids=[globex.id])
    assert (numbers_of(mailing.id).companies, numbers_of(mailing.id).unreachable) == (1, 1)
    assert mail.outbox == []


def test_started_again_it_is_the_same(cast: Cast, provider: Tenant, start: Start) -> None:
    """N1: a step is told once, whoever asks again; both ends are on record."""
    first, again = start(), start(subject_ja="別の題名", audience=Audience.EVERYBODY)
    assert first == again
    assert set(mails()) == {"alice@acme.example", "gina@globex.example"}
    with tenant_transaction(provider.id):
        events = AuditEvent.objects.filter(action__startswith="incidents.mailing.").order_by("at", "id")
        found = [(event.action, event.after) for event in events]
    about = {"about": "notice", "about_id": "7", "step": "published", "audience": "contacts", "companies": 2}
    numbers = {"queued": 0, "sent": 2, "refused": 0, "bounced": 0, "skipped": 0, "companies": 2, "unreachable": 0}
    assert found == [("incidents.mailing.started", about), ("incidents.mailing.finished", numbers)]


def test_a_template_that_fails_tells_nobody(cast: Cast, start: Start) -> None:
    """N7: the caller hears, before anybody is told."""
    with pytest.raises(Exception, match=r"nothing\.txt"):
        start(template="incidents/mailing/mail/nothing.txt")
    assert mail.outbox == []
    start()
    assert len(mail.outbox) == 2


def test_subscribers_leave_by_their_own_link(provider: Tenant, start: Start) -> None:
    """Status page: each mail to the public has its link; of who has left, no address stays."""
    people = [Subscriber("a@public.example", "en", "/s/1"), Subscriber("b@public.example", "ja", "/s/2")]
    start(about="status", subscribers=iter([*people, people[0]]))
    headers = mails()["a@public.example"].extra_headers
    assert headers["List-Unsubscribe"] == "<http://localhost:8000/s/1>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "http://localhost:8000/s/2" in mails()["b@public.example"].body

    with tenant_transaction(provider.id):
        assert forget_address("a@public.example", actor=ACTOR) == 1

    assert [each.delivery.address for each in deliveries_of("status", 7)][1] == "b@public.example"
    assert "a@public.example" not in {each.delivery.address for each in deliveries_of("status", 7)}


def test_people_are_found_by_few_statements(cast: Cast, acme: Tenant, globex: Tenant) -> None:
    """N1: as many for one company as for several."""
    make_person(acme, "rita", READER)
    counts = []
    for tenant_ids in ([acme.id], [acme.id, globex.id]):
        with CaptureQueriesContext(connections["platform"]) as queries:
            recipients_of(tenant_ids, Audience.EVERYBODY)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_who_leaves_meanwhile_is_not_told(cast: Cast, start: Start, settings: Any) -> None:
    """N2: between the start and the mail somebody leaves: no mail goes there."""
    settings.MAIL_CONNECTIONS = 0
    mailing = start()
    settings.MAIL_CONNECTIONS = 1
    with tenant_transaction(cast.admin.tenant.id):
        cast.admin.user.state = UserState.SUSPENDED
        cast.admin.user.save()
    go_on.delay()
    assert set(mails()) == {"gina@globex.example"}
    with platform_transaction():
        skipped = Delivery.objects.get(mailing_id=mailing.id, state=DeliveryState.SKIPPED)
    assert (skipped.address, skipped.error) == ("alice@acme.example", "left")
