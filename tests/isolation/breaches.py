"""Every way to break the wall that `isolation check` knows: what somebody does, and exactly what is found then.

`lab` is a table of tenants as a migration makes it, `shared` one of the provider, `loose` one behind no wall yet.
"""

from dataclasses import dataclass
from uuid import UUID

from tenants.isolation import wall
from tenants.isolation.assets import ALL_RIGHTS, READ_ONLY
from tenants.isolation.findings import FindingKind as Kind
from tenants.isolation.roles import APP, OWNER, PLATFORM

LAB = [
    f"SET LOCAL ROLE {OWNER}",
    "CREATE TABLE lab (tenant_id uuid NOT NULL, id uuid, parent_id uuid, label text, PRIMARY KEY (tenant_id, id))",
    *wall.policy_sql("lab"),
    *wall.grant_sql("lab", APP, ALL_RIGHTS),
    "CREATE TABLE shared (id uuid PRIMARY KEY, tenant_id uuid, lab_id uuid)",
    *wall.grant_sql("shared", APP, READ_ONLY),
    "RESET ROLE",
]
_PARTITION = "auditlog_auditevent_d30"
_OPEN = "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
_COUNT = "AS $$ SELECT count(*) FROM public.accounts_user $$"


@dataclass(frozen=True)
class Breach:
    """Statements of a superuser, and the findings that must come of them: pairs of kind and subject."""

    name: str
    statements: tuple[str, ...]
    findings: tuple[tuple[Kind, str], ...]


def breach(name: str, *statements: str, finds: Kind | tuple[Kind, ...], on: str = "lab") -> Breach:
    """One breach; several kinds are all about the same subject."""
    kinds = finds if isinstance(finds, tuple) else (finds,)
    return Breach(name, statements, tuple((kind, on) for kind in kinds))


TABLES = (
    breach("a table without a declaration", "CREATE TABLE stray (id int)", finds=Kind.TABLE_UNDECLARED, on="stray"),
    breach(
        "a table in a schema of its own",
        "CREATE SCHEMA attic",
        "CREATE TABLE attic.stray (id int)",
        finds=Kind.TABLE_UNDECLARED,
        on="attic.stray",
    ),
    breach("a declared table that is gone", "DROP TABLE lab", finds=Kind.TABLE_MISSING),
    breach("a rule", "CREATE RULE copy AS ON INSERT TO lab DO NOTHING", finds=Kind.RULE_ON_TABLE),
    breach(
        "a new partition without a wall",
        f"CREATE TABLE bare PARTITION OF {_PARTITION} FOR VALUES FROM ('2001-01-01') TO ('2001-01-02')",
        finds=(Kind.RLS_NOT_ENABLED, Kind.RLS_NOT_FORCED, Kind.POLICY_MISSING, Kind.POLICY_MISSING),
        on="bare",
    ),
)

POLICIES = (
    breach("row-level security off", "ALTER TABLE lab DISABLE ROW LEVEL SECURITY", finds=Kind.RLS_NOT_ENABLED),
    breach("not forced", "ALTER TABLE lab NO FORCE ROW LEVEL SECURITY", finds=Kind.RLS_NOT_FORCED),
    breach("no policy", "DROP POLICY tenant_wall ON lab", finds=Kind.POLICY_MISSING),
    breach("no policy on a partition", f"DROP POLICY tenant_wall ON {_PARTITION}", finds=Kind.POLICY_MISSING,
           on=_PARTITION),
    breach("a way round", f"ALTER POLICY tenant_wall ON lab USING ({wall.TENANT_CONDITION} OR label = 'all')",
           finds=Kind.POLICY_DIFFERS),
    breach("reads guarded, writes not", "ALTER POLICY tenant_wall ON lab WITH CHECK (true)",
           finds=Kind.POLICY_DIFFERS),
    breach("a policy for everybody", "ALTER POLICY platform_access ON lab TO PUBLIC", finds=Kind.POLICY_DIFFERS),
    breach("a policy for the app as well", f"ALTER POLICY platform_access ON lab TO {PLATFORM}, {APP}",
           finds=Kind.POLICY_DIFFERS),
    breach("a policy for reads alone", "DROP POLICY tenant_wall ON lab",
           f"CREATE POLICY tenant_wall ON lab FOR SELECT TO {APP} USING ({wall.TENANT_CONDITION})",
           finds=Kind.POLICY_DIFFERS),
    breach("a permissive policy more", "CREATE POLICY open ON lab USING (true)", finds=Kind.POLICY_EXTRA),
    breach("a restrictive policy more", "CREATE POLICY shut ON lab AS RESTRICTIVE USING (false)",
           finds=Kind.POLICY_EXTRA),
    breach("a policy where none belongs", "CREATE POLICY open ON shared USING (true)", finds=Kind.POLICY_EXTRA,
           on="shared"),
    breach("the directory of tenants opened", "ALTER POLICY tenant_wall ON tenants_tenant USING (true)",
           finds=Kind.POLICY_DIFFERS, on="tenants_tenant"),
)  # fmt: skip

KEYS = (
    breach("a tenant that may be unknown", "ALTER TABLE lab DROP CONSTRAINT lab_pkey",
           "ALTER TABLE lab ALTER tenant_id DROP NOT NULL", finds=(Kind.TENANT_COLUMN, Kind.PRIMARY_KEY)),
    breach("a tenant that is no uuid", *(f"DROP POLICY {name} ON lab" for name in ("tenant_wall", "platform_access")),
           "ALTER TABLE lab ALTER tenant_id TYPE text",
           finds=(Kind.POLICY_MISSING, Kind.POLICY_MISSING, Kind.TENANT_COLUMN)),
    breach("no tenant", "DROP POLICY tenant_wall ON lab", "ALTER TABLE lab DROP tenant_id, ADD PRIMARY KEY (id)",
           finds=(Kind.POLICY_MISSING, Kind.TENANT_COLUMN, Kind.PRIMARY_KEY)),
    breach("Django's primary key", "ALTER TABLE lab DROP CONSTRAINT lab_pkey, ADD PRIMARY KEY (id)",
           finds=Kind.PRIMARY_KEY),
    breach("no primary key", "ALTER TABLE lab DROP CONSTRAINT lab_pkey", finds=Kind.PRIMARY_KEY),
    breach("unique across tenants", "ALTER TABLE lab ADD UNIQUE (label)", finds=Kind.UNIQUE_WITHOUT_TENANT),
    breach("a unique expression", "CREATE UNIQUE INDEX ON lab (lower(label))", finds=Kind.UNIQUE_WITHOUT_TENANT),
    breach("exclusion across tenants", "ALTER TABLE lab ADD EXCLUDE USING btree (label WITH =)",
           finds=Kind.UNIQUE_WITHOUT_TENANT),
    breach("unique, the tenant last", "CREATE UNIQUE INDEX ON lab (label, tenant_id)",
           finds=Kind.INDEX_NOT_LED_BY_TENANT),
    breach("an index across tenants", "CREATE INDEX ON lab (label)", finds=Kind.INDEX_NOT_LED_BY_TENANT),
    breach("an index that has the tenant along only", "CREATE INDEX ON lab (label) INCLUDE (tenant_id)",
           finds=Kind.INDEX_NOT_LED_BY_TENANT),
    Breach("a foreign key as Django makes it",
           ("CREATE UNIQUE INDEX ON lab (id)", "ALTER TABLE lab ADD FOREIGN KEY (parent_id) REFERENCES lab (id)"),
           ((Kind.UNIQUE_WITHOUT_TENANT, "lab"), (Kind.FOREIGN_KEY_WITHOUT_TENANT, "lab"))),
    breach("a composite foreign key in the wrong order",
           "ALTER TABLE lab ADD FOREIGN KEY (parent_id, tenant_id) REFERENCES lab (tenant_id, id)",
           finds=Kind.FOREIGN_KEY_WITHOUT_TENANT),
    breach("a declared foreign key that no migration made",
           "ALTER TABLE accounts_userrole DROP CONSTRAINT accounts_userrole_user_id_wall",
           finds=Kind.FOREIGN_KEY_MISSING, on="accounts_userrole"),
    breach("a foreign key that was not checked",
           "ALTER TABLE lab ADD FOREIGN KEY (tenant_id, parent_id) REFERENCES lab NOT VALID",
           finds=Kind.FOREIGN_KEY_UNPROVEN),
    breach("a foreign key that is not enforced",
           "ALTER TABLE lab ADD FOREIGN KEY (tenant_id, parent_id) REFERENCES lab NOT ENFORCED",
           finds=Kind.FOREIGN_KEY_UNPROVEN),
    breach("a foreign key out of the tenant",
           "ALTER TABLE lab ADD FOREIGN KEY (tenant_id) REFERENCES tenants_tenant (id)",
           finds=Kind.FOREIGN_KEY_ACROSS_KINDS),
    breach("a foreign key into a tenant",
           "ALTER TABLE shared ADD FOREIGN KEY (tenant_id, lab_id) REFERENCES lab (tenant_id, id)",
           finds=Kind.FOREIGN_KEY_ACROSS_KINDS, on="shared"),
)  # fmt: skip

RIGHTS = (
    breach("a right less", f"REVOKE DELETE ON lab FROM {APP}", finds=Kind.RIGHTS_DIFFER),
    breach("a right more", f"GRANT SELECT ON lab TO {PLATFORM}", finds=Kind.RIGHTS_DIFFER),
    breach("the audit log made editable", f"GRANT UPDATE ON auditlog_auditevent TO {APP}", finds=Kind.RIGHTS_DIFFER,
           on="auditlog_auditevent"),
    *(breach(right, f"GRANT {right} ON lab TO {APP}", finds=Kind.RIGHTS_PAST_POLICIES)
      for right in ("TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")),
    breach("rights for everybody", "GRANT SELECT ON lab TO PUBLIC", finds=Kind.RIGHTS_OF_PUBLIC),
    breach("a column for everybody", "GRANT SELECT (label) ON lab TO PUBLIC", finds=Kind.RIGHTS_OF_PUBLIC),
    breach("another role", "CREATE ROLE stranger", "GRANT SELECT ON lab TO stranger", finds=Kind.RIGHTS_OF_STRANGER),
    breach("one column", f"GRANT SELECT (label) ON lab TO {PLATFORM}", finds=Kind.RIGHTS_ON_COLUMN),
    breach("a right to pass on", f"GRANT SELECT ON lab TO {APP} WITH GRANT OPTION", finds=Kind.RIGHTS_GRANTABLE),
    breach("a partition", f"GRANT SELECT ON {_PARTITION} TO {APP}", finds=Kind.PARTITION_GRANTED, on=_PARTITION),
    *(breach(f"{right} a sequence", "CREATE SEQUENCE s", f"GRANT USAGE, {right} ON SEQUENCE s TO {APP}",
             finds=Kind.SEQUENCE_READABLE, on="s") for right in ("SELECT", "UPDATE")),
    breach("rights from birth", f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT ON TABLES TO {APP}",
           finds=Kind.DEFAULT_RIGHTS, on=f"tables of {OWNER}"),
    breach("tables of the app's own", f"GRANT CREATE ON SCHEMA public TO {APP}", finds=Kind.SCHEMA_CREATE,
           on="public"),
    breach("temporary tables", f"GRANT TEMP ON DATABASE {{database}} TO {APP}", finds=Kind.DATABASE_RIGHTS,
           on="{database}"),
    breach("everybody may connect", "GRANT CONNECT ON DATABASE {database} TO PUBLIC", finds=Kind.DATABASE_RIGHTS,
           on="{database}"),
)  # fmt: skip

VIEWS_AND_FUNCTIONS = (
    breach("a view with its owner's rights", "CREATE VIEW peek AS SELECT * FROM lab", finds=Kind.VIEW_WITHOUT_INVOKER,
           on="peek"),
    breach("a view for everybody", "CREATE VIEW peek WITH (security_invoker) AS SELECT * FROM lab",
           "GRANT SELECT ON peek TO PUBLIC", finds=Kind.RIGHTS_OF_PUBLIC, on="peek"),
    breach("a granted materialized view", "CREATE MATERIALIZED VIEW peek AS SELECT * FROM lab",
           f"GRANT SELECT ON peek TO {APP}", finds=Kind.MATERIALIZED_VIEW_GRANTED, on="peek"),
    breach("a function with its owner's rights", f"{_OPEN} SET search_path = pg_catalog, pg_temp {_COUNT}",
           f"REVOKE ALL ON FUNCTION peek FROM PUBLIC; GRANT EXECUTE ON FUNCTION peek TO {APP}",
           finds=Kind.DEFINER_UNDECLARED, on="peek()"),
    breach("a declared function that is gone", "DROP FUNCTION provider_company()", finds=Kind.DEFINER_MISSING,
           on="provider_company()"),
    breach("a declared function with its caller's rights", "ALTER FUNCTION provider_company() SECURITY INVOKER",
           finds=Kind.DEFINER_MISSING, on="provider_company()"),
    breach("the caller's search path", "ALTER FUNCTION provider_company() RESET search_path",
           finds=Kind.DEFINER_SEARCH_PATH, on="provider_company()"),
    breach("temporary tables first", "ALTER FUNCTION provider_company() SET search_path = pg_catalog, public",
           finds=Kind.DEFINER_SEARCH_PATH, on="provider_company()"),
    breach("a search path of the user", 'ALTER FUNCTION provider_company() SET search_path = "$user", pg_temp',
           finds=Kind.DEFINER_SEARCH_PATH, on="provider_company()"),
    breach("a function for everybody", "GRANT EXECUTE ON FUNCTION provider_company() TO PUBLIC",
           finds=Kind.DEFINER_EXECUTORS, on="provider_company()"),
    breach("a function for one more", f"GRANT EXECUTE ON FUNCTION auditlog_make_partitions TO {APP}",
           finds=Kind.DEFINER_EXECUTORS, on="auditlog_make_partitions(text, date, date)"),
)  # fmt: skip

ROLES = (
    *(breach(f"{role} with {power}", f"ALTER ROLE {role} {power}", finds=Kind.ROLE_POWER, on=role)
      for role in (APP, PLATFORM)
      for power in ("SUPERUSER", "BYPASSRLS", "CREATEROLE", "CREATEDB", "REPLICATION")),
    breach("an owner above everything", f"ALTER ROLE {OWNER} SUPERUSER", finds=Kind.ROLE_POWER, on=OWNER),
    breach("the app as owner", f"GRANT {OWNER} TO {APP}", finds=Kind.ROLE_MEMBERSHIP, on=APP),
    breach("a role that reads everything", f"GRANT pg_read_all_data TO {PLATFORM}", finds=Kind.ROLE_MEMBERSHIP,
           on=PLATFORM),
    breach("the app as owner by way of another", "CREATE ROLE between", f"GRANT {OWNER} TO between",
           f"GRANT between TO {APP}", finds=Kind.ROLE_MEMBERSHIP, on=APP),
    breach("something of the app's own", "CREATE SEQUENCE s", f"ALTER SEQUENCE s OWNER TO {APP}", finds=Kind.ROLE_OWNS,
           on=APP),
    # As ALTER ROLE, ALTER DATABASE or postgresql.conf would do for every new session.
    breach("a tenant for those who have none", f"SET app.tenant = '{UUID(int=1)}'", finds=Kind.TENANT_PRESET,
           on="{database}"),
    breach("an owner that is filtered", f"ALTER ROLE {OWNER} NOBYPASSRLS", finds=Kind.OWNER_FILTERED, on=OWNER),
    breach("an owner that does not notice", f"ALTER ROLE {OWNER} RESET row_security", finds=Kind.OWNER_FILTERED,
           on=OWNER),
)  # fmt: skip

BREACHES = (*TABLES, *POLICIES, *KEYS, *RIGHTS, *VIEWS_AND_FUNCTIONS, *ROLES)
