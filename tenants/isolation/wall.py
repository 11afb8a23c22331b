"""The SQL of the wall, said once: migrations build it from here, `isolation check` compares the database with it."""

from collections.abc import Iterable

from tenants.isolation.roles import APP, PLATFORM

TENANT_POLICY = "tenant_wall"
PLATFORM_POLICY = "platform_access"

# `nullif`, because a setting that was local to an ended transaction reads '' and not NULL. The sub-select makes it one
# evaluation a query instead of one a row. No OR and no CASE: a bypass flag would cost the index and the wall.
_CONDITION = "{} = (select nullif(current_setting('app.tenant', true), '')::uuid)"
TENANT_CONDITION = _CONDITION.format("tenant_id")


def printed_condition(column: str) -> str:
    """The condition as PostgreSQL prints it back, which is what `isolation check` compares with."""
    setting = "(NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid"
    return f'({column} = ( SELECT {setting} AS "nullif"))'


def primary_key_sql(table: str) -> list[str]:
    """`(tenant_id, id)` in place of Django's `id`."""
    return [
        f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_pkey"',
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_pkey" PRIMARY KEY (tenant_id, id)',
    ]


def policy_sql(table: str, column: str = "tenant_id") -> list[str]:
    """Forced row-level security: the tenant's rows for the app role, all rows for the platform role."""
    condition = _CONDITION.format(column)
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'CREATE POLICY {TENANT_POLICY} ON "{table}" TO {APP} USING ({condition}) WITH CHECK ({condition})',
        f'CREATE POLICY {PLATFORM_POLICY} ON "{table}" TO {PLATFORM} USING (true) WITH CHECK (true)',
    ]


def grant_sql(table: str, role: str, rights: Iterable[str]) -> list[str]:
    """Exactly these rights for the role, and no others."""
    statements = [f'REVOKE ALL ON "{table}" FROM {role}']
    listed = ", ".join(sorted(rights))
    if listed:
        statements.append(f'GRANT {listed} ON "{table}" TO {role}')
    return statements


def foreign_key_sql(table: str, column: str, target: str) -> list[str]:
    """A foreign key that carries the tenant, and the index that serves it."""
    name = f"{table}_{column}"
    key = f'FOREIGN KEY (tenant_id, "{column}") REFERENCES "{target}" (tenant_id, id) DEFERRABLE INITIALLY DEFERRED'
    return [
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name[:57]}_wall" {key}',
        f'CREATE INDEX "{name[:58]}_idx" ON "{table}" (tenant_id, "{column}")',
    ]


_EXPIRE = """
CREATE FUNCTION {name} RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    removed integer;
BEGIN
    DELETE FROM public.{table} WHERE {key} IN (
        SELECT {key} FROM public.{table} WHERE {moment} < now() - make_interval(days => {days})
        ORDER BY {key} LIMIT most
    );
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END $$
"""


def expiry_function(table: str) -> str:
    """The function that removes rows of a table of the provider's when their period is over; its argument types."""
    return f"expire_{table}(integer)"


def expiry_sql(table: str, key: str, moment: str, days: int) -> list[str]:
    """Let the platform role remove rows whose period is over, and no others: it may delete nothing of this table.

    At most so many at a time, in the order of the key; the database goes by its own clock.
    """
    function = expiry_function(table)
    body = _EXPIRE.format(
        name=function.replace("integer", "most integer"), table=table, key=key, moment=moment, days=int(days)
    )
    return [
        body,
        f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {function} TO {PLATFORM}",
    ]
