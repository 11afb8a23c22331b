"""Escrow of the root key on record: export, drill, and putting a lost key back (P5).

A drill and a restore must work on the day when nothing else does: what cannot be written into the audit log because
there is no database stands in the key store all the same (`vault.escrownotes`).
"""

import logging
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _

from auditlog.actions import Action, Outcome
from auditlog.actors import Actor
from auditlog.services import Target, record_apart
from backups.custody.actions import ESCROW_DRILLED, ESCROW_EXPORTED, ESCROW_RESTORED
from backups.custody.rotating import root_key_file
from tenants.models import Tenant
from tenants.queries import provider_scope
from vault import escrow, rootfile
from vault.checks import lies_within_a_store
from vault.errors import EscrowRefused, RootKeyExists
from vault.escrownotes import Deed, note
from vault.keys import key_store
from vault.keystore import KeyStore
from vault.root import RootKeys
from vault.stores import ObjectStore, open_store
from vault.survey import Unreadable, unreadable

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Drill:
    """What an escrow file proved: how many keys it opens, which not, and whether it holds the present root key."""

    escrow: escrow.Escrow
    opened: int
    broken: list[Unreadable]
    is_present: bool

    @property
    def is_sound(self) -> bool:
        """Whether this file alone would bring everything back."""
        return self.is_present and not self.broken


def export(out: Path, passphrase: str, *, actor: Actor) -> escrow.Escrow:
    """Seal the root key file into a new file, and prove that it opens again. Raises EscrowRefused."""
    path = root_key_file()
    if path is None:
        raise _kms()
    if setting := lies_within_a_store(out):
        raise EscrowRefused(_("%(path)s lies inside %(setting)s.") % {"path": out, "setting": setting})
    escrow.refuse_weak(passphrase)
    keys = key_store()
    sealed = escrow.seal(
        path.read_bytes(), passphrase, installation=keys.installation, root_key=keys.wrapping.roots.present.id
    )
    escrow.write_new(out, sealed)
    written = escrow.unseal(out.read_bytes(), passphrase)
    note(keys.wrapping.store, Deed.EXPORT, written.root_key, sound=True)
    _record(ESCROW_EXPORTED, written, actor=actor)
    return written


def drill(file: Path, passphrase: str, *, actor: Actor) -> Drill:
    """Open the file and with it every key in the key store, without a look at the running root key.

    Raises EscrowRefused when the file does not open.
    """
    sealed = escrow.unseal(_read(file), passphrase)
    store = _key_store()
    result = _tried(store, sealed, sealed.roots())
    note(store, Deed.DRILL, sealed.root_key, sound=result.is_sound)
    outcome = Outcome.SUCCESS if result.is_sound else Outcome.FAILURE
    _record(ESCROW_DRILLED, sealed, actor=actor, outcome=outcome)
    return result


def restore(file: Path, passphrase: str, *, actor: Actor) -> Drill:
    """Put a lost root key back where VAULT_ROOT_KEY names it, once it proved that it opens the key store.

    Raises EscrowRefused; RootKeyExists, since a root key is never overwritten.
    """
    path = root_key_file()
    if path is None:
        raise _kms()
    if path.exists():
        raise RootKeyExists(_("There is a root key at %(path)s already.") % {"path": path})
    sealed = escrow.unseal(_read(file), passphrase)
    store = _key_store()
    result = _tried(store, sealed, sealed.roots())
    if not result.is_sound:
        reason = result.broken[0].reason if result.broken else sealed.root_key
        raise EscrowRefused(_("This root key does not open the key store: %(reason)s") % {"reason": reason})
    rootfile.create(path, sealed.content)
    key_store.cache_clear()
    note(store, Deed.RESTORE, sealed.root_key, sound=True)
    _record(ESCROW_RESTORED, sealed, actor=actor)
    return result


def _tried(store: ObjectStore, sealed: escrow.Escrow, roots: RootKeys) -> Drill:
    keys = KeyStore(store, roots)
    found = list(unreadable(keys))
    governing = str(keys.wrapping.governing().get("root_key"))
    broken = [one for one in found if one]
    return Drill(sealed, len(found) - len(broken), broken, roots.named(governing) is not None)


def _key_store() -> ObjectStore:
    """The store by itself: the running root key may be lost."""
    return open_store(settings.VAULT_KEY_STORE, create=False)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise EscrowRefused(f"{file}: {error.strerror}") from error


def _kms() -> EscrowRefused:
    return EscrowRefused(
        _("The root key is in AWS KMS, which lets no key out: there is nothing to put into escrow. Protect it there.")
    )


def _record(action: Action, sealed: escrow.Escrow, *, actor: Actor, outcome: Outcome = Outcome.SUCCESS) -> None:
    target = Target("vault.key", sealed.root_key, sealed.root_key)
    after = {"exported": sealed.created.isoformat(), "installation": sealed.installation}
    try:
        with provider_scope():
            record_apart(action, actor=actor, target=target, outcome=outcome, after=after)
    except (DatabaseError, Tenant.DoesNotExist):
        logger.warning("%s is not in the audit log: there is no database with a provider. The key store knows.", action)
