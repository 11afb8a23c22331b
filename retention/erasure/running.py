"""Carrying an erasure out: step after step, each of which may be cut short anywhere and done again (R1).

The order is chosen so that a kill loses nothing: first what must be known if the database is lost (the ledger), last
what cannot be repeated without it (the proof). Keys go after the rows, so that until then a mistake could be undone
from the backups, and before the archives, so that the newest one can be seen to be unreadable.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _
from redis import RedisError

from auditlog.actions import Outcome
from auditlog.actors import Actor
from backups.destruction.services import destroy_keys
from backups.errors import BackupError, RestoreRefused
from backups.locks import exclusive
from backups.preconditions import check_database
from backups.recovery import journal
from backups.recovery.inplace import wait_for_requests
from backups.sites.services import LOCK as COPYING
from retention.erasure import ledger, memory
from retention.erasure.actions import (
    ERASURE_BEGUN,
    ERASURE_FAILED,
    ERASURE_HELD,
    ERASURE_PROVEN,
    ERASURE_REPLAYED,
    ERASURE_STEP,
)
from retention.erasure.errors import ErasureRefused, ResidueFound
from retention.erasure.holdbacks import holdbacks_of
from retention.erasure.ledger import Entry, Phase, Stays
from retention.erasure.models import Erasure, ErasureState, Ground, Step
from retention.erasure.objects import backups_of, contents_of, held_names, remove_all
from retention.erasure.proving import prove, try_newest_archive
from retention.erasure.records import record_at_provider
from retention.erasure.rows import empty_table, empty_tables
from retention.erasure.tables import tables_to_empty
from retention.erasure.working import Work, lines
from tenants.isolation.transactions import platform_transaction
from tenants.models import State, Tenant
from tenants.records import record_in_both
from vault.errors import VaultError

logger = logging.getLogger(__name__)

LOCK = "erasure"
# A request or a job that was under way may have written behind the first round; the second finds it.
ROUNDS = 2
_AT_ONCE = ("accounts_session", "accounts_onetimelink")


def run_erasure(erasure_id: UUID, *, actor: Actor) -> Erasure:
    """Erase a company, or go on where a run was cut short, up to the proof; or until a legal hold keeps the rest (R5).

    With the rights of the owner of the tables, no transaction open, and only from `begin_at` on. Raises ErasureRefused
    when nothing may be done, RunningAlready when somebody else works on the company, and what cut it short otherwise:
    VaultError, DatabaseError, RedisError, ErasureError.
    """
    check_database()
    with _alone(_found(erasure_id).tenant_id):
        erasure = _found(erasure_id)
        if erasure.state not in {ErasureState.PROVEN, ErasureState.WITHDRAWN}:
            _carry_out(_taken_up(erasure, actor))
    return _found(erasure_id)


def go_on(work: Work) -> Erasure:
    """Work on, without asking whether it may be: what the ledger says was begun once. Raises as `run_erasure`."""
    with _alone(work.tenant_id):
        _carry_out(work)
    return _found(work.erasure.id)


@contextmanager
def _alone(tenant_id: UUID) -> Iterator[None]:
    """Nobody else erases, restores, backs up or copies the company meanwhile. Raises RunningAlready."""
    with ExitStack() as stack:
        for what in (LOCK, journal.LOCK, COPYING):
            stack.enter_context(exclusive(tenant_id, what))
        stack.enter_context(exclusive(tenant_id))
        yield


def entry_of(erasure: Erasure, phase: Phase) -> Entry:
    """What the ledger is told of an erasure."""
    counts = {
        f"{kind}.{name}": count
        for kind in ("tables", "stores", "memory")
        for name, count in erasure.counts.get(kind, {}).items()
    }
    is_end = phase is Phase.PROVEN
    return Entry(
        tenant_id=erasure.tenant_id,
        erasure_id=erasure.id,
        phase=phase,
        ground=str(erasure.ground),
        ground_id=erasure.ground_id,
        at=timezone.now(),
        begin_at=erasure.begin_at,
        due_at=erasure.due_at,
        counts=counts if is_end else {},
        key_ids=tuple(erasure.key_ids) if is_end else (),
        stays=tuple(Stays.of(one) for one in erasure.holdbacks) if is_end else (),
    )


def _found(erasure_id: UUID) -> Erasure:
    with platform_transaction():
        return Erasure.objects.get(id=erasure_id)


def _taken_up(erasure: Erasure, actor: Actor) -> Work:
    """The work on an erasure that may be done now; from here on it cannot be withdrawn."""
    with platform_transaction():
        tenant = Tenant.objects.select_for_update().get(id=erasure.tenant_id)
        erasure = Erasure.objects.select_for_update().get(id=erasure.id)
        may = tenant.state in {State.SUSPENDED, State.ERASED} or erasure.ground == Ground.DELETION
        if tenant.is_provider or not may or erasure.state == ErasureState.WITHDRAWN:
            raise ErasureRefused(_("Only a company whose use has ended can be erased."))
        if erasure.begin_at > timezone.now():
            raise ErasureRefused(_("This erasure begins on %(at)s.") % {"at": erasure.begin_at.isoformat()})
        if erasure.state == ErasureState.HELD:
            erasure.counts.pop("listed", None)
        erasure.state, erasure.error, erasure.attempts = ErasureState.RUNNING, "", erasure.attempts + 1
        work = Work(erasure, tenant.company_code, actor)
        if erasure.begun_at is None:
            erasure.begun_at = timezone.now()
            after = {"ground": erasure.ground, "due_at": erasure.due_at.isoformat()}
            record_in_both(ERASURE_BEGUN, tenant, actor=actor, after=after)
        else:
            after = {"step": erasure.step, "attempt": str(erasure.attempts)}
            record_at_provider(ERASURE_BEGUN, work, actor=actor, after=after)
        erasure.save(update_fields=["state", "error", "attempts", "begun_at", "counts"])
    return work


def _carry_out(work: Work) -> None:
    try:
        for _round in range(ROUNDS):
            _do_steps(work)
            if work.is_held:
                return _leave_held(work)
            residue = prove(work)
            if not residue:
                return _finish(work)
            _begin_again(work)
        raise ResidueFound(residue)
    except (BackupError, VaultError, DatabaseError, RedisError, ValidationError) as error:
        _fail(work, error)
        raise


def _do_steps(work: Work) -> None:
    steps = list(Step)
    for step in steps[steps.index(Step(work.erasure.step)) : steps.index(Step.PROOF)]:
        _STEPS[step](work)
        work.erasure.step = steps[steps.index(step) + 1]
        with platform_transaction():
            work.erasure.save(update_fields=["step", "counts", "key_ids", "proof"])
            after = {"step": step.value, "counts": work.told()}
            record_at_provider(ERASURE_STEP, work, actor=work.actor, after=after)


def _into_ledger(work: Work) -> None:
    """Outside of the database first. Then the company is closed for good: every job passes it by from now on."""
    ledger.write(entry_of(work.erasure, Phase.BEGUN))
    with platform_transaction():
        Tenant.objects.filter(id=work.tenant_id).update(state=State.ERASED)
        record_at_provider(ERASURE_STEP, work, actor=work.actor, after={"state": State.ERASED.value})
    try:
        wait_for_requests()
    except RestoreRefused:
        logger.warning("Something that began before the erasure of %s runs still", work.tenant_id)


def _forget(work: Work) -> None:
    """Nobody is logged in, nothing of the company waits in a queue, nothing is cached."""
    for table in tables_to_empty():
        if table.name in _AT_ONCE or table.name == "sso_ssosession":
            empty_table(work, table)
    if "memory" not in work.listed:  # counted and saved before it goes, once in a round
        found = memory.look(work.tenant_id)
        work.add("memory", "keys", found.keys)
        work.add("memory", "messages", found.messages)
        work.listed.append("memory")
        work.save()
    memory.forget(work.tenant_id)


def _remove_contents(work: Work) -> None:
    keep = held_names(work.tenant_id) if work.is_held else frozenset()
    remove_all(work, contents_of(work.tenant_id), keep=keep)


def _destroy_keys(work: Work) -> None:
    """Every copy of everything is unreadable with this, wherever it is. What is held stays readable."""
    if work.is_held:
        return
    with platform_transaction():
        tenant = Tenant.objects.get(id=work.tenant_id)
    try:
        destroyed = destroy_keys(tenant, ground=str(work.erasure.id), actor=work.actor)
    except ValidationError as error:
        if error.code != "no_keys":
            raise
    else:
        work.erasure.key_ids = list(destroyed.key_ids)
    tried = try_newest_archive(work.tenant_id)
    if tried["archive"] or "decryption" not in work.erasure.proof:  # in a second round it is gone already
        work.erasure.proof["decryption"] = tried


def _remove_backups(work: Work) -> None:
    for place in backups_of(work.tenant_id):
        remove_all(work, place)


_STEPS: dict[Step, Callable[[Work], None]] = {
    Step.LEDGER: _into_ledger,
    Step.MEMORY: _forget,
    Step.CONTENTS: _remove_contents,
    Step.ROWS: empty_tables,
    Step.KEYS: _destroy_keys,
    Step.ARCHIVES: _remove_backups,
}


def _begin_again(work: Work) -> None:
    work.erasure.step = Step.MEMORY
    work.listed.clear()
    work.save("step", "proof")


def _finish(work: Work) -> None:
    """Into the ledger at both sites, then into the database: repeated after a kill, it is what the ledger says."""
    erasure = work.erasure
    erasure.holdbacks = holdbacks_of(erasure)
    entry = ledger.write(entry_of(erasure, Phase.PROVEN))
    ledger.bring_to_second_site(work.tenant_id)
    erasure.state, erasure.step, erasure.finished_at = ErasureState.PROVEN, Step.PROOF, entry.at
    with platform_transaction():
        erasure.save(update_fields=["state", "step", "finished_at", "holdbacks", "counts", "proof"])
        after = {"counts": lines(entry.counts), "key_ids": list(entry.key_ids), "stays": len(entry.stays)}
        record_at_provider(ERASURE_REPLAYED if work.replayed else ERASURE_PROVEN, work, actor=work.actor, after=after)


def _leave_held(work: Work) -> None:
    """All is gone but what a legal hold keeps; the rest follows when it ends (R5)."""
    erasure = work.erasure
    erasure.state, erasure.step, erasure.holdbacks = ErasureState.HELD, Step.MEMORY, holdbacks_of(erasure)
    with platform_transaction():
        erasure.save(update_fields=["state", "step", "holdbacks"])
        record_at_provider(ERASURE_HELD, work, actor=work.actor, after={"stays": erasure.holdbacks})


def _fail(work: Work, error: Exception) -> None:
    """Say why it was cut short; the next run goes on at this step."""
    work.erasure.refresh_from_db(using="platform")
    # The database quotes values in what it says.
    said = str(error) if isinstance(error, BackupError | VaultError) else type(error).__name__
    work.erasure.state, work.erasure.error = ErasureState.FAILED, said
    with platform_transaction():
        work.erasure.save(update_fields=["state", "error"])
        after = {"step": work.erasure.step, "cause": type(error).__name__}
        record_at_provider(ERASURE_FAILED, work, actor=work.actor, outcome=Outcome.FAILURE, after=after)
