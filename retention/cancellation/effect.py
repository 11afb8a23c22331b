"""What a cancellation will delete, class by class, and what stays and why: shown before it is asked for (T4, R2)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise as LazyText
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenants.isolation.assets import Asset, Erasure, Ownership, TableKind, asset_models
from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import current_connection


@dataclass(frozen=True, slots=True)
class Class:
    """One class of data of the company: how many rows there are, and whether it comes along with a data return."""

    name: str
    ownership: Ownership
    rows: int
    returned: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays, why and for how long."""

    name: LazyText
    why: LazyText
    until: LazyText


KEPT = (
    Kept(
        _("Organisation record"),
        _("Who our contracting party was, its contacts, and when the contract began and ended"),
        _("Without limit"),
    ),
    Kept(_("Invoices"), _("The law has books and receipts kept"), _("10 years")),
    Kept(
        _("Evidence of the erasure"),
        _("That, when and how it was erased: ids, dates and counts, nothing of its content"),
        _("Without limit"),
    ),
)


def what_goes() -> list[Class]:
    """Every class of the tenant in scope with the rows that it has now, the largest first."""
    found: dict[str, list[tuple[str, Asset]]] = {}
    for model, asset in asset_models():
        if _goes(model, asset):
            found.setdefault(asset.data_class, []).append((model._meta.db_table, asset))
    rows = _counted([table for tables in found.values() for table, _asset in tables])
    classes = [
        Class(
            capfirst(gettext(name)),
            tables[0][1].ownership,
            sum(rows[table] for table, _asset in tables),
            any(asset.returned for _table, asset in tables),
        )
        for name, tables in found.items()
    ]
    return sorted((one for one in classes if one.rows), key=lambda one: (-one.rows, one.name))


def _goes(model: type[models.Model], asset: Asset) -> bool:
    mine = asset.kind is TableKind.TENANT
    return mine and asset.erasure is not Erasure.KEEP and "SELECT" in asset.app_rights and not model._meta.proxy


def _counted(tables: Iterable[str]) -> dict[str, int]:
    """The rows of the tenant in each table, in one statement; behind the wall there are no others."""
    one = "SELECT '{0}', count(*) FROM \"{0}\" WHERE tenant_id = %(tenant)s"
    parts = " UNION ALL ".join(one.format(table) for table in tables)
    with current_connection().cursor() as cursor:
        cursor.execute(parts, {"tenant": require_tenant_id()})
        return dict(cursor.fetchall())
