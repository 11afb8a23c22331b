"""What needs a person now: the start page of operators (N9, T3, R5)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import gettext_lazy as _

from config import attention
from config.attention import Need, Source, register_needs, waiting_for
from retention.deletion.services import request_deletion
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import make_person

NOW = datetime(2027, 4, 30, 8, 50, tzinfo=UTC)


def test_what_presses_most_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """N9: overdue ones, then by due time, then by age; nothing of a menu that the reader lacks."""
    monkeypatch.setattr(attention, "_sources", {})

    def hours(number: int) -> datetime:
        return NOW + timedelta(hours=number)

    needs = [
        Need("old", "/a", hours(-9)),
        Need("young", "/b", hours(-1)),
        Need("later", "/c", hours(-3), due=hours(5)),
        Need("soon", "/d", hours(-3), due=hours(1)),
        Need("late", "/e", hours(-3), due=hours(-1)),
        Need("later than late", "/f", hours(-8), due=hours(-2)),
        Need("this moment", "/g", hours(-8), due=NOW),
    ]
    register_needs(Source("mine", _("Overdue"), "operator.keys", "key", lambda: needs))
    register_needs(Source("other", _("Overdue"), "operator.holds", "gavel", lambda: [Need("other", "/x", NOW)]))
    waiting = waiting_for({"operator.keys", "documents"}, NOW)
    assert [one.need.title for one in waiting] == [
        "later than late", "late", "this moment", "soon", "later", "old", "young",
    ]  # fmt: skip
    assert [one.overdue for one in waiting] == [True, True, True, False, False, False, False]


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_the_start_page_of_an_operator_shows_what_waits(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """T3: a deletion that somebody asked for; nobody else sees it, and a holder of other menus does not either."""
    monkeypatch.setattr(attention, "_sources", {"deletions": attention._sources["deletions"]})
    client = cast.operator.client()
    assert "Nothing needs you now" in client.get("/").content.decode()
    asked = request_deletion(
        cast.outsider.tenant,
        typed_code=cast.outsider.tenant.company_code,
        reason="Court order",
        operator=cast.operator.user,
        actor=cast.operator.user.as_actor(),
    )
    page = client.get("/").content.decode()
    assert f"/operator/deletions/{asked.id}/" in page
    assert "Waits for a second operator" in page
    for person in (cast.admin, cast.outsider, make_person(cast.operator.tenant, "apprentice")):
        theirs = person.client().get("/").content.decode()
        assert str(asked.id) not in theirs
        assert "What needs you now" not in theirs
