"""`backup doctor` and its monthly run: evidence of what the configured stores refuse (B3)."""

import json

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from auditlog.models import AuditEvent
from backups.sites.models import CHECKS, StoreName
from backups.sites.queries import newest_store_checks
from backups.sites.tasks import examine_stores
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.backups.conftest import Bucket
from tests.conftest import EVERY_ROLE
from vault.stores import backup_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def test_what_is_relied_on_must_hold(
    provider: Tenant, in_bucket: Bucket, settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    """B3: with locks in the settings a store that lets them be shortened, as moto does, is not sound, and exit is 1."""
    settings.BACKUP_LOCK_DAYS = 7
    with pytest.raises(CommandError, match="Not to be relied upon: backups"):
        call_command("backup", "doctor", "--store", "backups", "--json")
    (result,) = json.loads(capsys.readouterr().out)
    found = {check["check"]: check for check in result["checks"]}
    assert found["locked_delete"]["held"]
    assert found["shortened_lock"] == {
        "check": "shortened_lock",
        "expected": "its lock cannot be shortened",
        "observed": "accepted",
        "held": False,
        "essential": True,
    }
    assert found.keys() < CHECKS.keys()
    (kept,) = newest_store_checks()
    assert (kept.store, kept.sound, kept.checks) == ("backups", False, result["checks"])
    assert kept.weaknesses == ["Refuses to shorten a lock", "Locks large objects as well", "Refuses a wrong checksum"]
    with tenant_transaction(provider.id):
        event = AuditEvent.objects.get(action="backups.store.examined")
    assert event.outcome == "failure"
    assert (event.after or {})["not_held"] == ["shortened_lock", "locked_upload", "checksum"]


def test_the_monthly_examination(provider: Tenant, settings: LazySettings) -> None:
    """B3: every store that there is, and nothing stays behind in any."""
    settings.VAULT_BACKUP_COPY_STORE = settings.VAULT_BACKUP_STORE.replace("/backups", "/copies")
    examine_stores()
    examine_stores()
    assert [(check.store, check.sound, check.server) for check in newest_store_checks()] == [
        (StoreName.ANCHORS, True, "folder"),
        (StoreName.BACKUPS, True, "folder"),
        (StoreName.COPIES, True, "folder"),
    ]
    assert list(backup_store().list()) == []


def test_for_people(provider: Tenant, capsys: pytest.CaptureFixture[str], settings: LazySettings) -> None:
    """B3: the table says plainly what a folder does not refuse."""
    call_command("backup", "doctor", "--store", "backups")
    assert "a weakness" in capsys.readouterr().out
    with pytest.raises(CommandError, match="VAULT_BACKUP_COPY_STORE"):
        call_command("backup", "doctor", "--store", "copies")
