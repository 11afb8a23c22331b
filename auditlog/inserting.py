"""One event into the log by a statement put together once in a process: every write of the product waits for it.

Django would build a query for the key first, and the same INSERT anew each time; that is most of what an event costs.
The wall is the same: the event is of the tenant in scope, in the transaction that was told this tenant, under the
policies of the table.
"""

from functools import cache
from typing import Any

from django.db.models import Field

from auditlog.models import AuditEvent
from tenants.isolation.transactions import current_connection


def insert(event: AuditEvent) -> None:
    """Store a new event of the tenant in scope. Raises NoTenant, WrongTenant."""
    event.check_tenant()
    connection = current_connection()
    statement, given, made = _statement()
    with connection.cursor() as cursor:
        cursor.execute(
            statement, [field.get_db_prep_save(getattr(event, field.attname), connection) for field in given]
        )
        for name, value in zip(made, cursor.fetchone(), strict=True):
            setattr(event, name, value)
    event._state.adding, event._state.db = False, connection.alias


@cache
def _statement() -> tuple[str, list["Field[Any, Any]"], list[str]]:
    """The INSERT, the fields whose values it takes, and those that the database makes and it gives back."""
    fields = AuditEvent._meta.local_concrete_fields
    given = [field for field in fields if not field.has_db_default()]
    made = [field for field in fields if field.has_db_default()]
    columns = ", ".join(f'"{field.column}"' for field in given)
    returned = ", ".join(f'"{field.column}"' for field in made)
    places = ", ".join(["%s"] * len(given))
    table = AuditEvent._meta.db_table
    statement = f'INSERT INTO "{table}" ({columns}) VALUES ({places}) RETURNING {returned}'  # noqa: S608  # names of ours
    return statement, given, [field.attname for field in made]
