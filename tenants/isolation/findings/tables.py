"""The rules for tables, views and sequences. Each one is a generator of findings."""

from collections.abc import Collection, Iterator, Mapping

from tenants.isolation import wall
from tenants.isolation.assets import ALL_RIGHTS, Asset
from tenants.isolation.catalogue.facts import PUBLIC, ForeignKey, Index, Policy, Relation, RelationKind
from tenants.isolation.findings.kinds import Finding, FindingKind
from tenants.isolation.roles import APP, PLATFORM

_TENANT = "tenant_id"


def table_findings(table: Relation, asset: Asset) -> Iterator[Finding]:
    """What is asked of every table."""
    yield from _row_level_security(table, asset)
    yield from _policies(table, asset)
    yield from _rights(table, asset)
    yield from _rights_of_others(table)
    yield from _rewrite_rules(table)


def tenant_findings(table: Relation, tenants: Collection[str], expected: Mapping[str, str]) -> Iterator[Finding]:
    """What is asked of a table behind the wall. `expected` is the target of each declared foreign key, by column."""
    yield from _tenant_column(table)
    yield from _keys(table)
    yield from _foreign_keys(table, tenants)
    yield from _missing_foreign_keys(table, expected)


def shared_findings(table: Relation, tenants: Collection[str]) -> Iterator[Finding]:
    """What is asked of a table of everybody or of the provider: it cannot hold on to one tenant's row."""
    for key in table.foreign_keys:
        if key.target in tenants:
            text = f"has {key.name} to {key.target}, which is behind the wall"
            yield Finding(FindingKind.FOREIGN_KEY_ACROSS_KINDS, table.name, text)


def view_findings(view: Relation) -> Iterator[Finding]:
    """A view reads with its owner's rights unless it says otherwise; a materialized view has no wall at all."""
    if view.kind is RelationKind.MATERIALIZED_VIEW:
        if view.grants:
            text = f"is a materialized view that {_listed({grant.grantee for grant in view.grants})} may read"
            yield Finding(FindingKind.MATERIALIZED_VIEW_GRANTED, view.name, text)
        return
    if not view.security_invoker:
        yield Finding(FindingKind.VIEW_WITHOUT_INVOKER, view.name, "is a view without security_invoker")
    yield from _rights_of_others(view)


def sequence_findings(sequence: Relation) -> Iterator[Finding]:
    """The value of a sequence tells how much other tenants do; USAGE is enough for inserting."""
    for grant in sequence.grants:
        if grant.right != "USAGE":
            text = f"lets {grant.grantee} {grant.right} a sequence"
            yield Finding(FindingKind.SEQUENCE_READABLE, sequence.name, text)


def _row_level_security(table: Relation, asset: Asset) -> Iterator[Finding]:
    """A table with a wall has it enabled, and forced on its owner."""
    if asset.wall_column:
        if not table.rls_enabled:
            yield Finding(FindingKind.RLS_NOT_ENABLED, table.name, "has row-level security switched off")
        if not table.rls_forced:
            yield Finding(FindingKind.RLS_NOT_FORCED, table.name, "does not force row-level security on its owner")


def _policies(table: Relation, asset: Asset) -> Iterator[Finding]:
    """Exactly the policies of `wall`, text and all: permissive ones add up, so one too many opens the table."""
    expected = {policy.name: policy for policy in _expected_policies(asset)}
    for policy in table.policies:
        wanted = expected.pop(policy.name, None)
        if wanted is None:
            yield Finding(FindingKind.POLICY_EXTRA, table.name, f"has a policy of its own: {_printed(policy)}")
        elif policy != wanted:
            text = f"has the policy {_printed(policy)}; it must be {_printed(wanted)}"
            yield Finding(FindingKind.POLICY_DIFFERS, table.name, text)
    for name in expected:
        yield Finding(FindingKind.POLICY_MISSING, table.name, f"lacks the policy {name}")


def _rights(table: Relation, asset: Asset) -> Iterator[Finding]:
    """The two roles may do what is declared; partitions are reached through the whole only."""
    declared = {APP: asset.app_rights, PLATFORM: asset.platform_rights}
    for role, wanted in declared.items():
        has = table.rights_of(role)
        if table.partition_root:
            if has:
                text = f"is a partition that {role} may reach directly: {_listed(has)}"
                yield Finding(FindingKind.PARTITION_GRANTED, table.name, text)
            continue
        past = has - ALL_RIGHTS
        if past:
            text = f"grants {role} what policies do not cover: {_listed(past)}"
            yield Finding(FindingKind.RIGHTS_PAST_POLICIES, table.name, text)
        if has & ALL_RIGHTS != wanted:
            text = f"grants {role} {_listed(has & ALL_RIGHTS)}; declared is {_listed(wanted)}"
            yield Finding(FindingKind.RIGHTS_DIFFER, table.name, text)


def _rights_of_others(relation: Relation) -> Iterator[Finding]:
    """PUBLIC is everybody; other roles have no declaration; a column's right and a right to grant escape `GRANT`s."""
    for grantee in sorted({grant.grantee for grant in relation.grants} - {APP, PLATFORM}):
        kind = FindingKind.RIGHTS_OF_PUBLIC if grantee == PUBLIC else FindingKind.RIGHTS_OF_STRANGER
        rights = {grant.right for grant in relation.grants if grant.grantee == grantee}
        yield Finding(kind, relation.name, f"grants {grantee} {_listed(rights)}, on it or on some of its columns")
    for grant in relation.grants:
        if grant.column and grant.grantee in {APP, PLATFORM}:
            text = f"grants {grant.grantee} {grant.right} on the column {grant.column} alone"
            yield Finding(FindingKind.RIGHTS_ON_COLUMN, relation.name, text)
        if grant.grantable:
            text = f"lets {grant.grantee} grant {grant.right} to others"
            yield Finding(FindingKind.RIGHTS_GRANTABLE, relation.name, text)


def _rewrite_rules(table: Relation) -> Iterator[Finding]:
    """What a rule does, it does with the rights of the table's owner, past every policy."""
    for name in table.rules:
        yield Finding(FindingKind.RULE_ON_TABLE, table.name, f"has the rewrite rule {name}, which runs as the owner")


def _tenant_column(table: Relation) -> Iterator[Finding]:
    """`tenant_id uuid NOT NULL`, everywhere the same, so that a database can be distributed by it."""
    column = next((column for column in table.columns if column.name == _TENANT), None)
    if column is None:
        yield Finding(FindingKind.TENANT_COLUMN, table.name, "has no column tenant_id")
    elif column.type != "uuid" or not column.not_null:
        null = "not null" if column.not_null else "nullable"
        yield Finding(FindingKind.TENANT_COLUMN, table.name, f"has tenant_id {column.type}, {null}; it must be a uuid")


def _keys(table: Relation) -> Iterator[Finding]:
    """The primary key and every index start with the tenant; a unique one without it betrays what others have."""
    if not any(index.primary for index in table.indexes):
        yield Finding(FindingKind.PRIMARY_KEY, table.name, "has no primary key")
    for index in table.indexes:
        if index.columns[0] != _TENANT:
            yield Finding(_kind_of(index), table.name, f"has {index.name} on {_columns(index.columns)}")


def _kind_of(index: Index) -> FindingKind:
    if index.primary:
        return FindingKind.PRIMARY_KEY
    if index.unique and _TENANT not in index.columns:
        return FindingKind.UNIQUE_WITHOUT_TENANT
    return FindingKind.INDEX_NOT_LED_BY_TENANT


def _foreign_keys(table: Relation, tenants: Collection[str]) -> Iterator[Finding]:
    """PostgreSQL checks foreign keys past the policies, so the tenant must be part of the key itself."""
    for key in table.foreign_keys:
        text = f"has {key.name}: {_columns(key.columns)} to {key.target} {_columns(key.target_columns)}"
        if key.target not in tenants:
            yield Finding(FindingKind.FOREIGN_KEY_ACROSS_KINDS, table.name, f"{text}, which is no tenant's table")
        elif not _carries_tenant(key):
            yield Finding(FindingKind.FOREIGN_KEY_WITHOUT_TENANT, table.name, f"{text}, which can leave the tenant")
        if not key.proven:
            yield Finding(FindingKind.FOREIGN_KEY_UNPROVEN, table.name, f"{text}, which was not checked on every row")


def _missing_foreign_keys(table: Relation, expected: Mapping[str, str]) -> Iterator[Finding]:
    """Django makes none for a TenantForeignKey; a migration that forgets the operation leaves the column loose."""
    present = {(column, key.target) for key in table.foreign_keys for column in key.columns}
    for column, target in expected.items():
        if (column, target) not in present:
            text = f"has no foreign key ({_TENANT}, {column}) to {target}; add AddTenantForeignKey to a migration"
            yield Finding(FindingKind.FOREIGN_KEY_MISSING, table.name, text)


def _carries_tenant(key: ForeignKey) -> bool:
    return dict(zip(key.columns, key.target_columns, strict=True)).get(_TENANT) == _TENANT


def _expected_policies(asset: Asset) -> list[Policy]:
    if not asset.wall_column:
        return []
    condition = wall.printed_condition(asset.wall_column)
    return [
        Policy(wall.TENANT_POLICY, True, (APP,), "*", condition, condition),
        Policy(wall.PLATFORM_POLICY, True, (PLATFORM,), "*", "true", "true"),
    ]


def _printed(policy: Policy) -> str:
    permissive = "permissive" if policy.permissive else "restrictive"
    return (
        f"{policy.name} ({permissive}, {policy.command}) to {', '.join(policy.roles)}"
        f" using {policy.using} with check {policy.with_check}"
    )


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _columns(names: Collection[str]) -> str:
    return "(" + ", ".join(name or "expression" for name in names) + ")"
