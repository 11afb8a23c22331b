"""Reads the facts from the catalogue of a live database."""

from collections import defaultdict
from dataclasses import replace
from typing import Any

import psycopg
from django.db.backends.utils import CursorWrapper

from tenants.isolation.catalogue import questions
from tenants.isolation.catalogue.facts import (
    Catalogue,
    Column,
    ForeignKey,
    Function,
    Grant,
    Index,
    Policy,
    Relation,
    RelationKind,
    Role,
    ScopeGrant,
)

Cursor = CursorWrapper | psycopg.Cursor[Any]


def read(cursor: Cursor) -> Catalogue:
    """Read the catalogue; the caller holds a transaction, so that all of it is of one moment, and for no tenant."""
    ((database, current_user, preset_tenant),) = _ask(cursor, questions.SESSION)
    return Catalogue(
        database=database,
        current_user=current_user,
        preset_tenant=preset_tenant,
        relations=_relations(cursor),
        functions=tuple(
            Function(name, path, frozenset(executors), extension)
            for name, path, executors, extension in _ask(cursor, questions.FUNCTIONS)
        ),
        roles=tuple(
            Role(name, frozenset(powers), tuple(member_of), tuple(owns), row_security)
            for name, powers, member_of, owns, row_security in _ask(cursor, questions.ROLES)
        ),
        schema_grants=tuple(ScopeGrant(*row) for row in _ask(cursor, questions.SCHEMA_GRANTS)),
        database_grants=tuple(ScopeGrant(*row) for row in _ask(cursor, questions.DATABASE_GRANTS)),
        default_grants=tuple(ScopeGrant(*row) for row in _ask(cursor, questions.DEFAULT_GRANTS)),
    )


def _relations(cursor: Cursor) -> tuple[Relation, ...]:
    columns = _by_relation(cursor, questions.COLUMNS, Column)
    policies = _by_relation(cursor, questions.POLICIES, Policy)
    foreign_keys = _by_relation(cursor, questions.FOREIGN_KEYS, ForeignKey)
    indexes = _by_relation(cursor, questions.INDEXES, Index)
    grants = _by_relation(cursor, questions.GRANTS, Grant)
    found = []
    for key, name, kind, enabled, forced, root, invoker, extension, rules in _ask(cursor, questions.RELATIONS):
        relation = Relation(name, RelationKind(kind), enabled, forced, root, invoker, extension, tuple(rules))
        found.append(
            replace(
                relation,
                columns=tuple(columns[key]),
                policies=tuple(policies[key]),
                foreign_keys=tuple(foreign_keys[key]),
                indexes=tuple(indexes[key]),
                grants=tuple(grants[key]),
            )
        )
    return tuple(found)


def _by_relation(cursor: Cursor, question: str, fact: type[Any]) -> defaultdict[int, list[Any]]:
    """Facts by the oid of their relation; arrays become tuples."""
    facts = defaultdict(list)
    for key, *values in _ask(cursor, question):
        facts[key].append(fact(*(tuple(value) if isinstance(value, list) else value for value in values)))
    return facts


def _ask(cursor: Cursor, question: str) -> list[tuple[Any, ...]]:
    cursor.execute(question)
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
