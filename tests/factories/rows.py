"""A row of any model behind the wall, models of the future included: for tests that go through all of them."""

from ipaddress import IPv6Address
from typing import Any, TypeVar
from uuid import NAMESPACE_OID, UUID, uuid5

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from accounts.network.fields import CidrField
from tenants.isolation.assets import TableKind, asset_models
from tenants.isolation.models import TenantModel

M = TypeVar("M", bound=TenantModel)

TENANT_MODELS: list[type[TenantModel]] = sorted(
    (model for model, asset in asset_models() if asset.kind is TableKind.TENANT and issubclass(model, TenantModel)),
    key=lambda model: model._meta.label,
)


def make_row(model: type[M], seed: str = "", **fields: Any) -> M:
    """A row of the tenant in scope, and the rows that it needs.

    The same seed makes the same keys and values in every tenant: whatever is unique is unique within a tenant only.
    """
    row = model(id=row_id(model, seed))
    for field in model._meta.local_concrete_fields:
        if field.name in fields:
            setattr(row, field.name, fields[field.name])
        elif isinstance(field, models.ForeignKey):
            if not field.null:
                setattr(row, field.attname, _needed(field.related_model, seed))
        elif field.name not in {"id", "tenant_id"} and not field.null and not field.has_default():
            setattr(row, field.name, _value(field, seed))
    row.save(force_insert=True)
    return row


def make_control_row(model: type[models.Model], seed: str = "", **fields: Any) -> models.Model:
    """A row of a table of the provider's, and the rows that it needs, put there by the owner."""
    row = model()
    for field in model._meta.local_concrete_fields:
        if field.name in fields:
            setattr(row, field.name, fields[field.name])
        elif isinstance(field, models.ForeignKey):
            if not field.null:
                setattr(row, field.attname, make_control_row(field.related_model, seed).pk)
        elif not field.null and not field.has_default():
            setattr(row, field.name, _value(field, seed))
    row.save(using="owner", force_insert=True)
    return row


def _needed(model: Any, seed: str) -> UUID:
    key = row_id(model, seed)
    if not model.objects.filter(id=key).exists():
        make_row(model, seed)
    return key


def row_id(model: type[models.Model], seed: str = "") -> UUID:
    """The key of the row of that seed."""
    return uuid5(NAMESPACE_OID, f"{model._meta.label} {seed}")


def _value(field: "models.Field[Any, Any]", seed: str) -> Any:
    """Something that fits; text is different for each seed."""
    if field.choices:
        return next(iter(field.flatchoices))[0]
    if isinstance(field, models.CharField | models.TextField):
        return uuid5(NAMESPACE_OID, f"{field} {seed}").hex[: field.max_length]
    if isinstance(field, models.IntegerField) and _numbers_rows(field):
        return 1 + uuid5(NAMESPACE_OID, f"{field} {seed}").int % 30_000
    fitting: dict[type[models.Field[Any, Any]], Any] = {
        models.IntegerField: 1,
        models.FloatField: 1.0,
        models.BooleanField: True,
        models.DateTimeField: timezone.now(),
        models.DateField: timezone.localdate(),
        models.JSONField: {},
        ArrayField: [],
        models.BinaryField: uuid5(NAMESPACE_OID, f"{field} {seed}").bytes,
        models.UUIDField: uuid5(NAMESPACE_OID, f"{field} {seed}"),
        models.GenericIPAddressField: "192.0.2.1",
        CidrField: f"{IPv6Address(uuid5(NAMESPACE_OID, seed).int)}/128",
    }
    for kind, value in fitting.items():
        if isinstance(field, kind):
            return value
    raise NotImplementedError(f"tests.factories.rows knows no value for {field}")


def _numbers_rows(field: "models.IntegerField[Any, Any]") -> bool:
    """Whether no two rows may have the same number, alone or together with something else."""
    rules = field.model._meta.constraints
    return any(isinstance(rule, models.UniqueConstraint) and field.name in rule.fields for rule in rules)
