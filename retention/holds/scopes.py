"""From what an order says to what it reaches: a path, a user ID, two days (R5).

Operators do not see what companies have: they write what the order of the authority names, and it is found or not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from documents.models import Document, Folder
from retention.holds.models import Extent, Scope
from tenants.isolation.context import platform_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What an order names: `name` is the path of a folder or document, or a user ID.

    The days are whole ones, in the zone of the company. They bound an audit log, and what is disclosed of all else.
    """

    scope: Scope
    name: str = ""
    first_day: date | None = None
    last_day: date | None = None

    def put_into(self, extent: Extent, tenant: Tenant) -> None:
        """Fill in whom and what the extent reaches. Raises ValidationError for what the company has not got."""
        extent.tenant_id = tenant.id
        extent.company_code, extent.company_name = tenant.company_code, tenant.name
        extent.scope = self.scope
        if self.scope == Scope.AUDIT or (self.first_day and self.last_day):
            extent.since, extent.until = self._period(tenant)
        if self.scope in _FINDERS:
            with platform_scope(False), tenant_transaction(tenant.id):
                extent.scope_id, extent.scope_label = _FINDERS[self.scope](self.name.strip())

    def _period(self, tenant: Tenant) -> tuple[datetime, datetime]:
        if self.first_day is None or self.last_day is None:
            raise ValidationError(_("Give the first and the last day."), code="days")
        if self.first_day > self.last_day:
            raise ValidationError(_("The first day is after the last one."), code="days")
        zone = ZoneInfo(tenant.time_zone)
        after = self.last_day + timedelta(days=1)
        return datetime.combine(self.first_day, time(), zone), datetime.combine(after, time(), zone)


def _folder(path: str) -> tuple[UUID, str]:
    names = [name for name in path.split("/") if name]
    folder: Folder | None = None
    for name in names:
        folder = Folder.objects.filter(parent=folder, name=name).first()
        if folder is None:
            break
    if folder is None:
        raise ValidationError({"name": _("The company has no folder of this path.")})
    return folder.id, "/".join(names)


def _document(path: str) -> tuple[UUID, str]:
    way, _slash, name = path.strip("/").rpartition("/")
    folder_id = _folder(way)[0] if way else None
    here = {"folder_id": folder_id} if folder_id else {"folder": None}
    document = Document.objects.filter(**here, name=name).first()
    if document is None:
        raise ValidationError({"name": _("The company has no document of this path.")})
    return document.id, path.strip("/")


def _person(user_id: str) -> tuple[UUID, str]:
    user = User.objects.filter(user_id__iexact=user_id).first()
    if user is None:
        raise ValidationError({"name": _("The company has no user of this user ID.")})
    return user.id, user.user_id


_FINDERS: dict[Scope, Callable[[str], tuple[UUID, str]]] = {
    Scope.FOLDER: _folder,
    Scope.DOCUMENT: _document,
    Scope.PERSON: _person,
}
