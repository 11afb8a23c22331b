"""The system checks of the wall on models: each mistake is told before a migration is written (T1)."""

from typing import Any

import pytest
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models.functions import Lower
from django.test.utils import isolate_apps

from tenants.isolation.assets import NO_RIGHTS, READ_ONLY, Asset, TableKind
from tenants.isolation.checks import check_model
from tenants.isolation.fields import TenantForeignKey
from tenants.isolation.models import TenantManager, TenantModel
from tests.isolation.test_findings import make_asset


def _ids(model: type[models.Model]) -> list[str]:
    return [str(problem.id) for problem in check_model(model)]


def _tenant_model(name: str = "Lab", meta: dict[str, Any] | None = None, **attributes: Any) -> type[TenantModel]:
    """A model behind the wall, correct but for what is given."""
    namespace = {
        "__module__": __name__,
        "asset": make_asset(),
        "Meta": type("Meta", (TenantModel.Meta,), {"app_label": "tenants", **(meta or {})}),
        **attributes,
    }
    return type(name, (TenantModel,), namespace)


def _plain_model(name: str = "Plain", **attributes: Any) -> type[models.Model]:
    namespace = {"__module__": __name__, "Meta": type("Meta", (), {"app_label": "tenants"}), **attributes}
    return type(name, (models.Model,), namespace)


@isolate_apps("tenants")
def test_a_model_in_order_has_no_problem() -> None:
    """T1: keys to the same tenant, uniqueness and indexes within it."""
    parent = _tenant_model("Parent")
    child = _tenant_model(
        "Child",
        parent=TenantForeignKey(parent, models.CASCADE),
        label=models.CharField(max_length=10),
        meta={
            "constraints": [models.UniqueConstraint(fields=["tenant_id", "label"], name="u")],
            "indexes": [
                models.Index(fields=["tenant_id", "label"], name="i"),
                models.Index(models.F("tenant_id"), Lower("label"), name="e"),
            ],
        },
    )
    shared = _plain_model(asset=make_asset(kind=TableKind.GLOBAL, app_rights=READ_ONLY))
    assert [_ids(model) for model in (parent, child, shared)] == [[], [], []]


@isolate_apps("tenants")
def test_a_model_without_a_declaration() -> None:
    """R6: nothing is stored without one."""
    assert _ids(_plain_model()) == ["isolation.E001"]


@isolate_apps("tenants")
def test_kind_tenant_and_tenant_model_go_together() -> None:
    """T1: a declaration does not make a wall, and a wall is declared."""
    assert _ids(_tenant_model(asset=make_asset(kind=TableKind.CONTROL, app_rights=NO_RIGHTS))) == ["isolation.E002"]
    assert _ids(_plain_model(asset=make_asset())) == ["isolation.E002"]


@isolate_apps("tenants")
@pytest.mark.parametrize("field", [models.ForeignKey, models.OneToOneField])
def test_a_foreign_key_as_django_has_it(field: type[models.ForeignKey[Any, Any]]) -> None:
    """T1: its constraint would not carry the tenant, nor would its index or its uniqueness."""
    parent = _tenant_model("Parent")
    found = _ids(_tenant_model("Child", parent=field(parent, models.CASCADE)))
    assert "isolation.E003" in found
    assert set(found) <= {"isolation.E003", "isolation.E004", "isolation.E006"}


@isolate_apps("tenants")
def test_uniqueness_across_tenants() -> None:
    """T1: `duplicate key` would tell one tenant what another has."""
    label = {"label": models.CharField(max_length=10)}
    assert _ids(_tenant_model("A", code=models.IntegerField(unique=True))) == ["isolation.E004"]
    for number, constraint in enumerate(
        (
            models.UniqueConstraint(fields=["label"], name="c1"),
            models.UniqueConstraint(fields=["label", "tenant_id"], name="c2"),
            models.UniqueConstraint(Lower("label"), models.F("tenant_id"), name="c3"),
            ExclusionConstraint(name="c4", expressions=[("label", RangeOperators.EQUAL)]),
        )
    ):
        assert _ids(_tenant_model(f"B{number}", meta={"constraints": [constraint]}, **label)) == ["isolation.E005"]
    assert _ids(_tenant_model("C", meta={"unique_together": [("label", "tenant_id")]}, **label)) == ["isolation.E005"]


@isolate_apps("tenants")
def test_indexes_across_tenants() -> None:
    """T1: behind a policy such an index serves nobody."""
    label = {"label": models.CharField(max_length=10)}
    assert _ids(_tenant_model("A", label=models.CharField(max_length=10, db_index=True))) == ["isolation.E006"]
    for number, index in enumerate(
        (models.Index(fields=["label"], name="i1"), models.Index(Lower("label"), name="i2"))
    ):
        assert _ids(_tenant_model(f"B{number}", meta={"indexes": [index]}, **label)) == ["isolation.E006"]


@isolate_apps("tenants")
def test_a_many_to_many_table_of_django_own_making() -> None:
    """T1: it would have no tenant_id."""
    parent = _tenant_model("Parent")
    child = _tenant_model("Child", parents=models.ManyToManyField(parent))
    (parents,) = child._meta.local_many_to_many
    through = parents.remote_field.through
    assert through is not None
    assert _ids(child) == []
    assert "isolation.E007" in _ids(through)


@isolate_apps("tenants")
def test_every_manager_knows_the_tenant() -> None:
    """T1: saving and following a key go through the base manager; a second manager is a second door."""
    assert _ids(_tenant_model("A", everything=models.Manager())) == ["isolation.E008"]
    assert _ids(_tenant_model("B", objects=models.Manager())) == ["isolation.E008", "isolation.E008"]
    assert _ids(_tenant_model("C", recent=TenantManager())) == []


@isolate_apps("tenants")
@pytest.mark.parametrize(
    "asset",
    [
        make_asset(kind=TableKind.GLOBAL, app_rights=frozenset({"SELECT", "INSERT"})),
        make_asset(kind=TableKind.CONTROL, app_rights=READ_ONLY),
        make_asset(
            kind=TableKind.CONTROL, app_rights=READ_ONLY, walled_by="id", platform_rights=frozenset({"TRUNCATE"})
        ),
    ],
)
def test_a_declaration_that_opens_the_wall(asset: Asset) -> None:
    """T1: what everybody reads nobody writes, what is the provider's has a wall of its own, and TRUNCATE has none."""
    assert _ids(_plain_model(asset=asset)) == ["isolation.E009"]


@isolate_apps("tenants")
def test_a_tenant_table_has_one_name_for_its_tenant() -> None:
    """T1: `walled_by` is for other tables."""
    assert _ids(_tenant_model(asset=make_asset(walled_by="id"))) == ["isolation.E009"]


@isolate_apps("tenants")
def test_foreign_keys_through_the_wall() -> None:
    """T1: the control database may be another one, and a shared row outlives a tenant's."""
    shared = _plain_model("Shared", asset=make_asset(kind=TableKind.GLOBAL, app_rights=READ_ONLY))
    lab = _tenant_model("Lab")
    out = _tenant_model("Out", shared=models.ForeignKey(shared, models.CASCADE, db_index=False))
    into = _plain_model(
        "Into",
        asset=make_asset(kind=TableKind.GLOBAL, app_rights=READ_ONLY),
        lab=models.ForeignKey(lab, models.CASCADE),
    )
    assert _ids(out) == ["isolation.E010"]
    assert _ids(into) == ["isolation.E010"]


@isolate_apps("tenants")
def test_a_tenant_foreign_key_between_shared_tables() -> None:
    """T1: it would have no constraint at all there."""
    shared = {"asset": make_asset(kind=TableKind.GLOBAL, app_rights=READ_ONLY)}
    parent = _plain_model("Parent", **shared)
    assert _ids(_plain_model("Child", parent=TenantForeignKey(parent, models.CASCADE), **shared)) == ["isolation.E003"]
