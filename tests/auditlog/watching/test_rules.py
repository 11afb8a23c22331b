"""Each rule fires at its threshold, and not one below it; nothing of another company counts (G9, T1).

What the rules see was done through the services and pages that people use.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.login import LoginRefused, log_in
from accounts.menus import ADMINISTRATOR, EDITOR, READER
from accounts.models import Role, User
from accounts.network.entries import Entry, add_network
from accounts.roles import change_role, create_role, give_roles
from auditlog.actors import Actor, ActorKind
from auditlog.recording.services import change_recording
from documents.contents import delete_document
from documents.models import Document, Folder
from documents.tree import delete_folder
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.accounts.reading import stranger
from tests.accounts.staff.conftest import Accesses, accesses, browser_of, inside, second
from tests.auditlog.watching.conftest import at, found, look, rows, stored
from tests.conftest import EVERY_ROLE, Cast
from tests.documents.making import add_file
from tests.factories.people import PASSWORD, Person, make_person

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

__all__ = ["accesses", "second"]  # fixtures

HOME, AWAY = "203.0.113.7", "198.51.100.9"


def fail(tenant: Tenant, user_id: str, *, address: str = AWAY) -> None:
    """One wrong password at the log-in page."""
    typed = {"company_code": tenant.company_code, "user_id": user_id, "password": "wrong horse"}
    stranger(REMOTE_ADDR=address).post(reverse("login"), typed)


def enter(person: Person, *, address: str = HOME) -> None:
    """One right password."""
    with at(address):
        log_in(company_code=person.tenant.company_code, user_id=person.user.user_id, password=PASSWORD)


# --- Failed log-ins ----------------------------------------------------------------------------------------------
def test_many_users_from_one_network(cast: Cast) -> None:
    """G9: five user IDs from one /24 are password spraying, known users or not; four are not."""
    acme, globex = cast.admin.tenant, cast.outsider.tenant
    for number, user_id in enumerate(("alice", "erin", "nobody", "rob")):
        fail(acme, user_id, address=f"198.51.100.{number}")
    for user_id in ("alice", "gina", "x", "y", "z"):
        fail(globex, user_id, address="192.0.2.1")
    assert look(acme) == 0
    fail(acme, "someone", address="198.51.101.1")  # the network beside it
    fail(acme, "alice")  # nobody new
    assert look(acme) == 0
    fail(acme, "admin")
    assert look(acme) == 1
    assert found(acme) == [("failures.spraying", "198.51.100.0/24", 6)]
    assert found(globex) == []
    look(globex)
    assert found(globex) == [("failures.spraying", "192.0.2.0/24", 5)]


def test_many_failures_of_one_user(cast: Cast) -> None:
    """G9: ten within an hour, from wherever; nine are not many, nor are ten in more than an hour."""
    acme, start = cast.admin.tenant, datetime.now(UTC)
    for number in range(9):
        fail(acme, "erin", address=f"192.0.2.{number}")
    fail(acme, "rob")
    fail(cast.outsider.tenant, "erin")
    with time_machine.travel(start + timedelta(minutes=61)):
        fail(acme, "erin")
    assert look(acme) == 0
    fail(acme, "ERIN")
    assert look(acme) == 1
    assert found(acme) == [("failures.guessing", "erin", 10)]
    assert found(cast.outsider.tenant) == []


# --- Log-ins unlike the earlier ones -----------------------------------------------------------------------------
def test_a_new_network(cast: Cast) -> None:
    """G9: /16 of IPv4 and /32 of IPv6; not the first log-in ever, not a network that is known, no other person's."""
    erin, acme = cast.editor, cast.admin.tenant
    enter(erin)
    enter(cast.reader, address=AWAY)
    enter(erin, address="203.0.200.1")  # the same /16
    assert look(acme) == 0
    enter(erin, address="2001:db8::1")
    enter(erin, address="2001:db8:ffff::1")
    enter(erin, address=AWAY)
    assert look(acme) == 2
    assert [(each.rule, each.who, each.network) for each in stored(acme)] == [
        ("logins.new_network", "Erin", "2001:db8::/32"),
        ("logins.new_network", "Erin", "198.51.0.0/16"),
    ]
    enter(erin, address=AWAY)
    assert look(acme) == 0


def test_a_named_place_of_the_company_is_one_network(cast: Cast) -> None:
    """G9: the company's own list tells better than the numbers what belongs together."""
    erin, acme = cast.editor, cast.admin.tenant
    with tenant_transaction(acme.id):
        for cidr in ("203.0.113.0/24", "198.51.100.0/24"):
            add_network(Entry(name="Osaka", cidr=cidr), actor=cast.admin.actor)
    enter(erin, address=HOME)
    enter(erin, address=AWAY)
    assert look(acme) == 0
    enter(erin, address="198.51.101.1")
    assert look(acme) == 1
    assert stored(acme)[0].network == "198.51.0.0/16"


def mornings(person: Person, count: int) -> datetime:
    """Log in at nine in Tokyo on so many days, from tomorrow on; midnight there of the day after them."""
    nine = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for day in range(1, count + 1):
        with time_machine.travel(nine + timedelta(days=day), tick=False):
            enter(person)
    return nine + timedelta(days=count + 1, hours=-9)


def test_an_odd_hour(cast: Cast) -> None:
    """G9: more than three hours from each of the last twenty, the shorter way round the clock."""
    erin, acme = cast.editor, cast.admin.tenant
    midnight = mornings(erin, 20)
    with time_machine.travel(midnight + timedelta(hours=12), tick=False):
        enter(erin)
        assert look(acme) == 0
    with time_machine.travel(midnight + timedelta(hours=12 + 3, minutes=1), tick=False):
        enter(erin)
        assert look(acme) == 1
    assert found(acme) == [("logins.odd_hour", "Erin", 1)]


def test_an_odd_hour_needs_a_history(cast: Cast) -> None:
    """G9: after nineteen log-ins nobody is judged, and nobody by those of others."""
    erin, acme = cast.editor, cast.admin.tenant
    with time_machine.travel(mornings(erin, 19) + timedelta(hours=20), tick=False):
        enter(erin)
        enter(cast.reader)
        assert look(acme) == 0


# --- Much at once ------------------------------------------------------------------------------------------------
@pytest.fixture
def download(cast: Cast) -> Callable[[Person, int], None]:
    """Download a file so many times by the page."""
    with tenant_transaction(cast.admin.tenant.id):
        document = add_file("Contracts/contract.txt").document
    address = reverse("documents:download", args=[document.id])

    def run(person: Person, times: int) -> None:
        client: Client = person.client()
        for _each in range(times):
            assert b"".join(client.get(address)) == b"content"

    return run


def test_mass_download(cast: Cast, download: Callable[[Person, int], None]) -> None:
    """G9: a hundred files of one person within an hour; ninety-nine are work."""
    acme = cast.admin.tenant
    download(cast.reader, 99)
    download(cast.editor, 10)
    assert look(acme) == 0
    download(cast.reader, 1)
    assert look(acme) == 1
    assert found(acme) == [("volume.downloads", "Rob", 100)]


def test_mass_deletion(cast: Cast) -> None:
    """G9: fifty documents, one by one or with their folder; forty-nine are tidying up."""
    acme, actor = cast.admin.tenant, cast.editor.actor
    with tenant_transaction(acme.id):
        for number in range(50):
            add_file(f"{'Old' if number < 47 else 'New'}/{number}.txt")
        delete_folder(Folder.objects.get(name="Old"), actor=actor)
        first, second, third = Document.objects.all()
        delete_document(first, actor=actor)
        delete_document(second, actor=actor)
    assert look(acme) == 0
    with tenant_transaction(acme.id):
        delete_document(third, actor=actor)
    assert look(acme) == 1
    assert found(acme) == [("volume.deletions", "Erin", 50)]


# --- Rights, staff -----------------------------------------------------------------------------------------------
def test_a_role_given_to_oneself(cast: Cast) -> None:
    """G9: more than before, by oneself; neither to another person nor less."""
    acme, alice = cast.admin.tenant, cast.admin
    with tenant_transaction(acme.id):
        both = list(Role.objects.filter(code__in=[ADMINISTRATOR, EDITOR]))
        give_roles(User.objects.get(user_id="rob"), both, actor=alice.actor)
    assert look(acme) == 0
    with tenant_transaction(acme.id):
        give_roles(alice.user, both, actor=alice.actor)
    assert look(acme) == 1
    with tenant_transaction(acme.id):
        give_roles(alice.user, [role for role in both if role.code == ADMINISTRATOR], actor=alice.actor)
    assert look(acme) == 0
    assert found(acme) == [("rights.self_grant", "Alice", 1)]


def test_menus_added_to_a_role_of_ones_own(cast: Cast) -> None:
    """G9: the other way to the same end; taking menus away is none, nor is changing a role of others."""
    acme, alice = cast.admin.tenant, cast.admin
    with tenant_transaction(acme.id):
        own, other = (create_role(name=name, menus=["documents"], actor=alice.actor) for name in ("Own", "Other"))
        make_person(acme, "somebody", READER)
        give_roles(alice.user, [own, Role.objects.get(code=ADMINISTRATOR)], actor=make_person(acme, "max").actor)
        change_role(other, menus=["documents", "counterparties"], actor=alice.actor)
    assert look(acme) == 0
    with tenant_transaction(acme.id):
        change_role(own, menus=["documents", "console.audit"], actor=alice.actor)
        change_role(own, menus=["documents"], actor=alice.actor)
    assert look(acme) == 1
    assert found(acme) == [("rights.self_grant", "Alice", 1)]


def test_nothing_of_another_company_changes(cast: Cast) -> None:
    """T1: what was noticed at GLOBEX is the same, before and after ACME has been looked at."""
    for user_id in "abcde":
        fail(cast.outsider.tenant, user_id)
    look(cast.outsider.tenant)
    before = rows(cast.outsider.tenant)
    for user_id in "abcdefgh":
        fail(cast.admin.tenant, user_id)
    look(cast.admin.tenant)
    assert rows(cast.outsider.tenant) == before
    assert [each["count"] for each in before] == [5]


def test_refused_log_ins_of_the_service_are_counted(cast: Cast) -> None:
    """G9: whichever way somebody came, the log has it."""
    for _each in range(10):
        with pytest.raises(LoginRefused), at(AWAY):
            log_in(company_code="ACME", user_id="erin", password="wrong horse")
    assert look(cast.admin.tenant) == 1


@pytest.mark.parametrize(
    ("moment", "findings"),
    [
        ("2026-11-24T17:59:00+09:00", []),
        ("2026-11-24T18:00:00+09:00", [("staff.off_hours", "Olga", 2)]),
        ("2026-11-23T12:00:00+09:00", [("staff.off_hours", "Olga", 2)]),  # a holiday
    ],
)
def test_staff_access_outside_business_hours(
    accesses: Accesses, cast: Cast, moment: str, findings: list[tuple[str, str, int]]
) -> None:
    """G9, A14: entering, and every page; in the company's log, with the operator's name."""
    with time_machine.travel(datetime.fromisoformat(moment), tick=False):
        operator = browser_of(cast.operator)
        access = accesses.entered(operator)
        assert operator.client.get(inside(access)).status_code == 200
        look(cast.admin.tenant, cast.outsider.tenant)
    assert found(cast.admin.tenant) == findings
    assert found(cast.outsider.tenant) == []


@pytest.mark.parametrize("times", [0, 1])
def test_capturing_switched_off(cast: Cast, times: int) -> None:
    """G9, G4: by whoever may; switching on is nothing, nor are traces that end. The provider's log has it as well."""
    acme, off = cast.admin.tenant, Actor(ActorKind.OPERATOR, "olga", "Olga", cast.operator.user.id)
    for screens in (True, *(False,) * times, True):
        with tenant_transaction(acme.id):
            change_recording(screens=screens, traced_until=timezone.now() + timedelta(hours=1), actor=off)
            change_recording(screens=screens, traced_until=None, actor=off)
    look(acme, cast.operator.tenant, cast.outsider.tenant)
    expected = [("record.capture_off", "Olga", 1)] * times
    assert (found(acme), found(cast.operator.tenant)) == (expected, expected)
    assert found(cast.outsider.tenant) == []
