"""System checks of what is archived."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from backups.content import archived_tables, referred_tables
from tenants.isolation.assets import Asset, Ownership, TableKind, asset_models, declared_assets


@register
def archives_are_closed(**_options: Any) -> list[CheckMessage]:
    """An archived table may refer only to archived ones and to reference data: else no restore could load it."""
    assets = declared_assets()
    archived = {table.name: table for table in archived_tables()}
    modelled = {name for name, asset in assets.items() if asset.archived and asset.kind is TableKind.TENANT}
    errors: list[CheckMessage] = [
        Error(f"{name} is declared as archived but has no model to name its columns.", id="backups.E002")
        for name in sorted(modelled - archived.keys())
    ]
    for table in archived.values():
        for target in referred_tables(table.model):
            asset = assets.get(target)
            if target not in archived and (asset is None or asset.kind is TableKind.TENANT):
                errors.append(Error(f"{table.name} is archived, but refers to {target}, which is not.", obj=table.model,
                                    id="backups.E001"))  # fmt: skip
    return errors


@register
def no_table_is_forgotten(**_options: Any) -> list[CheckMessage]:
    """Every table is in an archive of its tenant, in the archive of the platform, or says why it is in neither (B1)."""
    models = {model._meta.db_table for model, _asset in asset_models()}
    errors: list[CheckMessage] = []
    for name, asset in sorted(declared_assets().items()):
        if (asset.archived, asset.platform_archived, bool(asset.left_out)).count(True) != 1:
            errors.append(
                Error(
                    f"{name} must be exactly one of: archived, platform_archived, left_out (with the reason).",
                    id="backups.E003",
                )
            )
        if asset.platform_archived and (problem := _unfit(name, asset, models)):
            errors.append(Error(f"{name} is in the archive of the platform, but {problem}.", id="backups.E004"))
    return errors


def _unfit(name: str, asset: Asset, models: set[str]) -> str:
    if asset.ownership is Ownership.CUSTOMER:
        return "it belongs to customers"
    if name not in models:
        return "no model names its columns"
    return "" if "SELECT" in asset.platform_rights else "the platform role may not read it"
