"""System checks of what is archived."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from backups.content import archived_tables, referred_tables
from tenants.isolation.assets import TableKind, declared_assets


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
