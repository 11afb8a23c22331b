"""Django's PostgreSQL backend, which carries the tenant of `tenants.isolation.context` into every transaction.

The value is transaction-local (`SET LOCAL`), so it can never outlive its transaction in a pooled or reused connection,
and it travels in the same message as BEGIN, so it costs no round trip. A statement inside a tenant scope but outside a
transaction would run without a tenant and silently see nothing: that is refused.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.backends.postgresql import base, features
from psycopg import errors, pq

from tenants.isolation.context import current_tenant_id, tenant_scope


class TransactionRequired(RuntimeError):  # noqa: N818
    """A statement was sent inside a tenant scope, but outside a transaction."""


class DatabaseFeatures(features.DatabaseFeatures):
    """PostgreSQL, in which the key of a table is not what Django takes for it."""

    # Django would group by `id` alone, from which the other columns follow only where `id` is the primary key.
    allows_group_by_selected_pks = False


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection, kept in line with the tenant context before every statement (T1)."""

    features_class = DatabaseFeatures

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What the open transaction was told last. Unknown after a rollback to a savepoint, which undoes SET LOCAL.
        self._told_tenant: UUID | None = None
        self._told_is_known = False
        self.execute_wrappers.append(self._before_statement)

    def connect(self) -> None:
        """Open the connection for no tenant: Django asks the server a few things before any transaction can begin."""
        with tenant_scope(None):
            super().connect()

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor, after the transaction was told its tenant: COPY and server-side cursors pass no wrapper."""
        self._tell_tenant()
        return super().create_cursor(name)

    def _before_statement(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        self._tell_tenant()
        return execute(sql, params, many, context)

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]  # django-stubs leaves this hook out
        self._told_is_known = False

    def _tell_tenant(self) -> None:
        """Bring the transaction in line with the context, if it is not."""
        tenant_id = current_tenant_id()
        if self.autocommit:
            if tenant_id is not None:
                raise TransactionRequired("Tenant data needs a transaction: open one with transaction.atomic().")
            return
        status = self.connection.pgconn.transaction_status
        if status == pq.TransactionStatus.IDLE:
            # Without a tenant psycopg sends BEGIN by itself, and a new transaction starts without a tenant.
            if tenant_id is not None:
                self._send(f"BEGIN; SET LOCAL app.tenant = '{tenant_id}'")
        elif status != pq.TransactionStatus.INTRANS or (self._told_is_known and self._told_tenant == tenant_id):
            # A failed transaction or a dead connection answers for itself at the statement.
            return
        else:
            self._send(f"SET LOCAL app.tenant = '{tenant_id or ''}'")
        self._told_tenant, self._told_is_known = tenant_id, True

    def _send(self, command: str) -> None:
        """Send a command below psycopg, which would put a BEGIN of its own, and a round trip, in front of it."""
        with self.wrap_database_errors:
            result = self.connection.pgconn.exec_(command.encode())
            if result.status != pq.ExecStatus.COMMAND_OK:
                raise errors.error_from_result(result, encoding=self.connection.info.encoding)
