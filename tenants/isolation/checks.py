"""System checks of the wall: what a model's code must say before any database is asked (T1).

`manage.py isolation check` looks at the live database. These look at the models, so that a mistake is told before a
migration is written. Every managed model, third-party ones included, is looked at.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import models

from tenants.isolation.assets import ALL_RIGHTS, NO_RIGHTS, READ_ONLY, Asset, TableKind, asset_of
from tenants.isolation.fields import TenantForeignKey
from tenants.isolation.models import TenantManager, TenantModel

_TENANT = "tenant_id"
_UNIQUE = (models.UniqueConstraint, ExclusionConstraint)


@register(Tags.models)
def check_models(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Every finding about the models of these apps, or of all."""
    labels = None if app_configs is None else {config.label for config in app_configs}
    return [
        problem
        for model in apps.get_models(include_auto_created=True)
        if (labels is None or model._meta.app_label in labels) and model._meta.managed and not model._meta.proxy
        for problem in check_model(model)
    ]


def check_model(model: type[models.Model]) -> Iterator[CheckMessage]:
    """Every finding about one model."""
    yield from _check_declaration(model)
    if issubclass(model, TenantModel):
        yield from _check_managers(model)
        yield from _check_unique(model)
        yield from _check_indexes(model)
    yield from _check_foreign_keys(model)


def _check_declaration(model: type[models.Model]) -> Iterator[CheckMessage]:
    asset = asset_of(model)
    if asset is None and model._meta.auto_created:
        yield _error(model, 7, "is a many-to-many table made by Django; write the through model as a TenantModel")
    elif asset is None:
        yield _error(model, 1, "has no asset declaration")
    else:
        if (asset.kind is TableKind.TENANT) != issubclass(model, TenantModel):
            yield _error(model, 2, f"is declared {asset.kind}; TenantModel and kind TENANT go together")
        for problem in _problems_of(asset):
            yield _error(model, 9, f"has an asset that {problem}")


def _problems_of(asset: Asset) -> Iterator[str]:
    if not asset.app_rights | asset.platform_rights <= ALL_RIGHTS:
        yield "grants rights that policies do not cover"
    if asset.kind is TableKind.TENANT and asset.walled_by:
        yield "names a column for the wall, which is tenant_id in a table of tenants"
    if asset.kind is TableKind.GLOBAL and not asset.app_rights <= READ_ONLY:
        yield "lets the app role write what every tenant reads"
    if asset.kind is TableKind.CONTROL and asset.app_rights != NO_RIGHTS and not asset.walled_by:
        yield "opens a table of the provider to the app role without a wall (walled_by)"


def _check_managers(model: type[models.Model]) -> Iterator[CheckMessage]:
    for manager in model._meta.managers:
        if not isinstance(manager, TenantManager):
            yield _error(model, 8, f"has the manager {manager.name}, which is no TenantManager")
    if not isinstance(model._base_manager, TenantManager):
        yield _error(model, 8, "lacks base_manager_name; write `class Meta(TenantModel.Meta)`")


def _check_unique(model: type[models.Model]) -> Iterator[CheckMessage]:
    """A unique value across tenants would tell one tenant what another has."""
    for field in model._meta.local_fields:
        if field.unique and field.name != "id":
            yield _error(model, 4, f"has {field.name} unique across tenants; use a UniqueConstraint with tenant_id")
    groups = [(", ".join(names), names[0]) for names in model._meta.unique_together]
    groups += [(item.name, _leading_column(item)) for item in model._meta.constraints if isinstance(item, _UNIQUE)]
    for name, first in groups:
        if first != _TENANT:
            yield _error(model, 5, f"has the unique constraint {name}, which does not start with tenant_id")


def _check_indexes(model: type[models.Model]) -> Iterator[CheckMessage]:
    """An index across tenants serves nobody behind a policy, and cannot be distributed."""
    for index in model._meta.indexes:
        if _leading_column(index) != _TENANT:
            yield _error(model, 6, f"has the index {index.name}, which does not start with tenant_id")
    for field in model._meta.local_fields:
        if getattr(field, "db_index", False):
            yield _error(model, 6, f"has an index on {field.name} alone; add one that starts with tenant_id to Meta")


def _check_foreign_keys(model: type[models.Model]) -> Iterator[CheckMessage]:
    for field in model._meta.local_fields:
        target = field.related_model
        if not isinstance(field, models.ForeignKey) or not isinstance(target, type):
            continue
        inside, leads_inside = issubclass(model, TenantModel), issubclass(target, TenantModel)
        if inside != leads_inside:
            yield _error(model, 10, f"has {field.name}, a foreign key between a tenant's table and one that is none")
        elif isinstance(field, TenantForeignKey) != inside:
            yield _error(model, 3, f"has {field.name}; between tenants' tables, and only there, use TenantForeignKey")


def _leading_column(item: Any) -> str:
    """The first column of an index or a constraint; empty for an expression."""
    fields = getattr(item, "fields", ())
    if fields:
        return str(fields[0])
    first = item.expressions[0]
    # Indexes wrap their expressions, exclusion constraints pair them with an operator.
    first = first[0] if isinstance(first, tuple) else getattr(first, "expression", first)
    return str(getattr(first, "name", first))


def _error(model: type[models.Model], number: int, text: str) -> Error:
    return Error(f"{model._meta.label} {text}.", obj=model, id=f"isolation.E{number:03}")
