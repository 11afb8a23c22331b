"""From a company code to its tenant, before anybody has logged in (A1), and back from a tenant to its name.

The directory of tenants is closed to the app role. Functions of the database answer one question at a time.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from tenants.isolation.context import current_tenant_id, tenant_scope
from tenants.isolation.definers import declare_definer
from tenants.isolation.roles import APP, PLATFORM

declare_definer("resolve_company(text)", executors={APP, PLATFORM}, purpose="one company by its code, before log-in")
declare_definer("company_of(uuid)", executors={APP, PLATFORM}, purpose="code, name and state of one tenant by its key")
declare_definer("provider_company()", executors={APP, PLATFORM}, purpose="the provider's own tenant")
declare_definer("is_erased(uuid)", executors={APP, PLATFORM}, purpose="whether one tenant was erased, by its key")


@dataclass(frozen=True, slots=True)
class Company:
    """What every part of the product may know of a tenant. `open` is False once its use has ended (T4).

    `frozen`: its data is being put back from a backup, so nobody enters and nothing is written for now (B6).
    `last_day`: the last day of use of a company whose contract was cancelled.
    """

    tenant_id: UUID
    code: str
    name: str
    open: bool
    is_provider: bool
    frozen: bool = False
    last_day: date | None = None


def normalize_code(text: str) -> str:
    """A company code as stored: NFKC (full-width letters from Japanese input), upper case, no blanks around."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def resolve_company(code: str) -> Company | None:
    """The company of a code, or None. Erased tenants do not resolve."""
    return _ask("SELECT * FROM resolve_company(%s)", [normalize_code(code)])


def current_company() -> Company | None:
    """The company that the running code works for."""
    tenant_id = current_tenant_id()
    return None if tenant_id is None else _ask("SELECT * FROM company_of(%s)", [tenant_id])


def is_erased(tenant_id: UUID) -> bool:
    """Whether a tenant is erased, or is being erased: nothing is done for it any more (R1)."""
    with tenant_scope(None), transaction.atomic(), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT is_erased(%s)", [tenant_id])
        return bool(cursor.fetchone()[0])


def provider_company() -> Company | None:
    """The provider's own company; None on a fresh installation."""
    return _ask("SELECT * FROM provider_company()", [])


def _ask(question: str, params: list[str | UUID]) -> Company | None:
    with tenant_scope(None), transaction.atomic(), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        # A code with a NUL byte would be an error of the driver; no company has one.
        if any(isinstance(value, str) and "\0" in value for value in params):
            return None
        cursor.execute(question, params)
        row = cursor.fetchone()
    return Company(*row) if row else None
