"""Reading the audit log (G2): page by page, by key, over few partitions."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connections

from auditlog import queries
from auditlog.queries import Position
from tenants.isolation.models import new_id
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.accounts.reading import newest_event, stranger
from tests.auditlog.conftest import SOMEBODY, write
from tests.conftest import Cast
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)


def labels(page: queries.EventPage) -> list[str]:
    """What is on a page."""
    return [event.target_label for event in page.events]


@pytest.mark.parametrize("same_moment", [False, True])
def test_paging_shows_every_event_once_in_both_directions(acme: Tenant, globex: Tenant, same_moment: bool) -> None:
    """G2: also of events of one moment; nothing of another company's."""
    for number in range(7):
        write(acme, at=NOW if same_moment else NOW + timedelta(seconds=number), label=str(number))
        write(globex, label="foreign")
    with tenant_transaction(acme.id):
        chosen = queries.events_of_days(queries.events(), 1)
        first = queries.page_of(chosen, size=3)
        second = queries.page_of(chosen, before=first.older, size=3)
        third = queries.page_of(chosen, before=second.older, size=3)
        assert [labels(page) for page in (first, second, third)] == [["6", "5", "4"], ["3", "2", "1"], ["0"]]
        assert (first.newer, third.older) == (None, None)
        back = queries.page_of(chosen, after=third.newer, size=3)
        top = queries.page_of(chosen, after=back.newer, size=3)
        assert [labels(page) for page in (back, top)] == [["3", "2", "1"], ["6", "5", "4"]]
        assert top.newer is None
        assert top.older == first.older


def test_pages_do_not_slip_while_events_are_added(acme: Tenant) -> None:
    """G2: what one has seen does not come again."""
    for number in range(4):
        write(acme, at=NOW + timedelta(seconds=number), label=str(number))
    with tenant_transaction(acme.id):
        first = queries.page_of(queries.events(), size=2)
    write(acme, at=NOW + timedelta(seconds=9), label="new")
    with tenant_transaction(acme.id):
        assert labels(queries.page_of(queries.events(), before=first.older, size=2)) == ["1", "0"]


def test_an_empty_log_has_no_neighbours(acme: Tenant) -> None:
    """G2: nor does a place beyond its ends."""
    with tenant_transaction(acme.id):
        somewhere = Position(NOW, new_id())
        for page in (
            queries.page_of(queries.events()),
            queries.page_of(queries.events(), before=somewhere),
            queries.page_of(queries.events(), after=somewhere),
        ):
            assert page == queries.EventPage([], None, None)


@pytest.mark.parametrize(
    "text", ["", "x", "_", "2026-01-01_x", "2026-01-01T00:00:00_" + "0" * 32, "2026-99-99T00:00:00Z_"]
)
def test_a_place_that_is_none_is_the_beginning(text: str) -> None:
    """D6: addresses are typed by anybody."""
    assert Position.parse(text) is None


def test_a_place_survives_its_address() -> None:
    """G2: to the microsecond."""
    place = Position(datetime(2026, 11, 22, 3, 4, 5, 678901, tzinfo=UTC), uuid4())
    assert Position.parse(str(place)) == place


def test_an_event_is_found_by_its_key_in_its_company(acme: Tenant, globex: Tenant) -> None:
    """T1: another company's is as unknown as one that never was."""
    event = write(acme)
    with tenant_transaction(acme.id):
        found = queries.find_event(event.id)
        assert found is not None
        assert found.id == event.id
        for key in (new_id(), uuid4(), UUID(int=0), UUID(hex="ffffffff-ffff-7fff-bfff-ffffffffffff")):
            assert queries.find_event(key) is None
    with tenant_transaction(globex.id):
        assert queries.find_event(event.id) is None


def test_reading_opens_the_partitions_of_the_period_only(acme: Tenant) -> None:
    """DESIGN 6: a list of a day touches one partition of each class, not one for every day that there is."""
    with tenant_transaction(acme.id), connections["default"].cursor() as cursor:
        since = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
        chosen = queries.events().filter(at__gte=since, at__lt=since + timedelta(days=1))
        statement, params = chosen[:50].query.sql_with_params()
        cursor.execute("EXPLAIN (COSTS OFF) " + statement, params)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    scans = [line for line in plan.splitlines() if "Scan" in line and "auditlog_auditevent_" in line]
    assert len(scans) <= 3, plan


def test_ones_events_are_those_by_and_about_one(cast: Cast) -> None:
    """G2: what one did, and what was done to one's account."""
    stranger().post("/login/", {"company_code": "ACME", "user_id": "erin", "password": "wrong"})
    stranger().post("/login/", {"company_code": "ACME", "user_id": "erin", "password": PASSWORD})
    write(cast.admin.tenant, actor=SOMEBODY, label="somebody else who is called erin, too")
    with tenant_transaction(cast.admin.tenant.id):
        found = [event.action for event in queries.events_about(cast.editor.user.id, "erin")]
    assert found == ["accounts.login.succeeded", "accounts.login.failed"]
    assert newest_event(cast.admin.tenant, "accounts.login.failed").actor_kind == "anyone"
