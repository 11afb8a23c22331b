"""Every deed leaves a record: while any test runs, each transaction of the product that writes must record (G1, G3).

A transaction is known by the function that opens it: a service under `@atomic()`, or the code round `with atomic()` and
its like. What it wrote and not recorded is its caller's to record where it is named as a part of a larger deed.
"""

import re
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import pytest
from django.db import transaction
from django.db.backends.utils import CursorWrapper

from tenants.isolation import transactions
from tests.test_service_shapes import APPS, BY_THE_USER_THEMSELVES, EXCEPTIONS, JOURNAL, PART, STANDING, UNFINISHED

_WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(?:public\.)?"?(\w+)"?', re.IGNORECASE)
_RECORD = "auditlog_auditevent"
# What follows from deeds that are recorded: when something was last used, log-ins that are under way, counters, seals,
# the log of requests.
_NOTES = re.compile(
    r'\s*(?:UPDATE "\w+" SET "last_used_at"'
    r'|(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?'
    r"(?:policy_attemptcounter|sso_pendingrequest|sso_usedassertion|passkeys_usedchallenge|sealing_|requests_))"
)

# Functions that write and need not record, each with the reason; on top of those that its static neighbour knows.
REASONS = {name: reason for name, reason in EXCEPTIONS.items() if reason != BY_THE_USER_THEMSELVES} | {
    "accounts.factors.attempts.spend_code": PART,
    "accounts.passkeys.challenges._use_up": PART,
    "documents.counterparties._save": PART,
    "documents.counterparties.change_counterparty": "saved as it was, nothing has changed",
    "auditlog.forwarding.destinations._begin_test": PART,
    "auditlog.forwarding.destinations.change_destination": "saved as it was, it is only tried again at once",
    "backups.runs.platform._begin": UNFINISHED,
    "backups.runs.platform._clear_leftovers": UNFINISHED,
    "backups.recovery.relisting._add": "what is listed again is recorded at the end of the listing",
    "backups.recovery.relisting._add_of_platform": "what is listed again is recorded at the end of the listing",
    "backups.recovery.journal.close": JOURNAL,
    "backups.recovery.journal.note_safety": JOURNAL,
    "backups.removal._set_state": "an archive whose parts are being deleted; its removal is recorded",
    "auditlog.exports.making._beat": STANDING,
    "retention.disclosure.making._claim": STANDING,
    "retention.returning.making._beat": STANDING,
    "retention.returning.making._claim": STANDING,
    "retention.returning.making.stumble": STANDING,
    "auditlog.exports.making.stumble": STANDING,
    "auditlog.retention.relocating._batch": STANDING,
    "auditlog.retention.relocating._begin": STANDING,
    "auditlog.retention.relocating._declare": STANDING,
    "auditlog.retention.upkeep.look_after": STANDING,
    "auditlog.watching.watch._look": STANDING,
    "auditlog.verification.services.notice_alarms": "what it tells operators of is recorded by who found it",
    "auditlog.forwarding.sending._claim": STANDING,
    "auditlog.forwarding.sending._confirmed": STANDING,
    "auditlog.forwarding.sending._failed": STANDING,
    "accounts.passkeys.proving._use": PART,
    "backups.requests.working.stumble": STANDING,
    "retention.expiry.services._begin": JOURNAL,
    "retention.holds.keeper.HoldKeeper.put_aside": PART,
    "retention.erasure.working.Work.save": STANDING,
    "incidents.mailing.expanding._expand_some": STANDING,
    "incidents.mailing.sending._claim": STANDING,
    "incidents.mailing.sending._held": STANDING,
    "incidents.mailing.sending._note": STANDING,
    "incidents.mailing.sending._put_off": STANDING,
    "incidents.mailing.sending._recovered": STANDING,
    "incidents.alarms.channels._begin_test": PART,
    "incidents.alarms.sending._address": STANDING,
    "incidents.alarms.sending._take": STANDING,
    "incidents.alarms.sending._sent": STANDING,
    "incidents.alarms.sending._failed": STANDING,
    "incidents.monitoring.services.keep": "one look more at what has not changed; changes are recorded",
    "accounts.people.outstanding.clear_away": "the end of a retention period",
}


@dataclass(slots=True)
class Deed:
    """One transaction, or the part of one, that a function is doing."""

    name: str
    wrote: set[str] = field(default_factory=set)
    recorded: bool = False


class _Doing(threading.local):
    def __init__(self) -> None:
        self.stack: list[Deed] = []


doing = _Doing()
unrecorded: list[str] = []


class WatchedAtomic:
    """`transaction.atomic()` that looks back on what was done in it."""

    def __init__(self, using: str, name: str) -> None:
        self._atomic: Any = transaction.atomic(using=using)
        self._using, self._deed = using, Deed(name)

    def __enter__(self) -> None:
        self._atomic.__enter__()
        doing.stack.append(self._deed)

    def __exit__(self, *error: object) -> None:
        undone = error[0] is not None or transaction.get_connection(self._using).needs_rollback
        assert doing.stack.pop() is self._deed
        self._atomic.__exit__(*error)
        if not undone:
            look_back(self._deed)


def look_back(deed: Deed) -> None:
    """Complain about a deed without a record, and let the one round it answer for it too."""
    reason = REASONS.get(deed.name)
    if deed.wrote and not deed.recorded and reason is None and deed.name.partition(".")[0] in APPS:
        unrecorded.append(f"{deed.name} wrote to {', '.join(sorted(deed.wrote))} and recorded nothing")
    elif doing.stack:
        doing.stack[-1].recorded |= deed.recorded
        if reason in {None, PART}:
            doing.stack[-1].wrote |= deed.wrote


class WatchedTransactions:
    """Django's module, with the one function that `tenants.isolation.transactions` opens transactions by."""

    def __getattr__(self, name: str) -> Any:
        return getattr(transaction, name)

    def atomic(self, using: str) -> WatchedAtomic:
        """As Django's, under the name of whoever asks."""
        return WatchedAtomic(using, _name_of(sys._getframe(1)))


def _name_of(frame: FrameType | None) -> str:
    """The decorated function, or the one in which the `with` stands."""
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module == "contextlib" and frame.f_code.co_name == "inner":
            function = frame.f_locals["func"]
            return f"{function.__module__}.{function.__qualname__}"
        if module not in {"contextlib", transactions.__name__}:
            return f"{module}.{frame.f_code.co_qualname}"
        frame = frame.f_back
    return ""


def note(sql: Any) -> None:
    """Remember in whose name a statement writes."""
    found = _WRITE.match(sql) if isinstance(sql, str) and doing.stack else None
    if found is None or _NOTES.match(sql):
        return
    if found[1].startswith(_RECORD):
        for deed in doing.stack:
            deed.recorded = True
    else:
        doing.stack[-1].wrote.add(found[1])


@pytest.fixture(scope="session", autouse=True)
def watched_transactions() -> Iterator[None]:
    """Every statement and every transaction of the product passes here."""
    execute = CursorWrapper._execute_with_wrappers  # type: ignore[attr-defined]

    def watched(self: Any, sql: Any, *args: Any, **kwargs: Any) -> Any:
        result = execute(self, sql, *args, **kwargs)
        if self.rowcount:  # an UPDATE that finds no row does nothing
            note(sql)
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CursorWrapper, "_execute_with_wrappers", watched)
        patch.setattr(transactions, "transaction", WatchedTransactions())
        yield


@pytest.fixture(autouse=True)
def every_deed_is_recorded(watched_transactions: None) -> Iterator[None]:
    """Fails the test in which something was written without a record."""
    unrecorded.clear()
    yield
    found = sorted(set(unrecorded))
    unrecorded.clear()
    assert not found, "; ".join(found)
