"""The facts of a catalogue, as plain values."""

from dataclasses import dataclass
from enum import StrEnum

PUBLIC = "PUBLIC"


class RelationKind(StrEnum):
    """As `pg_class.relkind` has it."""

    TABLE = "r"
    PARTITIONED = "p"
    VIEW = "v"
    MATERIALIZED_VIEW = "m"
    SEQUENCE = "S"
    FOREIGN_TABLE = "f"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `type` as PostgreSQL writes it."""

    name: str
    type: str
    not_null: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """One row-level policy. `command` is `*` for all; the expressions are as PostgreSQL prints them."""

    name: str
    permissive: bool
    roles: tuple[str, ...]
    command: str
    using: str | None
    with_check: str | None


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """One foreign key. `proven` is whether it is enforced and was checked against every row."""

    name: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    proven: bool


@dataclass(frozen=True, slots=True)
class Index:
    """One index; an expression among its key columns is an empty name. An exclusion constraint counts as unique."""

    name: str
    columns: tuple[str, ...]
    unique: bool
    primary: bool


@dataclass(frozen=True, slots=True)
class Grant:
    """One right of somebody but the owner; `column` is empty when it is on the whole thing."""

    grantee: str
    right: str
    grantable: bool
    column: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, partition, view or sequence. `name` carries the schema unless it is public."""

    name: str
    kind: RelationKind
    rls_enabled: bool
    rls_forced: bool
    partition_root: str
    security_invoker: bool
    extension: str
    rules: tuple[str, ...]
    columns: tuple[Column, ...] = ()
    policies: tuple[Policy, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: tuple[Index, ...] = ()
    grants: tuple[Grant, ...] = ()

    @property
    def is_table(self) -> bool:
        """Whether it holds rows of its own."""
        return self.kind in {RelationKind.TABLE, RelationKind.PARTITIONED, RelationKind.FOREIGN_TABLE}

    @property
    def is_sequence(self) -> bool:
        """Whether it counts."""
        return self.kind is RelationKind.SEQUENCE

    def rights_of(self, grantee: str) -> frozenset[str]:
        """What somebody may do with the whole of it."""
        return frozenset(grant.right for grant in self.grants if grant.grantee == grantee and not grant.column)


@dataclass(frozen=True, slots=True)
class Function:
    """A function that runs with its owner's rights; `search_path` is None when it is not pinned."""

    name: str
    search_path: str | None
    executors: frozenset[str]
    extension: str


@dataclass(frozen=True, slots=True)
class Role:
    """One of the three roles. `powers` are the attributes that it has, `member_of` every role that it can become."""

    name: str
    powers: frozenset[str]
    member_of: tuple[str, ...]
    owns: tuple[str, ...]
    row_security: str


@dataclass(frozen=True, slots=True)
class ScopeGrant:
    """A right on a schema or on the database, or one that new objects will have; `scope` says which."""

    scope: str
    grantee: str
    right: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that the check looks at, as of one moment. `preset_tenant` is whom a session without a tenant has."""

    database: str
    current_user: str
    preset_tenant: str
    relations: tuple[Relation, ...]
    functions: tuple[Function, ...]
    roles: tuple[Role, ...]
    schema_grants: tuple[ScopeGrant, ...]
    database_grants: tuple[ScopeGrant, ...]
    default_grants: tuple[ScopeGrant, ...]
