"""A long stretch of time is looked through in steps, and no longer than a reader waits (G2)."""

from datetime import UTC, datetime, timedelta

import pytest

from auditlog import queries, spans
from auditlog.spans import Span
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.auditlog.conftest import write
from tests.conftest import Cast

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("forward", [False, True])
@pytest.mark.parametrize("days", [0, 0.5, 1, 30, 2928])
def test_steps_cover_the_span_without_gap_or_overlap(days: float, forward: bool) -> None:
    """G2: from its end to its beginning, or the other way round, in few steps."""
    span = Span(NOW - timedelta(days=days), NOW)
    steps = list(span.steps(forward=forward, patience=60))
    ordered = steps if forward else steps[::-1]
    edges = [step.since for step in ordered] + [ordered[-1].until] if ordered else []
    assert [step.until for step in ordered] == edges[1:]
    assert (edges[0], edges[-1]) == (span.since, span.until) if days else edges == []
    assert len(steps) <= 8


def test_an_empty_span_has_no_steps() -> None:
    """G2: a period that ends before it begins."""
    assert list(Span(NOW, NOW - timedelta(days=1)).steps()) == []


@pytest.mark.django_db
def test_a_search_that_takes_long_says_how_far_it_came(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """G2: and goes on from there in either direction, until everything was seen once."""
    now = datetime.now(UTC)
    for hours in (1, 30):
        write(acme, at=now + timedelta(hours=hours), label=str(hours))
    span = Span(now - timedelta(days=1), now + timedelta(days=2))
    ticks = iter(range(10_000))
    monkeypatch.setattr(spans, "monotonic", lambda: float(next(ticks)))
    with tenant_transaction(acme.id):
        first = queries.page_of(queries.events(), span=span, size=5)
        assert [event.target_label for event in first.events] == ["30"]
        assert first.reached == now + timedelta(days=1)
        second = queries.page_of(queries.events(), span=span, before=first.older, size=5)
        assert [event.target_label for event in second.events] == ["1"]
        back = queries.page_of(queries.events(), span=span, after=second.newer, size=5)
        assert [event.target_label for event in back.events] in (["30"], [])
        assert back.newer is not None or back.events


@pytest.mark.django_db
def test_the_page_says_how_far_it_looked(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """G2: a reader must not take what was not looked through for empty."""
    ticks = iter(range(10_000))
    monkeypatch.setattr(spans, "monotonic", lambda: float(next(ticks)))
    page = cast.admin.client().get("/console/audit/").content.decode()
    assert "the search has come this far for now" in page
    assert 'rel="next"' in page
