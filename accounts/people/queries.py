"""Reads of imports."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User, UserState
from accounts.people.models import UserImport
from accounts.queries import menus_of

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


def who_started(row: UserImport, menu: str) -> User | None:
    """Who queued the import, if they still may: a job has the rights of the person whose work it does (ASVS 8.3.3)."""
    if row.queued_by_id is None:
        return None
    user = User.objects.filter(id=row.queued_by_id, state=UserState.ACTIVE).first()
    return user if user is not None and menu in menus_of(user) else None
