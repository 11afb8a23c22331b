"""Indexes by which the log is read at ten million events. What each costs an insert: benchmarks/README.md."""

from django.db import migrations

TABLE = "auditlog_auditevent"

FORWARDS = [
    # Whoever reads knows a user by the user ID; events of people who were not logged in have nothing else.
    "DROP INDEX auditlog_event_actor",
    f"CREATE INDEX auditlog_event_user ON {TABLE} (tenant_id, actor_user_id, at)",
    # Kinds and actions that are rare; and the numbers of the chart, which are counted from the index alone.
    f"CREATE INDEX auditlog_event_action ON {TABLE} (tenant_id, kind, action, at)",
    f"CREATE INDEX auditlog_event_ip ON {TABLE} (tenant_id, ip, at)",
    # Few events fail or are denied, so there is little to keep.
    f"CREATE INDEX auditlog_event_trouble ON {TABLE} (tenant_id, at) WHERE outcome <> 'success'",
]
BACKWARDS = [
    *(f"DROP INDEX auditlog_event_{name}" for name in ("trouble", "ip", "action", "user")),
    f"CREATE INDEX auditlog_event_actor ON {TABLE} (tenant_id, actor_id, at)",
]


class Migration(migrations.Migration):
    dependencies = [("viewing", "0001_initial"), ("auditlog", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
