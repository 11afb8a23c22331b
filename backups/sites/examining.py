"""The examination of the configured stores, kept as evidence (B3)."""

from dataclasses import asdict

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.services import record
from backups.sites.actions import STORE_EXAMINED
from backups.sites.models import StoreCheck, StoreName
from tenants.isolation.transactions import platform_transaction
from vault.errors import StoreError
from vault.stores import ObjectStore, anchor_store, backup_copy_store, backup_store
from vault.stores.probes import Probe
from vault.stores.probing import probe, server_of


def stores_to_examine() -> dict[StoreName, ObjectStore]:
    """The stores whose refusals count, as they are configured."""
    copies = backup_copy_store()
    return {
        StoreName.BACKUPS: backup_store(),
        **({StoreName.COPIES: copies} if copies else {}),
        StoreName.ANCHORS: anchor_store(),
    }


def examine(name: StoreName, *, actor: Actor) -> StoreCheck:
    """Try what a store refuses and keep the result; for the provider in scope, with no transaction open.

    Raises KeyError when there is no such store, ImproperlyConfigured for an address that is none.
    """
    store = stores_to_examine()[name]
    probes = probe(store)
    try:
        server = server_of(store)
    except StoreError:
        server = ""
    return keep(name, store, server, probes, actor=actor)


def keep(name: StoreName, store: ObjectStore, server: str, probes: list[Probe], *, actor: Actor) -> StoreCheck:
    """Keep an examination; it is sound when everything held that the product relies on."""
    with platform_transaction():
        check = StoreCheck(
            store=name,
            address=repr(store).removeprefix("<").removesuffix(">")[:300],
            server=server[:200],
            sound=all(one.held for one in probes if one.essential),
            checks=[asdict(one) for one in probes],
        )
        check.save(force_insert=True)
        outcome = Outcome.SUCCESS if check.sound else Outcome.FAILURE
        after = {"store": str(name), "sound": check.sound, "not_held": [one.check for one in probes if not one.held]}
        record(STORE_EXAMINED, actor=actor, target=check, outcome=outcome, after=after)
        return check
