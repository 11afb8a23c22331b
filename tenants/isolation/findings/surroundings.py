"""The rules for what is larger than a table: roles, schemas, the database, functions with their owner's rights."""

from collections.abc import Iterator, Mapping

from tenants.isolation.catalogue.facts import PUBLIC, Catalogue, Function, Role
from tenants.isolation.definers import Definer
from tenants.isolation.findings.kinds import Finding, FindingKind
from tenants.isolation.roles import APP, OWNER, ROLES


def findings(catalogue: Catalogue, definers: Mapping[str, Definer]) -> Iterator[Finding]:
    """Everything about the database as a whole."""
    yield from _session(catalogue)
    yield from _roles(catalogue)
    yield from _scopes(catalogue)
    yield from _functions(catalogue, definers)


def _session(catalogue: Catalogue) -> Iterator[Finding]:
    """The product works as the app role, and for nobody until it says for whom."""
    if catalogue.current_user != APP:
        text = f"is the user of the connection to {catalogue.database}; the product must work as {APP}"
        yield Finding(FindingKind.NOT_APP_ROLE, catalogue.current_user, text)
    if catalogue.preset_tenant:
        text = (
            f"sets app.tenant to {catalogue.preset_tenant} for sessions without a tenant (ALTER ROLE, ALTER DATABASE)"
        )
        yield Finding(FindingKind.TENANT_PRESET, catalogue.database, text)


def _roles(catalogue: Catalogue) -> Iterator[Finding]:
    """The three roles are there, and two of them have no power, no other role and no property."""
    present = {role.name: role for role in catalogue.roles}
    for name in ROLES:
        if name not in present:
            yield Finding(FindingKind.ROLE_MISSING, name, "does not exist; run `manage.py database prepare`")
    for role in catalogue.roles:
        yield from _owner(role) if role.name == OWNER else _servant(role)


def _servant(role: Role) -> Iterator[Finding]:
    if role.powers:
        yield Finding(FindingKind.ROLE_POWER, role.name, f"has {', '.join(sorted(role.powers))}")
    if role.member_of:
        yield Finding(FindingKind.ROLE_MEMBERSHIP, role.name, f"can become {', '.join(role.member_of)}")
    for thing in role.owns:
        yield Finding(FindingKind.ROLE_OWNS, role.name, f"owns {thing}, and an owner can take its wall down")


def _owner(role: Role) -> Iterator[Finding]:
    """A filtered owner changes no row without saying so, and calls foreign keys valid that are not."""
    if "SUPERUSER" in role.powers:
        yield Finding(FindingKind.ROLE_POWER, role.name, "has SUPERUSER")
    if "BYPASSRLS" not in role.powers:
        yield Finding(FindingKind.OWNER_FILTERED, role.name, "lacks BYPASSRLS: migrations would see no rows")
    if role.row_security != "off":
        yield Finding(FindingKind.OWNER_FILTERED, role.name, "lacks row_security=off: a filter would not be an error")


def _scopes(catalogue: Catalogue) -> Iterator[Finding]:
    """The three roles connect, and that is all: who may create has no wall round what they make."""
    for grant in catalogue.schema_grants:
        if grant.right == "CREATE":
            yield Finding(FindingKind.SCHEMA_CREATE, grant.scope, f"is a schema in which {grant.grantee} may create")
    for grant in catalogue.database_grants:
        if grant.right != "CONNECT" or grant.grantee not in ROLES:
            yield Finding(FindingKind.DATABASE_RIGHTS, grant.scope, f"grants {grant.right} to {grant.grantee}")
    for grant in catalogue.default_grants:
        text = f"will be born with {grant.right} for {grant.grantee}"
        yield Finding(FindingKind.DEFAULT_RIGHTS, grant.scope, text)


def _functions(catalogue: Catalogue, definers: Mapping[str, Definer]) -> Iterator[Finding]:
    """Functions with their owner's rights: declared, with a fixed search path, for those who are named."""
    ours = [function for function in catalogue.functions if not function.extension]
    for function in ours:
        yield from _definer(function, definers.get(function.name))
    for name in definers.keys() - {function.name for function in ours}:
        yield Finding(FindingKind.DEFINER_MISSING, name, "is declared and does not exist, or runs as its caller")


def _definer(function: Function, declared: Definer | None) -> Iterator[Finding]:
    if not _is_pinned(function.search_path):
        text = f"runs as its owner with search_path {function.search_path or 'of the caller'}; end it with pg_temp"
        yield Finding(FindingKind.DEFINER_SEARCH_PATH, function.name, text)
    if declared is None:
        yield Finding(FindingKind.DEFINER_UNDECLARED, function.name, "runs as its owner and is not declared")
    wanted = frozenset() if declared is None else declared.executors
    if PUBLIC in function.executors or (declared is not None and function.executors != wanted):
        text = f"may be called by {', '.join(sorted(function.executors)) or 'nobody'}"
        yield Finding(FindingKind.DEFINER_EXECUTORS, function.name, text)


def _is_pinned(search_path: str | None) -> bool:
    """Whether names mean the same for every caller: temporary objects last, nothing that depends on the user."""
    schemas = [] if search_path is None else [schema.strip().strip('"') for schema in search_path.split(",")]
    return bool(schemas) and schemas[-1] == "pg_temp" and "$user" not in schemas
