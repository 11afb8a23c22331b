"""Reads of imports."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.people.models import UserImport

_SHOWN = 10


def find_import(key: UUID) -> UserImport | None:
    """The import of that key in this tenant, with its content."""
    return UserImport.objects.filter(id=key).first()


def import_for_change(key: UUID) -> UserImport | None:
    """The same, locked until the transaction ends."""
    return UserImport.objects.select_for_update(of=("self",)).filter(id=key).first()


def state_of_import(key: UUID) -> UserImport | None:
    """The same without what makes it large: for a page that asks every second."""
    return UserImport.objects.defer("content", "problems").filter(id=key).first()


def newest_imports() -> QuerySet[UserImport]:
    """The last few imports, newest first."""
    return UserImport.objects.defer("content", "problems").order_by("-uploaded_at", "-id")[:_SHOWN]
