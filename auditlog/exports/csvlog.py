"""The audit log of a period as CSV, oldest first, streamed (G2).

Read in portions, each in a transaction of its own, so that a slow reader holds none open and memory stays flat. All of
them see the log as it was at the beginning: an event is taken when its transaction had ended then.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from auditlog.actions import AUDIT_EXPORTED
from auditlog.actors import Actor
from auditlog.exports.columns import Columns
from auditlog.exports.periods import Period
from auditlog.exports.spreadsheet import BOM, csv_rows
from auditlog.models import AuditEvent
from auditlog.sealing.statements import moment
from auditlog.services import record
from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import current_connection, tenant_transaction

Choice = Callable[[QuerySet[AuditEvent]], QuerySet[AuditEvent]]
_PORTION = 2000


def everything(events: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
    """The choice of whoever asks for no choice."""
    return events


@dataclass(slots=True)
class CsvLog:
    """A period of the log of one tenant as bytes. `total` events in all, `events` of them given out up to now."""

    tenant_id: UUID
    period: Period
    columns: Columns
    chosen: Choice
    snapshot: str
    total: int = 0
    events: int = 0

    def __iter__(self) -> Iterator[bytes]:
        """Portions of whole lines. Enters the tenant by itself, as a streamed response must."""
        yield BOM + csv_rows([self.columns.headings])
        for day in self.period.days():
            last: Q | None = Q()
            while last is not None:
                portion, last = self._portion(day, last)
                if portion:
                    yield portion

    def _portion(self, day: Period, after: Q) -> tuple[bytes, Q | None]:
        """The next events of a day as lines, and the condition for those behind them; None when there are none."""
        with tenant_transaction(self.tenant_id):
            rows = list(self.columns.read(self.events_of(day).filter(after).order_by("at", "id"))[:_PORTION])
        self.events += len(rows)
        lines = csv_rows(map(self.columns.row, rows))
        if len(rows) < _PORTION:
            return lines, None
        id_, at = rows[-1][:2]
        return lines, Q(at__gte=at) & (Q(at__gt=at) | Q(id__gt=id_))

    def events_of(self, period: Period) -> QuerySet[AuditEvent]:
        """The events of a part of the period."""
        seen = RawSQL("pg_visible_in_snapshot(transaction_id, %s::pg_snapshot)", [self.snapshot], BooleanField())
        found = AuditEvent.objects.filter(seen, at__gte=period.begin, at__lt=period.end)
        return self.chosen(found)


def export_csv(period: Period, *, language: str, time_zone: str, actor: Actor) -> CsvLog:
    """The whole log of a period for somebody to whom it goes at once: recorded, in the open transaction."""
    log = open_csv(period, language=language, time_zone=time_zone)
    facts = {"from": moment(period.begin), "to": moment(period.end), "format": "csv"}
    record(AUDIT_EXPORTED, actor=actor, after=facts)
    return log


def open_csv(period: Period, *, language: str, time_zone: str, chosen: Choice = everything) -> CsvLog:
    """The log of the tenant in scope as of now, in the transaction that is open."""
    with current_connection().cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        (snapshot,) = cursor.fetchone()
    columns = Columns(language=language, time_zone=time_zone)
    log = CsvLog(require_tenant_id(), period, columns, chosen, snapshot)
    log.total = sum(log.events_of(day).count() for day in period.days())
    return log
