"""The product's side: a write, the same with `record()`, and the same with the row of the record inserted by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter, process_time
from typing import Any, Self
from uuid import UUID

from django.db import connections
from django.http import HttpResponse
from django.test import RequestFactory
from psycopg.types.json import Jsonb

from auditlog.actors import Actor, ActorKind
from auditlog.context import current_origin
from auditlog.middleware import RequestContextMiddleware
from auditlog.models import AuditEvent
from auditlog.services import record
from benchmarks.audit.beside.ledger.fields import SAMPLE, Fields
from documents.actions import COUNTERPARTY_CHANGED
from tenants.isolation.models import new_id
from tenants.isolation.placement import OWNER_ALIAS
from tenants.isolation.roles import APP
from tenants.isolation.transactions import tenant_transaction

_COLUMNS = [field.column for field in AuditEvent._meta.local_concrete_fields if field.name != "salt"]  # a default's
_INSERT = f"INSERT INTO {{}} ({', '.join(_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_COLUMNS))})"
_ASIDE = "benchmark_event"


class Document(Fields):
    """What is written: the same fields, on the same kind of table, as on the other side."""

    class Meta:
        app_label = "benchmarks_audit"


@dataclass
class Written:
    """A row, and somebody of a tenant who changes it."""

    tenant_id: UUID
    actor: Actor
    row: Document
    backend: int

    @classmethod
    def create(cls) -> Self:
        """Make the tables and the row."""
        with connections[OWNER_ALIAS].schema_editor() as editor:
            editor.create_model(Document)
            editor.execute(f"CREATE TABLE {_ASIDE} (LIKE auditlog_auditevent INCLUDING DEFAULTS)")
            editor.execute(f"ALTER TABLE {_ASIDE} ADD PRIMARY KEY (tenant_id, at, id, retention_class)")
            for column in ("target_id", "actor_id"):
                editor.execute(f"CREATE INDEX ON {_ASIDE} (tenant_id, {column}, at)")
            for table in (_ASIDE, Document._meta.db_table, f"{Document._meta.db_table}_id_seq"):
                editor.execute(f"GRANT ALL ON {table} TO {APP}")
        tenant_id = new_id()
        with tenant_transaction(tenant_id), connections["default"].cursor() as cursor:
            row = Document.objects.create(**SAMPLE)
            cursor.execute("SELECT pg_backend_pid()")
            (backend,) = cursor.fetchone()
        return cls(tenant_id, Actor(ActorKind.USER, "erin", "Erin Example", new_id()), row, backend)

    def bare(self, number: int) -> tuple[float, float]:
        """The write alone."""
        return self._request(number, lambda _before, _after: None)

    def recorded(self, number: int) -> tuple[float, float]:
        """As every service of the product does it."""
        return self._request(number, self._record)

    def inserted(self, number: int) -> tuple[float, float]:
        """The row of the record into the log, by one statement that was written by hand."""
        return self._request(number, lambda before, after: self._insert("auditlog_auditevent", before, after))

    def inserted_aside(self, number: int) -> tuple[float, float]:
        """The same into a table of the same columns and indexes, without partitions and policies."""
        return self._request(number, lambda before, after: self._insert(_ASIDE, before, after))

    def _request(self, number: int, note: Callable[[dict[str, Any], dict[str, Any]], Any]) -> tuple[float, float]:
        request = RequestFactory().post("/documents/", headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64)"})

        def view(_request: Any) -> HttpResponse:
            with tenant_transaction(self.tenant_id):
                before = _shown(self.row)
                self.row.amount, self.row.state = number, f"state {number % 5}"
                self.row.changed_at = datetime.now(UTC)
                self.row.save()
                note(before, _shown(self.row))
            return HttpResponse()

        handle = RequestContextMiddleware(view)
        used, started = process_time(), perf_counter()
        handle(request)
        return perf_counter() - started, process_time() - used

    def _record(self, before: dict[str, Any], after: dict[str, Any]) -> None:
        record(COUNTERPARTY_CHANGED, actor=self.actor, target=self.row, before=before, after=after)

    def _insert(self, table: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        where = current_origin()
        values = {
            "id": new_id(),
            "tenant_id": self.tenant_id,
            "at": datetime.now(UTC),
            "retention_class": "d180",
            "kind": "data",
            "action": COUNTERPARTY_CHANGED.code,
            "outcome": "success",
            "actor_kind": "user",
            "actor_id": self.actor.id,
            "actor_user_id": self.actor.user_id,
            "actor_name": self.actor.name,
            "ip": where.ip,
            "user_agent": where.user_agent,
            "session_id": where.session_id,
            "request_id": where.request_id,
            "target_type": "benchmarks_audit.document",
            "target_id": str(self.row.pk),
            "target_label": self.row.name,
            "before": Jsonb(before),
            "after": Jsonb(after),
        }
        with connections["default"].cursor() as cursor:
            cursor.execute(_INSERT.format(table), [values[column] for column in _COLUMNS])


def _shown(row: Document) -> dict[str, Any]:
    return {"amount": str(row.amount), "state": row.state, "changed_at": row.changed_at.isoformat()}
