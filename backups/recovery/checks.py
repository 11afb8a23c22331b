"""System checks of what a restore in place rolls back."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from backups.content import referred_tables
from tenants.isolation.assets import TableKind, asset_models


@register
def kept_rows_stand_alone(**_options: Any) -> list[CheckMessage]:
    """What is archived but not rolled back may not refer to what is: its rows would lose what they speak of."""
    tables = {model._meta.db_table: (model, asset) for model, asset in asset_models()}
    return [
        Error(f"{name} is not rolled back, but refers to {target}, which is.", obj=model, id="backups.E005")
        for name, (model, asset) in sorted(tables.items())
        if asset.kind is TableKind.TENANT and asset.archived and not asset.rolled_back
        for target in referred_tables(model)
        if target in tables and tables[target][1].archived and tables[target][1].rolled_back
    ]
