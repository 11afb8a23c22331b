"""What must be true before an archive is restored; each refusal says what to do."""

from zoneinfo import available_timezones

from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from backups.content import archived_tables
from backups.errors import RestoreRefused
from backups.manifest import Manifest
from backups.release import unknown_migrations
from tenants.isolation.context import tenant_scope
from tenants.isolation.placement import OWNER_ALIAS


@tenant_scope(None)
def check_database() -> None:
    """This process must be able to be the owner, and the schema must be this release's. Raises RestoreRefused."""
    connection = connections[OWNER_ALIAS]
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolbypassrls FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            raise RestoreRefused(_("Restoring needs the owner of the tables: set DATABASE_OWNER_URL for this command."))
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise RestoreRefused(_("The database is older than this release. Run manage.py migrate first."))


def check_manifest(manifest: Manifest) -> None:
    """The archive must not know anything that this release does not. Raises RestoreRefused."""
    if unknown := unknown_migrations(manifest.migrations):
        raise RestoreRefused(
            _("The backup was made by a newer release (%(tool)s); this one does not know: %(migrations)s.")
            % {"tool": manifest.tool, "migrations": ", ".join(unknown)}
        )
    names = [table.name for table in manifest.tables]
    if unknown_tables := sorted(set(names) - {table.name for table in archived_tables()}):
        raise RestoreRefused(
            _("The backup holds tables that this release does not know: %(tables)s.")
            % {"tables": ", ".join(unknown_tables)}
        )
    if len(set(names)) != len(names):
        raise RestoreRefused(_("The backup holds a table twice."))
    if manifest.company.time_zone not in available_timezones():
        raise RestoreRefused(
            _("The backup names an unknown time zone: %(zone)s.") % {"zone": manifest.company.time_zone}
        )
