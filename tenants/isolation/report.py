"""What the check of the wall tells: every table with its declaration and findings, as plain values."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction

from tenants.isolation import catalogue
from tenants.isolation.catalogue.facts import Catalogue, Relation
from tenants.isolation.context import tenant_scope
from tenants.isolation.findings import Declarations, Finding, judge


@dataclass(frozen=True, slots=True)
class Report:
    """The state of the wall in one database."""

    database: str
    current_user: str
    tables: Sequence[Mapping[str, Any]]
    functions: Sequence[Mapping[str, Any]]
    findings: Sequence[Finding]


def check_wall(alias: str, declared: Declarations | None = None) -> Report:
    """Read the catalogue behind the alias, with the rights of its role, and judge it. Raises DatabaseError."""
    declared = declared or Declarations()
    with tenant_scope(None), transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        facts = catalogue.read(cursor)
    findings = judge(facts, declared)
    by_subject = defaultdict(list)
    for finding in findings:
        by_subject[finding.subject].append({"kind": str(finding.kind), "detail": finding.detail})
    return Report(
        database=facts.database,
        current_user=facts.current_user,
        tables=[_relation(relation, declared, by_subject[relation.name]) for relation in facts.relations],
        functions=_functions(facts, declared, by_subject),
        findings=findings,
    )


def _relation(relation: Relation, declared: Declarations, findings: list[dict[str, str]]) -> dict[str, Any]:
    grantees = sorted({grant.grantee for grant in relation.grants})
    return {
        "name": relation.name,
        "type": relation.kind.name.lower(),
        "declared": _declaration(relation, declared),
        "partition_of": relation.partition_root or None,
        "row_level_security": _row_level_security(relation),
        "policies": {policy.name: policy.using for policy in relation.policies},
        "rights": {grantee: sorted(relation.rights_of(grantee)) for grantee in grantees},
        "primary_key": next((list(index.columns) for index in relation.indexes if index.primary), None),
        "foreign_keys": {
            key.name: [*key.columns, "->", key.target, *key.target_columns] for key in relation.foreign_keys
        },
        "indexes": {index.name: list(index.columns) for index in relation.indexes},
        "findings": findings,
    }


def _declaration(relation: Relation, declared: Declarations) -> str:
    if relation.extension:
        return f"left out: belongs to the extension {relation.extension}"
    asset = declared.asset_of(relation)
    return "" if asset is None else str(asset.kind)


def _row_level_security(relation: Relation) -> str:
    if not relation.rls_enabled:
        return "off"
    return "forced" if relation.rls_forced else "not forced"


def _functions(
    facts: Catalogue, declared: Declarations, findings: Mapping[str, list[dict[str, str]]]
) -> list[dict[str, Any]]:
    return [
        {
            "name": function.name,
            "declared": declared.definers[function.name].purpose if function.name in declared.definers else "",
            "search_path": function.search_path,
            "executors": sorted(function.executors),
            "findings": findings[function.name],
        }
        for function in facts.functions
    ]
