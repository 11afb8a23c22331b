"""The questions to the catalogue. The columns of each are the fields of the fact that `reader` makes of a row."""

# ruff: noqa: S608 - put together from constants of this file alone

from tenants.isolation import roles

_OURS = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'"
_NAME = "CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END || {}"
_GRANTEE = "CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END::text"
_EXTENSION = """coalesce((SELECT e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
    WHERE d.classid = '{}'::regclass AND d.objid = {}.oid AND d.deptype = 'e'), '')::text"""
_THREE = ", ".join(f"'{role}'" for role in roles.ROLES)


def _names(relation: str, numbers: str) -> str:
    """The names of columns by their numbers, in order; '' for an expression."""
    return f"""(SELECT array_agg(coalesce(att.attname, '')::text ORDER BY key.place)
        FROM unnest({numbers}) WITH ORDINALITY AS key(number, place)
        LEFT JOIN pg_attribute att ON att.attrelid = {relation} AND att.attnum = key.number AND key.number > 0)"""


SESSION = "SELECT current_database(), current_user::text, coalesce(current_setting('app.tenant', true), '')"

RELATIONS = f"""
    SELECT c.oid, {_NAME.format("c.relname")}, c.relkind::text, c.relrowsecurity, c.relforcerowsecurity,
        CASE WHEN c.relispartition THEN
            (SELECT {_NAME.format("r.relname")} FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace
             WHERE r.oid = pg_partition_root(c.oid))
        ELSE '' END,
        coalesce((SELECT option_value::boolean FROM pg_options_to_table(c.reloptions)
                  WHERE option_name = 'security_invoker'), false),
        {_EXTENSION.format("pg_class", "c")},
        ARRAY(SELECT w.rulename::text FROM pg_rewrite w WHERE w.ev_class = c.oid AND w.rulename <> '_RETURN')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND {_OURS}
    ORDER BY 2
"""

COLUMNS = f"""
    SELECT a.attrelid, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE a.attnum > 0 AND NOT a.attisdropped AND {_OURS} ORDER BY a.attrelid, a.attnum
"""

POLICIES = """
    SELECT polrelid, polname::text, polpermissive,
        ARRAY(SELECT CASE role WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(role)::text END FROM unnest(polroles) role),
        polcmd::text, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
    FROM pg_policy ORDER BY polrelid, polname
"""

# Partitions repeat the keys of their parents, and a key to a partitioned table one for each partition: conparentid.
# Only newer servers know keys that are not enforced, hence the way over JSON.
FOREIGN_KEYS = f"""
    SELECT k.conrelid, k.conname::text, {_names("k.conrelid", "k.conkey")}, {_NAME.format("t.relname")},
        {_names("k.confrelid", "k.confkey")},
        k.convalidated AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)
    FROM pg_constraint k JOIN pg_class t ON t.oid = k.confrelid JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE k.contype = 'f' AND k.conparentid = 0
    ORDER BY k.conrelid, k.conname
"""

INDEXES = f"""
    SELECT i.indrelid, c.relname::text, {_names("i.indrelid", "(i.indkey::int2[])[0:i.indnkeyatts - 1]")},
        i.indisunique OR i.indisexclusion, i.indisprimary
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {_OURS} ORDER BY i.indrelid, c.relname
"""

GRANTS = f"""
    SELECT c.oid, {_GRANTEE}, a.privilege_type, a.is_grantable, ''
    FROM pg_class c, aclexplode(c.relacl) a WHERE a.grantee <> c.relowner
    UNION ALL
    SELECT c.oid, {_GRANTEE}, a.privilege_type, a.is_grantable, att.attname::text
    FROM pg_class c JOIN pg_attribute att ON att.attrelid = c.oid, aclexplode(att.attacl) a
    WHERE a.grantee <> c.relowner
    ORDER BY 1, 2, 3, 5
"""

FUNCTIONS = f"""
    SELECT {_NAME.format("p.proname")} || '(' || oidvectortypes(p.proargtypes) || ')',
        (SELECT substr(setting, length('search_path=') + 1) FROM unnest(p.proconfig) setting
         WHERE setting LIKE 'search_path=%'),
        ARRAY(SELECT {_GRANTEE} FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
              WHERE a.grantee <> p.proowner ORDER BY 1),
        {_EXTENSION.format("pg_proc", "p")}
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prosecdef AND {_OURS}
    ORDER BY 1
"""

ROLES = f"""
    SELECT r.rolname::text,
        ARRAY(SELECT power FROM (VALUES ('SUPERUSER', r.rolsuper), ('BYPASSRLS', r.rolbypassrls),
            ('CREATEROLE', r.rolcreaterole), ('CREATEDB', r.rolcreatedb), ('REPLICATION', r.rolreplication)
            ) AS attribute(power, has) WHERE has ORDER BY power),
        ARRAY(WITH RECURSIVE reach(role) AS (
                SELECT m.roleid FROM pg_auth_members m WHERE m.member = r.oid
                UNION SELECT m.roleid FROM pg_auth_members m JOIN reach ON m.member = reach.role)
            SELECT pg_get_userbyid(role)::text FROM reach ORDER BY 1),
        ARRAY(SELECT pg_describe_object(o.classid, o.objid, o.objsubid) FROM pg_shdepend o
            WHERE o.refclassid = 'pg_authid'::regclass AND o.refobjid = r.oid AND o.deptype = 'o'
              AND o.dbid IN (0, (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
            ORDER BY 1),
        coalesce((SELECT substr(setting, length('row_security=') + 1)
            FROM pg_db_role_setting s, unnest(s.setconfig) setting
            WHERE s.setrole = r.oid AND s.setdatabase = 0 AND setting LIKE 'row_security=%'), '')
    FROM pg_roles r WHERE r.rolname IN ({_THREE})
    ORDER BY 1
"""

SCHEMA_GRANTS = f"""
    SELECT n.nspname::text, {_GRANTEE}, a.privilege_type
    FROM pg_namespace n, aclexplode(n.nspacl) a WHERE a.grantee <> n.nspowner AND {_OURS} ORDER BY 1, 2, 3
"""

DATABASE_GRANTS = f"""
    SELECT d.datname::text, {_GRANTEE}, a.privilege_type
    FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
    WHERE d.datname = current_database() AND a.grantee <> d.datdba ORDER BY 1, 2, 3
"""

DEFAULT_GRANTS = f"""
    SELECT CASE f.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions'
            WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE 'large objects' END
        || ' of ' || pg_get_userbyid(f.defaclrole) || coalesce(' in ' || n.nspname, ''),
        {_GRANTEE}, a.privilege_type
    FROM pg_default_acl f LEFT JOIN pg_namespace n ON n.oid = f.defaclnamespace, aclexplode(f.defaclacl) a
    WHERE a.grantee <> f.defaclrole ORDER BY 1, 2, 3
"""
