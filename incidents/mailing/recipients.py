"""Who is told: the people of some companies by one statement, wherever their rows are (T2, N1, N2, N6).

Only those who may log in now, in a company that has not left. A person has a language; where none was chosen, it is
that of the company: Japanese, unless its invoices go abroad. In each company an address is told once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS

from accounts.models import UserState
from incidents.mailing.models import Audience
from tenants.contract.countries import Country
from tenants.contract.models import Organisation
from tenants.isolation.context import platform_scope
from tenants.isolation.placement import placement_of
from tenants.isolation.transactions import current_connection, platform_transaction, tenant_transaction
from tenants.models import State, Tenant

# What makes somebody an administrator, whatever the role is called.
_ADMINISTRATION = "console.users"
_PEOPLE = """
SELECT p.tenant_id, p.id, p.email, p.language
  FROM accounts_user p
 WHERE p.tenant_id = ANY(%(tenants)s) AND p.state = %(active)s AND p.email <> ''
   AND (%(everybody)s OR EXISTS (
       SELECT 1 FROM accounts_userrole h
         JOIN accounts_role r ON r.tenant_id = h.tenant_id AND r.id = h.role_id
        WHERE h.tenant_id = p.tenant_id AND h.user_id = p.id AND r.menus @> ARRAY[%(menu)s]::varchar[]))
 ORDER BY p.tenant_id, p.user_id
"""
_READERS = """
SELECT p.id, p.name, p.time_zone FROM accounts_user p
 WHERE p.tenant_id = ANY(%(tenants)s) AND p.id = ANY(%(people)s) AND p.state = %(active)s
"""


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address of a company, and whose it is: nobody's account for the contact that the contract names."""

    tenant_id: UUID
    user_id: UUID | None
    address: str
    language: str


@dataclass(frozen=True, slots=True)
class Reader:
    """What a mail says of the person who reads it."""

    name: str
    time_zone: str


def recipients_of(tenant_ids: Collection[UUID], audience: str) -> dict[UUID, list[Recipient]]:
    """Everybody of an audience in these companies; nobody of those that were erased. Reads as the platform role."""
    with platform_transaction():
        left = set(Tenant.objects.filter(id__in=tenant_ids, state=State.ERASED).values_list("id", flat=True))
        organisations = Organisation.objects.in_bulk(list(tenant_ids))
    told = [tenant_id for tenant_id in tenant_ids if tenant_id not in left]
    found: dict[UUID, dict[str, Recipient]] = defaultdict(dict)
    values = {"everybody": audience == Audience.EVERYBODY, "menu": _ADMINISTRATION}
    for tenant_id, user_id, address, language in _ask(_PEOPLE, told, values):
        spoken = language or _language_of(organisations.get(tenant_id))
        found[tenant_id].setdefault(address.casefold(), Recipient(tenant_id, user_id, address, spoken))
    if audience != Audience.ADMINISTRATORS:
        for tenant_id in told:
            organisation = organisations.get(tenant_id)
            if organisation and (address := organisation.system_email):
                contact = Recipient(tenant_id, None, address, _language_of(organisation))
                found[tenant_id].setdefault(address.casefold(), contact)
    return {tenant_id: list(people.values()) for tenant_id, people in found.items()}


def readers_of(people: Iterable[tuple[UUID, UUID]]) -> dict[UUID, Reader]:
    """Of these (tenant, person) who still may log in, by the person's key. Reads as the platform role."""
    people = list(people)
    values = {"people": [user_id for _tenant_id, user_id in people]}
    tenant_ids = {tenant_id for tenant_id, _user_id in people}
    return {user_id: Reader(name, zone) for user_id, name, zone in _ask(_READERS, tenant_ids, values)}


def companies_told(tenant_ids: Collection[UUID] | None) -> list[UUID]:
    """The companies that a mailing goes to: those named, or all that use the service; as the platform role.

    One whose use has ended is told of what names it, since its data is still here; one that is erased, of nothing.
    """
    with platform_transaction():
        tenants = Tenant.objects.exclude(state=State.ERASED)
        if tenant_ids is None:
            tenants = tenants.exclude(state=State.SUSPENDED).filter(is_provider=False)
        else:
            tenants = tenants.filter(id__in=tenant_ids)
        return list(tenants.order_by("id").values_list("id", flat=True))


def _language_of(organisation: Organisation | None) -> str:
    return "ja" if organisation is None or organisation.country == Country.JP else "en"


def _ask(statement: str, tenant_ids: Collection[UUID], values: dict[str, Any]) -> list[Any]:
    """The rows of all companies in the shared database at once, and of each one that has a database of its own."""
    values["active"] = UserState.ACTIVE.value
    apart = [tenant_id for tenant_id in tenant_ids if placement_of(tenant_id) != DEFAULT_DB_ALIAS]
    shared = [tenant_id for tenant_id in tenant_ids if tenant_id not in apart]
    rows: list[Any] = []
    if shared:
        with platform_transaction():
            rows += _run(statement, shared, values)
    for tenant_id in apart:
        with platform_scope(active=False), tenant_transaction(tenant_id):
            rows += _run(statement, [tenant_id], values)
    return rows


def _run(statement: str, tenant_ids: list[UUID], values: dict[str, Any]) -> list[Any]:
    with current_connection().cursor() as cursor:
        cursor.execute(statement, {**values, "tenants": tenant_ids})
        return list(cursor.fetchall())
