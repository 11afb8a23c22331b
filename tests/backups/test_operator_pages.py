"""The backups of all companies, as operators see them (B1, B2, B5)."""

from datetime import timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.menus import EDITOR
from auditlog.queries import events
from backups.calendar import DayState, calendar_of, last_days
from backups.companies import company_page, summary
from backups.models import Archive, State
from backups.queries import archives
from backups.removal import forget
from backups.sites.models import StoreCheck
from backups.watch.tasks import watch_backups
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.backups.conftest import Made
from tests.backups.tampering import flip, names
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import make_person
from tests.factories.tenants import make_tenant
from vault.stores import backup_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

PAGE = "/operator/backups/"
ACME = f"{PAGE}companies/ACME/"


@pytest.fixture(autouse=True)
def old_companies(provider: Tenant, acme: Tenant, globex: Tenant) -> None:
    """Companies of this month: each should have a backup by now, but no drill yet."""
    with platform_transaction():
        Tenant.objects.update(created_at=timezone.now() - timedelta(days=20))


def test_each_day_says_what_became_of_its_backup(acme: Tenant, made: Made) -> None:
    """B2, B5: of two of one day the better one; a generation that the plan removed is not a missing backup."""
    made(acme, hours=5 * 24)
    made(acme, hours=5 * 24, verified=False)
    gone = made(acme, hours=4 * 24)
    made(acme, hours=3 * 24, verified=False)
    with tenant_scope(acme.id):
        forget(backup_store(), gone)
    since = timezone.localdate() - timedelta(days=6)
    with tenant_transaction(acme.id):
        Archive.objects.filter(state=State.VERIFIED).update(copied_at=timezone.now())
        days = calendar_of(acme.id, since, last_days(9))
    due, missing, before = DayState.DUE, DayState.MISSING, DayState.BEFORE
    rest = [DayState.UNVERIFIED, DayState.REMOVED, DayState.VERIFIED]
    assert [each.state for each in days] == [due, missing, missing, *rest, before, before, before]
    assert [each.copied for each in days].index(True) == 5
    assert days[5].label == "verified, copied to the second site"


def test_the_overview_names_who_is_worst_off_first(
    cast: Cast, provider: Tenant, acme: Tenant, globex: Tenant, made: Made
) -> None:
    """B1: figures of all, and one line a company; GLOBEX alone needs attention."""
    made(provider, hours=2)
    made(acme, hours=20)
    made(globex, hours=30)
    found = summary(second_site=True)
    assert (found.companies, found.fresh, found.late, found.worst_company) == (3, 2, 1, "GLOBEX")
    assert 30 < found.worst_hours < 30.1
    assert found.waiting_since is not None
    watch_backups.delay()
    client = cast.operator.client()
    page = client.get(PAGE).content.decode()
    assert [each.company_code for each in company_page()] == ["GLOBEX", "ACME", "PROVIDER"]
    assert "Acme Trading" in page
    assert "No verified backup of the last 25 hours" in page
    assert "Acme Trading" not in client.get(PAGE, {"show": "troubled"}).content.decode()
    assert "Globex" in client.get(PAGE, {"show": "troubled", "text": "glob"}).content.decode()
    assert "No company matches" in client.get(PAGE, {"text": "100%_"}).content.decode()


def test_the_overview_asks_as_much_for_thirty_companies_as_for_three(cast: Cast, made: Made) -> None:
    """P: no query a company; pages of 25."""
    client = cast.operator.client()

    def asked() -> int:
        with CaptureQueriesContext(connections["platform"]) as queries:
            assert client.get(PAGE).status_code == 200
        return len(queries)

    asked()
    few = asked()
    for number in range(30):
        made(make_tenant(f"C-{number:03}", f"Company {number}"), hours=1)
    assert asked() == few
    assert [len(company_page(number=number).object_list) for number in (1, 2)] == [25, 8]


def test_one_company_with_what_failed_and_why(cast: Cast, acme: Tenant) -> None:
    """B1, B5: an operator has one made, and later one verified; both stand in the log of the company."""
    client = cast.operator.client()
    assert client.post(f"{ACME}make/").status_code == 302
    with tenant_transaction(acme.id):
        (archive,) = archives()
    assert archive.state == State.VERIFIED
    flip(names(archive.place, ".enc")[0], -1)
    assert client.post(f"{ACME}{archive.id}/verify/").status_code == 302
    page = client.get(ACME).content.decode()
    assert "Found a backup damaged" in page
    assert "a part" in page
    with tenant_transaction(acme.id):
        recorded = [event for event in events() if event.action.endswith(".ordered")]
    assert [event.actor_kind for event in recorded] == ["operator", "operator"]
    assert client.post(f"{ACME}{acme.id}/verify/").status_code == 404
    assert client.get(f"{PAGE}companies/NOBODY/").status_code == 404


def test_the_pages_need_their_menu(cast: Cast, provider: Tenant) -> None:
    """A9: a colleague without the menu is refused, an administrator of a company finds nothing."""
    colleague = make_person(provider, "edgar", EDITOR).client()
    for address in (PAGE, ACME):
        assert colleague.get(address).status_code == 403
        assert cast.admin.client().get(address).status_code == 404
    assert colleague.post(f"{ACME}make/").status_code == 403


def test_stores_say_what_they_do_not_hold(cast: Cast) -> None:
    """B3, T8: the newest examination of each, and where it is."""
    client = cast.operator.client()
    assert "No store was tried yet" in client.get(f"{PAGE}stores/").content.decode()
    probes = [{"check": "overwrite", "held": False}]
    with platform_transaction():
        StoreCheck(store="backups", address="s3://backups", server="", sound=False, checks=probes).save()
    page = client.get(f"{PAGE}stores/").content.decode()
    assert "Not as it must be" in page
    assert "Keeps what is overwritten" in page
