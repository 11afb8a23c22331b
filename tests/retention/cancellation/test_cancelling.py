"""From the cancellation to the suspension, day by day (T4, R1)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import translation

from accounts.models import Session
from auditlog.actors import Actor
from auditlog.models import AuditEvent
from retention.cancellation.models import Cancellation, CancellationState, CancellationWords, Reason, Side
from retention.cancellation.services import (
    latest_last_day,
    request_cancellation,
    take_effect,
    withdraw_cancellation,
)
from retention.cancellation.tasks import end_use
from retention.erasure.models import Erasure
from retention.promise.dates import start_of, today_in
from retention.promise.services import change_grace
from tenants.isolation.directory import resolve_company
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

# Noon in Tokyo of tomorrow, four days before the last day of use; the audit log has room for the days to come only.
TODAY = today_in("Asia/Tokyo", datetime.now(UTC)) + timedelta(days=1)
START = start_of(TODAY, "Asia/Tokyo") + timedelta(hours=12)
LAST_DAY = TODAY + timedelta(days=3)
ENDS = start_of(TODAY + timedelta(days=4), "Asia/Tokyo")


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def cancel(tenant: Tenant, actor: Actor, **changed: Any) -> Cancellation:
    """A cancellation to the end of LAST_DAY."""
    wish: dict[str, Any] = {"last_day": LAST_DAY, "reason": Reason.MOVED, "comment": "Thank you.", "side": Side.COMPANY}
    return request_cancellation(tenant, **wish | {"typed_code": tenant.company_code} | changed, actor=actor)


def state_of(tenant: Tenant) -> tuple[str, date | None]:
    """As it is in the directory now."""
    with platform_transaction():
        found = Tenant.objects.get(id=tenant.id)
    return found.state, found.last_day


def others(tenant: Tenant) -> list[tuple[Any, ...]]:
    """Everything that could have been touched of a company that nothing happens to."""
    with tenant_transaction(tenant.id):
        sessions = list(Session.objects.order_by("id").values_list())
    with platform_transaction():
        return [
            *sessions,
            *Tenant.objects.filter(id=tenant.id).values_list(),
            *Cancellation.objects.filter(tenant_id=tenant.id).values_list(),
            *Erasure.objects.filter(tenant_id=tenant.id).values_list(),
        ]


def test_the_whole_way_from_request_to_suspension(cast: Cast, acme: Tenant, globex: Tenant) -> None:
    """T4, R1: every date from the first moment; use until the last day; then suspended, and the erasure is planned."""
    cast.admin.client(), cast.outsider.client()
    before = others(globex)
    with time_machine.travel(START, tick=False):
        cancellation = cancel(acme, cast.admin.actor)
    assert state_of(acme) == (State.CANCELLATION_REQUESTED, LAST_DAY)
    dates = cancellation.dates
    expected = [LAST_DAY + timedelta(days=days) for days in (1, 22, 30)]
    assert [dates.suspended_on, dates.erase_on, dates.gone_on] == expected
    company = resolve_company("ACME")
    assert company is not None
    assert (company.open, company.last_day) == (True, LAST_DAY)

    with time_machine.travel(ENDS - timedelta(seconds=1), tick=False):
        assert (end_use(), take_effect(cancellation.id, actor=Actor.command())) == (0, False)
    with tenant_transaction(acme.id):
        assert Session.objects.exists()
    with time_machine.travel(ENDS, tick=False):
        assert (end_use(), end_use()) == (1, 0)
        with pytest.raises(ValidationError, match="no longer be withdrawn"):
            withdraw_cancellation(cancellation.id, actor=cast.operator.actor)

    assert state_of(acme) == (State.SUSPENDED, LAST_DAY)
    with tenant_transaction(acme.id):
        assert not Session.objects.exists()
        words = CancellationWords.objects.get()
        assert (words.comment, words.requested_by_name) == ("Thank you.", cast.admin.user.name)
        known = list(
            AuditEvent.objects.filter(action__contains="cancel").order_by("id").values_list("action", flat=True)
        )
    assert known == ["cancellation.requested", "cancellation.effective"]
    with tenant_transaction(cast.operator.tenant.id):
        assert AuditEvent.objects.filter(action="cancellation.requested", actor_kind="operator").exists()
    with platform_transaction():
        erasure, found = Erasure.objects.get(), Cancellation.objects.get()
    assert (erasure.tenant_id, erasure.ground, erasure.ground_id) == (acme.id, "cancellation", found.id)
    assert (erasure.begin_at, erasure.due_at) == (dates.erase_at, dates.gone_by)
    assert (found.state, found.erasure_id) == (CancellationState.EFFECTIVE, erasure.id)
    assert others(globex) == before


def test_withdrawn_until_the_end_of_the_last_day(cast: Cast, acme: Tenant, provider: Tenant) -> None:
    """T4: everything is as it was, also for a trial; and it can be cancelled anew, with the dates of that day."""
    with platform_transaction():
        Tenant.objects.filter(id=acme.id).update(state=State.TRIAL)
    with time_machine.travel(START, tick=False) as clock:
        cancellation = cancel(acme, cast.admin.actor)
        with pytest.raises(ValidationError, match="cancelled already"):
            cancel(acme, cast.admin.actor)
        clock.move_to(ENDS - timedelta(seconds=1))
        withdraw_cancellation(cancellation.id, actor=cast.admin.actor)
        assert state_of(acme) == (State.TRIAL, None)
        with pytest.raises(ValidationError, match="no longer be withdrawn"):
            withdraw_cancellation(cancellation.id, actor=cast.admin.actor)
        clock.move_to(ENDS)
        assert end_use() == 0
        with tenant_transaction(provider.id):
            change_grace(14, reason="quicker", actor=cast.operator.actor)
        again = cancel(acme, cast.operator.actor, last_day=TODAY + timedelta(days=4), side=Side.PROVIDER)
        assert again.dates.erase_on == TODAY + timedelta(days=18)
    with tenant_transaction(acme.id):
        assert AuditEvent.objects.filter(action="cancellation.withdrawn").count() == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"last_day": TODAY - timedelta(days=1)}, "from today"),
     ({"last_day": latest_last_day(TODAY) + timedelta(days=1)}, latest_last_day(TODAY).isoformat()),
     ({"typed_code": "ACMF"}, "not the company code")],
)  # fmt: skip
def test_refused_requests(cast: Cast, acme: Tenant, changed: dict[str, Any], said: str) -> None:
    """T4: not into the past, not more than twelve months ahead, not without the code."""
    with time_machine.travel(START, tick=False), pytest.raises(ValidationError, match=said):
        cancel(acme, cast.admin.actor, **changed)
    assert state_of(acme) == (State.ACTIVE, None)


def test_the_provider_and_those_who_left_have_nothing_to_cancel(cast: Cast, provider: Tenant, acme: Tenant) -> None:
    """T4: and one that is being restored waits."""
    with platform_transaction():
        Tenant.objects.filter(id=acme.id).update(state=State.SUSPENDED)
    for tenant in (provider, acme):
        with time_machine.travel(START, tick=False), pytest.raises(ValidationError):
            cancel(tenant, cast.operator.actor)


def test_a_kill_between_the_steps_is_repeated_whole(cast: Cast, acme: Tenant, monkeypatch: Any) -> None:
    """T4: what dies half-way through the end of use leaves the company as it was, and the next run does all of it."""
    cast.admin.client()
    with time_machine.travel(START, tick=False):
        cancel(acme, cast.admin.actor)
    steps = ("suspend_tenant", "plan_erasure", "record_in_both", "_tell")
    with time_machine.travel(ENDS, tick=False):
        for step in steps:
            monkeypatch.setattr(f"retention.cancellation.services.{step}", _killed)
            with pytest.raises(KeyboardInterrupt):
                end_use()
            monkeypatch.undo()
            assert state_of(acme)[0] == State.CANCELLATION_REQUESTED
            with platform_transaction():
                assert not Erasure.objects.exists()
            with tenant_transaction(acme.id):
                assert Session.objects.exists()
        assert end_use() == 1
    assert state_of(acme)[0] == State.SUSPENDED


def _killed(*_args: Any, **_kwargs: Any) -> None:
    raise KeyboardInterrupt


def test_twelve_months_ahead() -> None:
    """T4: the leap day has no counterpart."""
    assert latest_last_day(date(2028, 2, 29)) == date(2029, 2, 28)
    assert latest_last_day(date(2026, 11, 20)) == date(2027, 11, 20)
