"""What becomes unreadable with a company's keys: counted, nothing opened (R1)."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, Sum

from auditlog.exports.models import AuditExport, ExportState
from backups.models import Archive
from backups.models import State as ArchiveState
from documents.models import DocumentVersion
from tenants.isolation.assets import asset_models
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from vault.errors import TenantKeysMissing
from vault.keys import key_store


@dataclass(frozen=True, slots=True)
class Effect:
    """Documents and their versions, bytes of plain content; archives with the oldest and the newest (ISO), and how many
    are at the second site too; files of exports; sealed secrets by data class; the ids of the keys, none when gone."""

    documents: int
    versions: int
    size: int
    archives: int
    oldest: str
    newest: str
    copies: int
    exports: int
    secrets: dict[str, int]
    key_ids: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As a request keeps it."""
        return {**asdict(self), "key_ids": list(self.key_ids)}


def effect_on(tenant: Tenant) -> Effect:
    """What the destruction of the company's keys would make unreadable now."""
    with tenant_transaction(tenant.id):
        contents = DocumentVersion.objects.aggregate(
            documents=Count("document_id", distinct=True), versions=Count("id"), size=Sum("size")
        )
        archives = Archive.objects.exclude(state=ArchiveState.RUNNING).aggregate(
            archives=Count("id"),
            oldest=Min("snapshot_at"),
            newest=Max("snapshot_at"),
            copies=Count("id", filter=Q(copied_at__isnull=False)),
        )
        exports = AuditExport.objects.filter(state=ExportState.READY).count()
        secrets = _sealed_secrets()
    return Effect(
        documents=contents["documents"],
        versions=contents["versions"],
        size=contents["size"] or 0,
        archives=archives["archives"],
        oldest=_iso(archives["oldest"]),
        newest=_iso(archives["newest"]),
        copies=archives["copies"],
        exports=exports,
        secrets=secrets,
        key_ids=_key_ids(tenant),
    )


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _sealed_secrets() -> dict[str, int]:
    """Rows with a sealed secret, by data class; the kinds of which there are none are left out."""
    found: dict[str, int] = {}
    for model, asset in asset_models():
        for column, _purpose in asset.sealed:
            rows = model._default_manager.exclude(**{f"{column}__isnull": True}).exclude(**{column: b""}).count()
            if rows:
                found[asset.data_class] = found.get(asset.data_class, 0) + rows
    return found


def _key_ids(tenant: Tenant) -> tuple[str, ...]:
    try:
        return key_store().tenant_keys(tenant.id).key_ids
    except TenantKeysMissing:
        return ()
