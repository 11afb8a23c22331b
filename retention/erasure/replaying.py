"""Nobody who was erased comes back with old data: the ledger is read before anything opens (R1, DESIGN section 9).

A rebuild from an archive, a recovery of the database to a moment, an archive that somebody lists or restores: whatever
holds a company that the ledger calls erased, the company is closed first, and its rows go again.
"""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from backups.preconditions import check_database
from backups.recovery.replay import Gate, register_gate
from retention.erasure import ledger
from retention.erasure.errors import ErasureRefused
from retention.erasure.ledger import Known
from retention.erasure.models import Erasure, ErasureState, Step
from retention.erasure.running import go_on
from retention.erasure.working import Work
from tenants.isolation.context import tenant_scope
from tenants.isolation.placement import OWNER_ALIAS
from tenants.isolation.transactions import platform_transaction
from tenants.models import State, Tenant
from vault.stores import ObjectStore, backup_store


def shut_out(store: ObjectStore | None = None) -> list[UUID]:
    """Close every company that the ledger calls erased and the directory does not; which they are.

    As the owner, and recorded by what follows: in a rebuild there is no log yet. Raises LedgerDamaged,
    StoreUnavailable, DatabaseError; ErasureRefused for an entry about the provider.
    """
    return [known.tenant_id for known in ledger.known(store).values() if known.is_erased and _closed(known)]


def erase_again(store: ObjectStore | None = None, *, actor: Actor) -> list[Erasure]:
    """Erase again whoever is back, to the proof. Safe to repeat; a hold is as good as it was before (R5).

    Raises as `shut_out` and `run_erasure`.
    """
    check_database()
    shut_out(store)
    again = []
    for known in ledger.known(store).values():
        with platform_transaction():
            begun = Erasure.objects.filter(id=known.begun.erasure_id) if known.is_erased else Erasure.objects.none()
            erasure = begun.exclude(state=ErasureState.PROVEN).first()
            code = Tenant.objects.get(id=known.tenant_id).company_code if erasure else ""
        if erasure is not None:
            again.append(go_on(Work(erasure, code, actor, replayed=known.proven is not None)))
    return again


def unknown_here() -> list[UUID]:
    """Companies that the ledger calls erased and this database does not, by the names of its entries alone."""
    begun = {
        UUID(info.name.split("/")[2])
        for info in backup_store().list(ledger.PREFIX)
        if info.name.endswith(f"/{ledger.Phase.BEGUN}.json")
    }
    with platform_transaction():
        return list(Tenant.objects.filter(id__in=begun).exclude(state=State.ERASED).values_list("id", flat=True))


def _closed(known: Known) -> bool:
    """Make directory and erasure say what the ledger says; whether they did not."""
    entry = known.proven or known.begun
    with tenant_scope(None), transaction.atomic(using=OWNER_ALIAS):
        tenant = Tenant.objects.using(OWNER_ALIAS).select_for_update().filter(id=known.tenant_id).first()
        if tenant is None:
            return False  # older than the company
        if tenant.is_provider:
            raise ErasureRefused(_("The erasure ledger names the provider itself."))
        erasure = Erasure.objects.using(OWNER_ALIAS).filter(id=entry.erasure_id).first()
        if tenant.state == State.ERASED and erasure is not None and erasure.has_begun:
            return False
        Tenant.objects.using(OWNER_ALIAS).filter(id=tenant.id).update(state=State.ERASED)
        Erasure.objects.using(OWNER_ALIAS).update_or_create(id=entry.erasure_id, defaults=_as_the_ledger_says(known))
    return True


def _as_the_ledger_says(known: Known) -> dict[str, object]:
    entry = known.proven or known.begun
    counts: dict[str, dict[str, int]] = {}
    for name, count in entry.counts.items():
        kind, _dot, what = name.partition(".")
        counts.setdefault(kind, {})[what] = count
    return {
        "tenant_id": entry.tenant_id,
        "ground": entry.ground,
        "ground_id": entry.ground_id,
        "begin_at": entry.begin_at,
        "due_at": entry.due_at,
        "begun_at": known.begun.at,
        "state": ErasureState.RUNNING,
        "step": Step.MEMORY,
        "counts": counts,
        "key_ids": list(entry.key_ids),
        "error": "",
    }


def _erase_after_a_rebuild(store: ObjectStore, actor: Actor) -> int:
    return len(erase_again(store, actor=actor))


register_gate(
    Gate(
        close=lambda store: len(shut_out(store)),
        erase=_erase_after_a_rebuild,
        is_erased=ledger.is_erased,
    )
)
