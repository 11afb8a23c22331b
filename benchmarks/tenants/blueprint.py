"""Twenty tables of an ordinary business application, said once and built twice: both sides have the same models."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from django.db import migrations, models
from django.db.migrations.state import ModelState
from django.utils import timezone

APP_LABEL = "orders"
# Each table and what it refers to; a table stands after those.
TABLES: dict[str, tuple[str, ...]] = {
    "Department": (),
    "Employee": ("Department",),
    "Customer": ("Employee",),
    "Contact": ("Customer",),
    "Supplier": (),
    "Category": (),
    "Product": ("Category", "Supplier"),
    "Warehouse": (),
    "Stock": ("Product", "Warehouse"),
    "Quotation": ("Customer", "Employee"),
    "QuotationLine": ("Quotation", "Product"),
    "Order": ("Customer", "Employee"),
    "OrderLine": ("Order", "Product"),
    "Delivery": ("Order", "Warehouse"),
    "Invoice": ("Customer", "Order"),
    "InvoiceLine": ("Invoice", "OrderLine"),
    "Payment": ("Invoice",),
    "Ticket": ("Contact", "Employee"),
    "Comment": ("Ticket",),
    "Attachment": ("Comment",),
}


def build_models(
    module: str, base: type[models.Model], foreign_key: Callable[..., Any], **attributes: Any
) -> dict[str, type[models.Model]]:
    """The twenty models for one side: on its base, with its kind of foreign key."""
    built: dict[str, type[models.Model]] = {}
    for name, targets in TABLES.items():
        references = {
            target.lower(): foreign_key(f"{APP_LABEL}.{target}", models.CASCADE, related_name="+") for target in targets
        }
        built[name] = type(
            name,
            (base,),
            {
                "__module__": module,
                "code": models.CharField(max_length=40),
                "name": models.CharField(max_length=100),
                "amount": models.BigIntegerField(default=0),
                "created_at": models.DateTimeField(default=timezone.now),
                **references,
                **attributes,
            },
        )
    return built


def create_operations(module: ModuleType) -> list[migrations.CreateModel]:
    """The first migration, out of the models themselves."""
    states = [ModelState.from_model(getattr(module, name)) for name in TABLES]
    return [
        migrations.CreateModel(state.name, list(state.fields.items()), state.options, state.bases) for state in states
    ]


def add_operation() -> migrations.AddField:
    """The second migration: one column with a default, of which the models do not know, as in a rolling deployment."""
    return migrations.AddField("order", "remark", models.CharField(max_length=100, db_default=""))


def seed(module: ModuleType) -> None:
    """The rows that a tenant starts with: one in each table, each referring to the ones before it."""
    rows: dict[str, models.Model] = {}
    for name, targets in TABLES.items():
        references = {target.lower(): rows[target] for target in targets}
        rows[name] = getattr(module, name)(code=name.lower(), name=name, **references)
        rows[name].save(force_insert=True)
