"""What is applied again after old rows are back and before anybody sees them (DESIGN section 9, R1).

A step is registered by whoever knows what must not come back. It runs in the scope of the tenant, with no transaction
open, may run twice, and records what it does. A restore is not finished while a step fails.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.people.former import forget_returned
from auditlog.actors import Actor
from documents.limits import recount_storage
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import atomic
from vault.stores import ObjectStore


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to apply again. `run` gets the moment of the archive, and says how many rows it changed."""

    name: str
    run: Callable[[datetime], int]


@dataclass(frozen=True, slots=True)
class Gate:
    """Who knows, out of another place than the database, which companies must not come back at all.

    `close` closes them before their archives could be loaded, and says how many; `erase` takes away what came back of
    them, once there is a log to record it in; `is_erased` answers for one company. All may run twice.
    """

    close: Callable[[ObjectStore], int]
    erase: Callable[[ObjectStore, Actor], int]
    is_erased: Callable[[UUID], bool]


_steps: dict[str, Step] = {}
_gates: list[Gate] = []


def register(step: Step) -> None:
    """Add a step; its name says what it is to whoever reads the report of a restore."""
    if _steps.setdefault(step.name, step) != step:
        raise ValueError(f"There are two steps {step.name}.")


def steps() -> list[Step]:
    """Every step, in the order in which they were registered."""
    return list(_steps.values())


def replay(tenant_id: UUID, snapshot_at: datetime) -> dict[str, int]:
    """Run every step for a tenant whose rows are those of that moment; how much each changed."""
    with tenant_scope(tenant_id):
        return {step.name: step.run(snapshot_at) for step in steps()}


def register_gate(gate: Gate) -> None:
    """Ask this one too before anything old opens."""
    _gates.append(gate)


def close_gates(store: ObjectStore) -> int:
    """Close whoever must not come back, after the directory was loaded and before anybody's archive is."""
    return sum(gate.close(store) for gate in _gates)


def erase_again(store: ObjectStore, *, actor: Actor) -> int:
    """Take away what came back of them; of how many companies."""
    return sum(gate.erase(store, actor) for gate in _gates)


def was_erased(tenant_id: UUID) -> bool:
    """Whether the company of an archive must not come back. Raises StoreUnavailable when nobody can tell."""
    return any(gate.is_erased(tenant_id) for gate in _gates)


def _recount(_snapshot_at: datetime) -> int:
    recount_storage()
    return 1


def _forget_returned(_snapshot_at: datetime) -> int:
    with atomic():
        return forget_returned()


register(Step("storage counted anew", _recount))
register(Step("user IDs of people who are back", _forget_returned))
