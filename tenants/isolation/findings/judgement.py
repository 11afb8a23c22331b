"""Puts the rules together: those of `tables` for each relation, those of `surroundings` for all the rest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tenants.isolation.assets import Asset, TableKind, asset_models, declared_assets
from tenants.isolation.catalogue.facts import Catalogue, Relation, RelationKind
from tenants.isolation.definers import Definer, declared_definers
from tenants.isolation.fields import TenantForeignKey
from tenants.isolation.findings import surroundings, tables
from tenants.isolation.findings.kinds import Finding, FindingKind


def declared_foreign_keys() -> dict[str, dict[str, str]]:
    """The table that each TenantForeignKey points at, by table and column."""
    return {
        model._meta.db_table: {
            key.column: key.related_model._meta.db_table
            for key in model._meta.local_fields
            if isinstance(key, TenantForeignKey)
        }
        for model, asset in asset_models()
        if asset.kind is TableKind.TENANT
    }


@dataclass(frozen=True)
class Declarations:
    """What the product says of its database: tables, foreign keys inside tenants, functions with the owner's rights."""

    assets: Mapping[str, Asset] = field(default_factory=declared_assets)
    foreign_keys: Mapping[str, Mapping[str, str]] = field(default_factory=declared_foreign_keys)
    definers: Mapping[str, Definer] = field(default_factory=declared_definers)

    def asset_of(self, relation: Relation) -> Asset | None:
        """The declaration of a table; a partition has that of the whole."""
        return self.assets.get(relation.partition_root or relation.name)

    def tenant_tables(self) -> frozenset[str]:
        """The names of the tables behind the wall."""
        return frozenset(name for name, asset in self.assets.items() if asset.kind is TableKind.TENANT)


def judge(catalogue: Catalogue, declared: Declarations) -> list[Finding]:
    """Every finding, in the order of the catalogue. No finding means: the database is what the product declares."""
    return [*surroundings.findings(catalogue, declared.definers), *_of_relations(catalogue, declared)]


def _of_relations(catalogue: Catalogue, declared: Declarations) -> Iterator[Finding]:
    present = {relation.name for relation in catalogue.relations}
    for name in sorted(declared.assets.keys() - present):
        yield Finding(FindingKind.TABLE_MISSING, name, "is declared and does not exist; run the migrations")
    for relation in catalogue.relations:
        if not relation.extension:
            yield from _of_relation(relation, declared)


def _of_relation(relation: Relation, declared: Declarations) -> Iterator[Finding]:
    if relation.kind is RelationKind.SEQUENCE:
        yield from tables.sequence_findings(relation)
        return
    if not relation.is_table:
        yield from tables.view_findings(relation)
        return
    asset = declared.asset_of(relation)
    if asset is None:
        yield Finding(FindingKind.TABLE_UNDECLARED, relation.name, "has no declaration; give its model an asset")
        return
    yield from tables.table_findings(relation, asset)
    if asset.kind is TableKind.TENANT:
        # A partition has the keys of the whole, where they are looked at.
        expected = {} if relation.partition_root else declared.foreign_keys.get(relation.name, {})
        yield from tables.tenant_findings(relation, declared.tenant_tables(), expected)
    else:
        yield from tables.shared_findings(relation, declared.tenant_tables())
