"""The lines of the register, from the declarations (R6)."""

from dataclasses import dataclass
from typing import Any

from tenants.isolation.assets import Asset, Ownership, declared_assets


@dataclass(frozen=True, slots=True)
class Entry:
    """One class of data and what all its tables have in common; a class whose tables differ has several lines."""

    name: str
    ownership: Ownership
    days: int | None
    tables: tuple[str, ...]

    def figures(self) -> dict[str, Any]:
        """For machines."""
        return {"class": self.name, "ownership": self.ownership, "days": self.days, "tables": list(self.tables)}


def entries() -> list[Entry]:
    """Every class, by name."""
    tables: dict[tuple[str, Ownership, int | None], list[str]] = {}
    for table, asset in declared_assets().items():
        tables.setdefault(_kind_of(asset), []).append(table)
    return [Entry(*kind, tables=tuple(sorted(names))) for kind, names in sorted(tables.items(), key=str)]


def _kind_of(asset: Asset) -> tuple[str, Ownership, int | None]:
    return asset.data_class, asset.ownership, asset.retention.days
