"""The tables whose rows end with time, read from their declarations (R6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F
from django.db.models.expressions import Combinable
from django.utils.module_loading import import_string

from tenants.isolation.assets import Asset, Erasure, TableKind, asset_models
from tenants.isolation.placement import current_alias

# The name of the moment in queries.
MOMENT = "expiry_moment"


@dataclass(frozen=True, slots=True)
class Expiring:
    """One such table."""

    model: type[models.Model]
    asset: Asset

    @property
    def table(self) -> str:
        """Its name."""
        return self.model._meta.db_table

    @property
    def days(self) -> int:
        """The declared period."""
        return self.asset.retention.days or 0

    @property
    def by_company(self) -> bool:
        """Whether it is a table of companies, whose rows go company by company."""
        return self.asset.kind is TableKind.TENANT and self.asset.erasure is not Erasure.PARTITION

    @property
    def by_partition(self) -> bool:
        """Whether a function of its own removes rows of everybody at once, and counts them."""
        return bool(self.asset.retention.expired_by) and not self.by_company

    @property
    def by_function(self) -> bool:
        """Whether the migrations made a function that removes its rows (`tenants.isolation.wall.expiry_sql`)."""
        retention = self.asset.retention
        return self.asset.kind is not TableKind.TENANT and not retention.expired_by and retention.days is not None

    def limit(self, now: datetime) -> datetime:
        """A row whose moment is before this is past its period."""
        return now - timedelta(days=self.days)

    def special(self) -> Any:
        """The function that removes them, where batches of rows are not the way; see `tenants.isolation.expiring`."""
        return import_string(self.asset.retention.expired_by) if self.asset.retention.expired_by else None

    def with_moments(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Such rows with the moment from which their period counts."""
        found: models.QuerySet[Any] = rows.order_by().annotate(**{MOMENT: moment_of(self.asset)})
        return found

    def past(self, rows: models.QuerySet[Any], before: datetime) -> models.QuerySet[Any]:
        """Those of the rows whose moment is before that."""
        return self.with_moments(rows).filter(**{f"{MOMENT}__lt": before})

    def rows(self) -> models.QuerySet[Any]:
        """The rows of the tenant in scope, or those of a table of the provider's."""
        return self.model._default_manager.all()

    def everybody(self) -> models.QuerySet[Any]:
        """The rows of all companies, for the platform role, which counts and does not name a tenant."""
        return models.QuerySet(self.model, using=current_alias())


def moment_of(asset: Asset) -> Combinable:
    """The expression of the moment from which the period counts."""
    counted_from = asset.retention.counted_from
    return F(counted_from) if isinstance(counted_from, str) else counted_from


def expiring_tables() -> list[Expiring]:
    """Every table with a period, in the order of their names: the order of a run."""
    found = [Expiring(model, asset) for model, asset in asset_models() if asset.retention.days is not None]
    return sorted(found, key=lambda each: each.table)
