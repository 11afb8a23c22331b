"""Reads of the recording policy."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField
from django.db.models.expressions import RawSQL

from auditlog.actions import Kind
from auditlog.models import RetentionClass
from auditlog.recording.models import OPTIONAL_KINDS, RecordingPolicy
from tenants.isolation.context import require_tenant_id
from tenants.isolation.directory import current_company
from tenants.isolation.transactions import current_connection


def current_recording() -> RecordingPolicy:
    """The policy of the tenant in scope; the defaults, unsaved, where nobody has chosen anything."""
    stored = RecordingPolicy.objects.first()
    if stored is not None:
        return stored
    company = current_company()
    kept = RetentionClass.Y7 if company is not None and company.is_provider else RetentionClass.D180
    return RecordingPolicy(retention_class=kept)


def is_captured(kind: Kind) -> bool:
    """Whether an event of that kind is written for the tenant in scope (G4). Asks only where there is a choice."""
    if kind not in OPTIONAL_KINDS:
        return True
    return (RecordingPolicy.objects.first() or RecordingPolicy()).captures(kind)


def is_private_edition() -> bool:
    """Whether the tenant in scope has the Private edition (T2). In SQL: the directory of tenants is built on this."""
    with current_connection().cursor() as cursor:
        cursor.execute("SELECT edition = 'private' FROM tenants_tenant WHERE id = %s", [require_tenant_id()])
        row = cursor.fetchone()
    return bool(row and row[0])


def captured_kinds(now: datetime) -> RawSQL:
    """The optional kinds that are captured, or NULL without a choice, for a query that reads something else anyway."""
    return RawSQL(
        "(SELECT array_remove(ARRAY[CASE WHEN screens THEN 'screen' END, CASE WHEN traced_until > %s THEN 'trace' END],"
        " NULL) FROM recording_recordingpolicy AS r WHERE r.tenant_id = %s)",
        [now, require_tenant_id()],
        output_field=ArrayField(CharField()),
    )


def as_kinds(captured: list[str] | None) -> frozenset[Kind]:
    """What `captured_kinds` has answered; the default where nobody has chosen anything."""
    return frozenset({Kind.SCREEN} if captured is None else map(Kind, captured))
