"""Restore drills: a backup is restored into a scratch database, looked at and measured (B5, B6)."""

import pytest

from auditlog.models import AuditEvent
from backups.drills.models import CheckCode, Drill
from backups.drills.services import drill_company
from backups.models import Archive
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.backups.conftest import ACTOR
from tests.conftest import EVERY_ROLE

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def test_a_sound_backup(verified: Archive, provider: Tenant) -> None:
    """B5, B6: everything is looked at and measured; it is kept, and on record with the company and the provider."""
    with tenant_scope(verified.tenant_id):
        drill = drill_company(actor=ACTOR)
    assert (drill.sound, drill.cause, drill.error) == (True, "", "")
    assert [check["code"] for check in drill.checks] == list(CheckCode)
    assert (drill.archive_id, drill.rows, drill.files_opened) == (verified.id, verified.row_count, 4)
    assert 0 < drill.load_seconds < drill.seconds == pytest.approx(drill.load_seconds + drill.check_seconds)
    with platform_transaction():
        assert Drill.objects.get().id == drill.id
    for tenant_id in (verified.tenant_id, provider.id):
        with tenant_transaction(tenant_id):
            event = AuditEvent.objects.get(action="backups.drill.passed")
            assert (event.after or {})["archive"] == str(verified.id)
