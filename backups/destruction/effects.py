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
    are at the second site too; files of exports; sealed secrets by model; the ids of the keys, none when gone."""

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

    @property
    def secret_kinds(self) -> list[tuple[str, int]]:
        """The sealed secrets by their names for people."""
        return named_kinds(self.secrets)

    def as_json(self) -> dict[str, Any]:
        """As a request keeps it."""
        return {**asdict(self), "key_ids": list(self.key_ids)}


def named_kinds(secrets: dict[str, int]) -> list[tuple[str, int]]:
    """Counts of rows by model, under the names that people know; a model that is gone keeps its label."""
    known = {model._meta.label_lower: str(model._meta.verbose_name_plural) for model, _asset in asset_models()}
    return [(known.get(label, label), count) for label, count in sorted(secrets.items())]


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
    """Rows with a sealed secret, by model; the kinds of which there are none are left out.

    What the company's own transactions may not read is sealed by the provider's keys, not by the company's.
    """
    found: dict[str, int] = {}
    of_companies = ((model, asset) for model, asset in asset_models() if "SELECT" in asset.app_rights)
    for model, asset in of_companies:
        for column, _purpose in asset.sealed:
            rows = model._default_manager.exclude(**{f"{column}__isnull": True}).exclude(**{column: b""}).count()
            if rows:
                found[model._meta.label_lower] = found.get(model._meta.label_lower, 0) + rows
    return found


def _key_ids(tenant: Tenant) -> tuple[str, ...]:
    try:
        return key_store().tenant_keys(tenant.id).key_ids
    except TenantKeysMissing:
        return ()
