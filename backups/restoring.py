"""Restoring an archive as a new tenant beside the old one (B6): nothing of the old one is touched.

Contents of documents first, under keys of the new tenant; then all rows in one transaction of the owner. Whatever
fails, rows are rolled back, and contents and keys of the tenant that never was are removed.
"""

import logging
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.utils.translation import gettext as _

from accounts.menus import BY_CODE, Audience
from accounts.models import Role
from auditlog.actors import Actor
from auditlog.sealing.sealer import begin_restored_chain
from auditlog.services import record
from backups.actions import ARCHIVE_RESTORED
from backups.content import archived_tables
from backups.errors import BackupError, RestoreRefused
from backups.loading import Loader
from backups.locks import exclusive
from backups.manifest import Manifest, read_manifest
from backups.models import Archive, State
from backups.objects import read_list
from backups.parts import read_content
from backups.preconditions import check_database, check_manifest
from backups.progress import Progress, silent
from backups.recovery import journal
from backups.recovery.models import Restore, RestoreKind, RestoreState
from backups.recovery.replay import was_erased
from backups.recovery.sweeping import cause_of, give_up, sweep
from backups.tableparts import TablesReader
from tenants.isolation.assets import asset_models
from tenants.isolation.context import platform_scope, tenant_scope
from tenants.isolation.directory import normalize_code, provider_company
from tenants.isolation.models import new_id
from tenants.isolation.placement import OWNER_ALIAS
from tenants.isolation.transactions import tenant_transaction
from tenants.models import State as TenantState
from tenants.models import Tenant
from tenants.plans import PlanCode
from vault.errors import SecretUnreadable, VaultError
from vault.keys import key_store
from vault.stores import ObjectStore, backup_store, document_store
from vault.streams import write_object

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Restored:
    """The new tenant and what it got."""

    tenant: Tenant
    rows: int
    objects: int


def restore_archive(
    archive: Archive,
    *,
    company_code: str,
    actor: Actor,
    name: str = "",
    tenant_id: UUID | None = None,
    progress: Progress = silent,
) -> Restored:
    """Make a new tenant out of an archive, under a company code that nobody has; `tenant_id` is its id to be.

    Users keep their passwords and roles, documents their contents. Sessions and one-time links are not in an archive.
    Recorded in the logs of the new tenant, the old one and the provider. Call it with no transaction open. Raises
    RestoreRefused or ArchiveDamaged with the cause, RunningAlready, VaultError, DatabaseError; nothing is changed then.
    """
    store = backup_store()
    check_database()
    sweep(actor=actor)
    if was_erased(archive.tenant_id):
        raise RestoreRefused(_("The company of this backup was erased. Nothing of it comes back."))
    if archive.state == State.DAMAGED:
        raise RestoreRefused(_("The backup was found damaged: %(cause)s.") % {"cause": archive.error})
    with exclusive(archive.tenant_id, journal.LOCK), exclusive(archive.tenant_id):
        manifest = read_manifest(store, archive.place, sha256=archive.manifest_sha256)
        check_manifest(manifest)
        tenant = _new_tenant(manifest, company_code, name, tenant_id or new_id())
        entry = journal.begin(RestoreKind.BESIDE, archive, target=tenant.id, actor=actor)
        try:
            key_store().create_tenant_keys(tenant.id)
            _restore_contents(store, manifest, tenant.id, progress)
            _restore_rows(store, manifest, tenant, progress)
        except BaseException as error:
            _undo(entry, error, actor)
            raise
        entry.rows, entry.objects_count = manifest.rows, manifest.objects.count
        journal.close(entry, RestoreState.DONE)
    restored = Restored(tenant, manifest.rows, manifest.objects.count)
    _record(archive, manifest, restored, actor)
    return restored


def _new_tenant(manifest: Manifest, company_code: str, name: str, tenant_id: UUID) -> Tenant:
    """The tenant, not saved yet. Raises RestoreRefused for a code that is taken or is none."""
    plans = set(PlanCode.values)
    tenant = Tenant(
        id=tenant_id,
        company_code=normalize_code(company_code),
        name=name.strip() or manifest.company.name,
        plan_code=manifest.company.plan if manifest.company.plan in plans else PlanCode.STANDARD,
        time_zone=manifest.company.time_zone,
        state=TenantState.ACTIVE,
    )
    try:
        with platform_scope():
            tenant.full_clean()
    except ValidationError as error:
        raise RestoreRefused(" ".join(error.messages)) from error
    return tenant


def _undo(entry: Restore, error: BaseException, actor: Actor) -> None:
    """Remove what was made; what fails here too is only logged, since the cause is on its way already."""
    try:
        give_up(entry, cause_of(error), actor=actor)
    except (BackupError, VaultError, DatabaseError):
        logger.exception("What is left of restore %s is removed by the next sweep", entry)


def _restore_contents(store: ObjectStore, manifest: Manifest, new_tenant: UUID, progress: Progress) -> None:
    """Decrypt each content with the old tenant's keys and encrypt it with the new one's, under the same name."""
    old_tenant = manifest.place.tenant_id
    for number, content in enumerate(read_list(store, manifest), start=1):
        progress("documents", number, manifest.objects.count)
        with write_object(document_store(), new_tenant, content.kind, content.name) as out:
            for piece in read_content(store, content.identity(old_tenant), content.path(old_tenant), content.part):
                out.write(piece)


def _restore_rows(store: ObjectStore, manifest: Manifest, tenant: Tenant, progress: Progress) -> None:
    tables = {table.name: table for table in archived_tables()}
    reader = TablesReader(store, manifest.place)
    loader = Loader(manifest.place.tenant_id, tenant.id)
    try:
        with tenant_scope(tenant.id), transaction.atomic(using=OWNER_ALIAS, durable=True):
            tenant.save(using=OWNER_ALIAS, force_insert=True)
            for number, entry in enumerate(manifest.tables):
                progress(entry.name, number, len(manifest.tables))
                if entry.part is not None:  # otherwise there are no rows, and most tables of a company have none
                    loader.load(tables[entry.name], entry, reader.read(entry))
            loader.check_constraints()
            _seal_anew(manifest.place.tenant_id, tenant.id)
            _begin_chain(tenant.id, manifest.place.tenant_id)
            _take_operator_menus_away()
    except IntegrityError as error:
        raise RestoreRefused(_("The database refused the rows: %(cause)s") % {"cause": error}) from error


def _begin_chain(tenant_id: UUID, origin: UUID) -> None:
    """The seals of the old tenant's log are not the new one's: its chain begins, and says whose copy it is."""
    with connections[OWNER_ALIAS].cursor() as cursor:
        begin_restored_chain(cursor, tenant_id, origin=origin, using=OWNER_ALIAS)


def _seal_anew(old_tenant: UUID, new_tenant: UUID) -> None:
    """Open small secrets (seeds, private keys) with the old tenant's keys, and seal them with the new one's."""
    for model, asset in asset_models():
        if not asset.sealed or not asset.archived:
            continue
        for row in model._default_manager.using(OWNER_ALIAS).filter(tenant_id=new_tenant).iterator():
            for column, template in asset.sealed:
                purpose = template.format(row=row)
                try:
                    clear = key_store().open_secret(old_tenant, purpose, bytes(getattr(row, column)))
                except SecretUnreadable:
                    logger.error("%s %s: %s cannot be read and is left as it is", model._meta.label, row.pk, column)  # noqa: TRY400 - no trace helps
                    continue
                setattr(row, column, key_store().seal_secret(new_tenant, purpose, clear))
            row.save(using=OWNER_ALIAS, update_fields=[column for column, _purpose in asset.sealed])


def _take_operator_menus_away() -> None:
    """A copy of the provider's own tenant is an ordinary company: nobody in it is an operator."""
    operators = {code for code, menu in BY_CODE.items() if menu.audience is Audience.OPERATOR}
    for role in Role.objects.using(OWNER_ALIAS).filter(menus__overlap=sorted(operators)):
        role.menus = [code for code in role.menus if code not in operators]
        role.save(using=OWNER_ALIAS, update_fields=["menus"])


def _record(archive: Archive, manifest: Manifest, restored: Restored, actor: Actor) -> None:
    details = {
        "archive": str(archive.id),
        "snapshot_at": manifest.snapshot_at.isoformat(),
        "from": manifest.company.code,
        "to": restored.tenant.company_code,
        "rows": restored.rows,
        "objects": restored.objects,
    }
    provider = provider_company()
    for tenant_id in {restored.tenant.id, archive.tenant_id, *([provider.tenant_id] if provider else [])}:
        with tenant_transaction(tenant_id):
            record(ARCHIVE_RESTORED, actor=actor, target=restored.tenant, after=details)
