"""All users as CSV, streamed in short transactions, recorded (A8, G9)."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import queries
from accounts.models import User
from accounts.people.actions import USERS_EXPORTED
from accounts.people.columns import LABELS
from auditlog.actors import Actor
from auditlog.exports.spreadsheet import BOM, csv_rows
from auditlog.services import Target, record
from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import atomic, tenant_transaction

_BATCH = 500
# Stable: new columns are added at the end.
HEADINGS: tuple[Promise, ...] = (
    *LABELS.values(),
    _("State"),
    _("Time zone"),
    _("Registered"),
    _("Last log-in"),
)


@atomic()
def export_users(*, actor: Actor) -> Iterator[bytes]:
    """Record the export; the returned stream is read with no transaction open, in the language of now."""
    count = queries.users().count()
    record(USERS_EXPORTED, actor=actor, target=Target("accounts.user"), after={"users": count, "format": "csv"})
    return _stream(require_tenant_id(), translation.get_language() or "ja", timezone.get_current_timezone_name())


def template() -> bytes:
    """The headings of a list to import, in the language of now."""
    return BOM + csv_rows([LABELS.values()])


def _stream(tenant_id: UUID, language: str, zone: str) -> Iterator[bytes]:
    """In portions by user ID, each in a transaction of its own: a slow reader holds none open."""
    after = ""
    with translation.override(language):
        yield BOM + csv_rows([HEADINGS])
    while True:
        with tenant_transaction(tenant_id), translation.override(language), timezone.override(zone):
            people = list(queries.users().filter(user_id__gt=after)[:_BATCH])
            portion = csv_rows(_row(person) for person in people)
        if not people:
            return
        after = people[-1].user_id
        yield portion


def _row(person: User) -> list[object]:
    return [
        person.user_id,
        person.name,
        person.email,
        "; ".join(sorted(role.name for role in person.roles.all())),
        person.language,
        person.get_state_display(),
        person.time_zone,
        _moment(person.created_at),
        _moment(person.last_login),
    ]


def _moment(value: datetime | None) -> str:
    return timezone.localtime(value).isoformat(sep=" ", timespec="seconds") if value else ""
