"""A million documents of a thousand tenants, in the product's own tables.

Keys are computed from numbers, so that any row can be named without a look-up. Rows lie in the tables in the order of
time, as they would after some years: the rows of one tenant are spread among those of all others.
"""

import random
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from accounts.menus import BUILT_IN_ROLES, READER
from accounts.models import Role, User, UserRole, UserState
from benchmarks.filling import bulk, insert
from documents.models import Document, DocumentVersion, Folder
from tenants.models import Tenant

DOCUMENTS_IN_FOLDER = 50
USERS = 10

# A key with the form of a UUIDv7: first the number of the row among those of its tenant, which grows with time.
_KEY = "(lpad(to_hex({}), 12, '0') || '70008000' || lpad(to_hex(tenant), 12, '0'))::uuid"
_FOLDER_NUMBER = f"((number - 1) / {DOCUMENTS_IN_FOLDER} + 1)"
_USER_NUMBER = f"(number %% {USERS} + 1)"
_TIME = "now() - interval '3 years' * (1 - number::float / documents)"


def key(number: int, tenant: int) -> UUID:
    """The key of a tenant's row; the tenant's own is that of number 0."""
    return UUID(f"{number:012x}70008000{tenant:012x}")


@dataclass(frozen=True, slots=True)
class Place:
    """One tenant, and one of its documents."""

    tenant: int
    number: int

    @property
    def tenant_id(self) -> UUID:
        """The tenant's key."""
        return key(0, self.tenant)

    @property
    def document_id(self) -> UUID:
        """The document's key."""
        return key(self.number, self.tenant)

    @property
    def folder_id(self) -> UUID:
        """The key of the folder that the document is in."""
        return key(self.folder_number, self.tenant)

    @property
    def folder_number(self) -> int:
        """The number in the name of that folder."""
        return (self.number - 1) // DOCUMENTS_IN_FOLDER + 1

    @property
    def user_id(self) -> UUID:
        """The key of the tenant's first user."""
        return key(1, self.tenant)


@dataclass(frozen=True, slots=True)
class Dataset:
    """How many documents the tenants have: all the same, or half of the rows with the first one."""

    tenants: int
    rows: int
    skewed: bool

    @property
    def largest(self) -> int:
        """Documents of the first tenant."""
        return self.rows // 2 if self.skewed else self.others

    @property
    def others(self) -> int:
        """Documents of each other tenant."""
        return self.rows // 2 // (self.tenants - 1) if self.skewed else self.rows // self.tenants

    def any_place(self, chance: random.Random) -> Place:
        """Some document of some tenant, but not of the one with half of the rows."""
        return Place(chance.randint(2, self.tenants), chance.randint(1, self.others))

    def place_in_largest(self, chance: random.Random) -> Place:
        """Some document of the first tenant."""
        return Place(1, chance.randint(1, self.largest))

    def fill(self) -> None:
        """Put these rows in place of all others."""
        tables = (Tenant, Role, User, UserRole, Folder, Document, DocumentVersion)
        with bulk() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(model._meta.db_table for model in tables)} CASCADE")
            self._fill_tenants(cursor)
            self._fill_documents(cursor)

    def _fill_tenants(self, cursor: psycopg.Cursor[Any]) -> None:
        tenants = f"FROM generate_series(1, {self.tenants}) AS tenant"
        people = f"{tenants}, generate_series(1, {USERS}) AS number"
        menus = next(role.menus for role in BUILT_IN_ROLES if role.code == READER)
        insert(cursor, Tenant, tenants, id=_KEY.format(0), company_code="'T-' || tenant", name="'Tenant ' || tenant")
        common = {"tenant_id": _KEY.format(0), "id": _KEY.format(1)}
        insert(cursor, Role, tenants, **common, code=f"'{READER}'", menus=f"'{{{','.join(menus)}}}'")
        common["id"] = _KEY.format("number")
        person = {"user_id": "'user-' || number", "name": "'User ' || number", "state": f"'{UserState.ACTIVE}'"}
        insert(cursor, User, people, **common, **person)
        insert(cursor, UserRole, people, **common, user_id=_KEY.format("number"), role_id=_KEY.format(1))

    def _fill_documents(self, cursor: psycopg.Cursor[Any]) -> None:
        counts = f"(SELECT tenant, CASE tenant WHEN 1 THEN {self.largest} ELSE {self.others} END AS documents"
        counts += f" FROM generate_series(1, {self.tenants}) AS tenant) AS counts"
        numbers = f"FROM {counts}, generate_series(1, documents) AS number ORDER BY number::float / documents, tenant"
        folders = f"FROM {counts}, generate_series(1, (documents - 1) / {DOCUMENTS_IN_FOLDER} + 1) AS number"
        common = {"tenant_id": _KEY.format(0), "id": _KEY.format("number")}
        named = {"name": "'Folder ' || number", "search_name": "'folder ' || number"}
        insert(cursor, Folder, folders, **common, **named, created_by_name="'User 1'")
        named = {"name": "'Document ' || number || '.pdf'", "search_name": "'document ' || number || '.pdf'"}
        insert(cursor, Document, numbers, **common, **named, folder_id=_KEY.format(_FOLDER_NUMBER), version_number="1")
        insert(
            *(cursor, DocumentVersion, numbers),
            **common,
            document_id=_KEY.format("number"),
            number="1",
            object_name="'object-' || number",
            size="10000 + number",
            sha256="repeat('0', 64)",
            content_type="'application/pdf'",
            uploaded_by_id=_KEY.format(_USER_NUMBER),
            uploaded_by_name=f"'User ' || {_USER_NUMBER}",
            uploaded_at=_TIME,
        )
