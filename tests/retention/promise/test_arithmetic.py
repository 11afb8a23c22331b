"""The arithmetic of the promise: what fits 30 days, and what is refused, where, and with which words (R1)."""

from itertools import product
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils import translation

from auditlog.actors import Actor
from auditlog.models import AuditEvent
from retention.promise import checks
from retention.promise.arithmetic import DEFAULT_GRACE, Promise
from retention.promise.models import PromiseSetting
from retention.promise.queries import current_promise
from retention.promise.services import change_grace
from retention.promise.starting import require_kept_promise, require_of_workers
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE

WINDOWS = {"POINT_IN_TIME_DAYS": 7, "KEY_COPY_DAYS": 7, "BACKUP_LOCK_DAYS": 0}


def test_grid_accepts_exactly_what_fits() -> None:
    """R1: over a grid of days the promise says yes exactly where the last copy of anything is gone after 30 days."""
    days = (0, 1, 6, 7, 8, 14, 22, 29, 30, 31)
    accepted = 0
    for grace, work, *windows in product(days, (0, 1, 2), days, days, days):
        point, key, lock = windows
        promise = Promise(grace=grace, work=work, point_in_time=point, key_deletion=key, lock_remainder=lock)
        copies = [grace + work + window for window in windows]  # the day on which the last one of a kind goes
        assert promise.holds is all(day <= 30 for day in copies), promise
        assert promise.holds is (promise.grace <= promise.longest_grace)
        accepted += promise.holds
    assert accepted == 6362
    assert not Promise(grace=-1).holds
    assert not Promise(key_deletion=-5).holds


def test_sum_is_shown_term_by_term() -> None:
    """R1: the default fits to the day, in both languages."""
    promise = Promise()
    assert (promise.total, promise.holds, promise.longest_grace) == (30, True, DEFAULT_GRACE)
    with translation.override("en"):
        assert promise.explained().startswith("22 + 1 + max(7, 7, 0) = 30 ≤ 30 (Time to take the data along")
        assert Promise(lock_remainder=8).explained().startswith("22 + 1 + max(7, 7, 8) = 31 > 30 (")
    with translation.override("ja"):
        assert promise.explained() != Promise(grace=21).explained()
        assert "データ" in promise.explained()


@pytest.mark.parametrize(
    ("windows", "complaints"),
    [({}, []), ({"BACKUP_LOCK_DAYS": 22}, []), ({"BACKUP_LOCK_DAYS": 23}, ["promise.E001"]),
     ({"POINT_IN_TIME_DAYS": 35}, ["promise.E001"]), ({"KEY_COPY_DAYS": -1}, ["promise.E001"])],
)  # fmt: skip
def test_check_refuses_windows_without_room(settings: Any, windows: dict[str, int], complaints: list[str]) -> None:
    """R1: `manage.py check` fails on settings that leave nobody a week to take the data along."""
    for name, days in {**WINDOWS, **windows}.items():
        setattr(settings, name, days)
    assert [found.id for found in checks.windows_leave_room()] == complaints
    assert ("promise.E001" in [found.id for found in run_checks()]) is bool(complaints)


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_change_is_refused_with_its_sum_or_recorded(provider: Tenant, settings: Any) -> None:
    """R1: what fits is set and recorded; what does not is refused with the sum; a raised window stops every start."""
    actor = Actor.command()
    with tenant_transaction(provider.id), translation.override("en"):
        for days, said in ((23, r"23 \+ 1 \+ max\(7, 7, 0\) = 31 > 30"), (6, "At least 7 days"), (-3, "-3 \\+ 1")):
            with pytest.raises(ValidationError, match=said):
                change_grace(days, reason="sooner", actor=actor)
        with pytest.raises(ValidationError, match="Say why"):
            change_grace(14, reason=" ", actor=actor)
        assert current_promise() == Promise()
        change_grace(14, reason="our customers are quick", actor=actor)
        change_grace(14, reason="again", actor=actor)  # nothing changes, so nothing is recorded
    assert current_promise().grace == 14
    with tenant_transaction(provider.id):
        event = AuditEvent.objects.get(action="promise.grace.changed")
    assert event.before == {"grace": 22}
    assert event.after is not None
    assert event.after["grace"] == 14
    require_kept_promise()
    settings.POINT_IN_TIME_DAYS = 16  # 14 + 1 + 16
    assert [found.id for found in checks.promise_is_kept(databases=["default"])] == ["promise.E002"]
    with pytest.raises(ImproperlyConfigured, match="= 31 > 30"):
        require_kept_promise()
    with pytest.raises(SystemExit):
        require_of_workers()
    with platform_transaction():
        assert PromiseSetting.objects.count() == 1


def test_settings_of_the_test_run_keep_the_promise() -> None:
    """R1: what is shipped fits."""
    assert {name: getattr(settings, name) for name in WINDOWS} == WINDOWS
