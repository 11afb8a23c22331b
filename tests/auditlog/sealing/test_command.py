"""`manage.py audit`: seal, verify, keys, export (G2, G7)."""

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from auditlog import tasks
from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.auditlog.conftest import write
from tests.auditlog.sealing.conftest import TABLE, as_owner, wait_for_other_databases
from tests.auditlog.sealing.test_proofs import run_script
from tests.conftest import EVERY_ROLE

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def audit(*arguments: str) -> str:
    """What the command prints."""
    wait_for_other_databases()
    out = StringIO()
    call_command("audit", *arguments, stdout=out)
    return out.getvalue()


def seal() -> None:
    """The job of every minute."""
    wait_for_other_databases()
    tasks.seal()


def test_seal_and_verify(acme: Tenant, globex: Tenant) -> None:
    """G7: by hand, with figures for people and for machines."""
    write(acme)
    assert json.loads(audit("seal", "--json")) == {"segments": 1, "events": 1, "head": 1, "recovered": None}
    assert "Sealed 0 events in 0 segments; anchored head 2." in audit("seal")
    found = json.loads(audit("verify", "--json"))
    assert found["sound"] is True
    assert {row["company_code"]: row["events"] for row in found["tenants"]} == {"ACME": 1, "GLOBEX": 0, "PROVIDER": 0}
    assert [row["company_code"] for row in json.loads(audit("verify", "--tenant", "acme", "--json"))["tenants"]] == [
        "ACME"
    ]
    assert "sound, and anchored" in audit("verify")


def test_verify_fails_with_the_broken_place(acme: Tenant, globex: Tenant) -> None:
    """G7: exit code 1, the event in words, and the others all the same."""
    event = write(acme)
    write(globex)
    seal()
    as_owner(f"UPDATE {TABLE} SET outcome = 'denied' WHERE id = %s", [event.id])

    out = StringIO()
    with pytest.raises(CommandError, match="not as it was sealed") as refused:
        call_command("audit", "verify", "--json", stdout=out)
    assert refused.value.returncode == 1
    found = json.loads(out.getvalue())
    findings = {row["company_code"]: row["finding"] for row in found["tenants"]}
    assert findings["GLOBEX"] is None
    assert findings["ACME"]["kind"] == "event_changed"
    assert str(event.id) in findings["ACME"]["text"]


def test_an_erased_company_is_verified_by_its_chain(acme: Tenant) -> None:
    """R2, G7: as the directory says that it was erased."""
    write(acme)
    seal()
    for table in (TABLE, "sealing_leaves"):
        as_owner(f"DELETE FROM {table} WHERE tenant_id = %s", [acme.id])
    as_owner("UPDATE tenants_tenant SET state = 'erased' WHERE id = %s", [acme.id])
    assert json.loads(audit("verify", "--json"))["sound"] is True


def test_keys_are_published_and_renewed(acme: Tenant, provider: Tenant) -> None:
    """G7: the list grows, and the command is in the provider's log."""
    before = json.loads(audit("keys", "--json"))["keys"]
    after = json.loads(audit("keys", "--rotate", "--json"))["keys"]
    assert after[:-1] == before
    assert after[-1]["vouched_by"]["key_id"] == before[-1]["key_id"]
    assert after[-1]["key_id"] in audit("keys")
    with tenant_transaction(provider.id):
        assert AuditEvent.objects.get().action == "auditlog.key.rotated"


def test_export_to_a_file_that_proves_itself(acme: Tenant, tmp_path: Path) -> None:
    """G2, G7: by days of the company's time zone; the script says yes. A file that is there is not touched."""
    written = [write(acme) for _ in range(3)]
    seal()
    file, today = tmp_path / "export.jsonl", f"{datetime.now(UTC):%Y-%m-%d}"
    period = ("--from", "2026-01-01", "--to", "2099-12-31")
    assert json.loads(audit("export", "acme", *period, "--out", str(file), "--json"))["events"] == 4
    code, said = run_script(file)
    assert code == 0
    assert "3 events are as they were sealed" in said
    assert str(written[0].id) in file.read_text()
    with tenant_transaction(acme.id):
        recorded = AuditEvent.objects.get(action="auditlog.exported")
    assert recorded.after == {
        "from": "2025-12-31T15:00:00+00:00",
        "to": "2099-12-31T15:00:00+00:00",
        "format": "jsonl",
    }
    before = file.read_bytes()
    with pytest.raises(CommandError, match="exists"):
        audit("export", "acme", "--from", today, "--to", today, "--out", str(file))
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("begin", "end", "cause"), [("2026-02-01", "2026-01-01", "before"), ("yesterday", "2026-01-01", "no date")]
)
def test_a_period_that_is_none(acme: Tenant, tmp_path: Path, begin: str, end: str, cause: str) -> None:
    """G2: refused in words, and no file is left."""
    file = tmp_path / "export.jsonl"
    with pytest.raises(CommandError, match=cause):
        audit("export", "acme", "--from", begin, "--to", end, "--out", str(file))
    assert not file.exists()


def test_the_jobs(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """G5, G7: every minute the seals, every night the hashes of what has long expired."""
    from config.schedule import SCHEDULE

    write(acme)
    seal()
    assert tasks.forget_expired_leaves() == 0
    as_owner("UPDATE sealing_leaves SET expires = current_date - 31")
    assert tasks.forget_expired_leaves() == 1
    names = {entry["task"] for entry in SCHEDULE.values()}
    assert {"auditlog.tasks.seal", "auditlog.tasks.forget_expired_leaves"} <= names


def test_the_page_offers_the_proof(acme: Tenant) -> None:
    """G7: from the event's own page, as a file that the script accepts."""
    from accounts.menus import ADMINISTRATOR
    from tests.factories.people import make_person

    admin = make_person(acme, "alice", ADMINISTRATOR)
    event = write(acme)
    seal()
    client = admin.client()
    page: Any = client.get(f"/console/audit/{event.id}/")
    assert f"/console/audit/{event.id}/proof/" in page.content.decode()
    answer = client.get(f"/console/audit/{event.id}/proof/")
    assert answer["Content-Disposition"] == f'attachment; filename="audit-proof-{event.id}.json"'
    assert answer.json()["sealed"] is True
