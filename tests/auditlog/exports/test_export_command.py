"""`manage.py audit export`: to a file or a pipe, in constant memory (G2)."""

import json
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from auditlog.exports import csvlog
from auditlog.models import AuditEvent
from auditlog.sealing.keys import published_keys
from auditlog.tasks import seal
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.auditlog.conftest import write
from tests.auditlog.exports.conftest import write_many
from tests.auditlog.exports.test_csvlog import keys_of
from tests.auditlog.sealing.conftest import wait_for_other_databases
from tests.auditlog.sealing.test_proofs import run_script
from tests.backups.processes import environment
from tests.conftest import EVERY_ROLE

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

MIB = 1024 * 1024
# `manage.py` and then the most memory that the process has had; getrusage would count what it was forked from.
_MEASURED = """
import sys
import manage
sys.argv[0] = "manage.py"
manage.main()
print(*(line for line in open("/proc/self/status") if line.startswith("VmHWM")), file=sys.stderr)
"""


def arguments(out: Path | str, form: str = "csv", days: int = 0) -> list[str]:
    """The command for today, or for some days before it."""
    today = timezone.localdate()
    first = (today - timedelta(days=days)).isoformat()
    return ["export", "acme", "--from", first, "--to", today.isoformat(), "--format", form, "--out", str(out)]


def test_a_csv_and_its_signature(acme: Tenant, globex: Tenant, tmp_path: Path) -> None:
    """G2, G10: the company's events of its own days, signed beside it, recorded with the command as the actor."""
    own = write(acme)
    write(globex)
    file, out = tmp_path / "log.csv", StringIO()
    call_command("audit", *arguments(file), "--json", stdout=out)
    content = file.read_bytes()
    assert keys_of(content) == [str(own.id)]
    assert json.loads(out.getvalue()) == {"file": str(file), "events": 1}
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["log.csv", "log.csv.sig.json"]
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(published_keys()))
    assert run_script(tmp_path / "log.csv.sig.json", "--keys", str(keys))[0] == 0
    with tenant_transaction(acme.id):
        event = AuditEvent.objects.get(action="auditlog.exported")
    assert (event.actor_kind, event.actor_user_id) == ("operator", "manage.py")
    assert event.after is not None
    assert event.after["format"] == "csv"
    said = json.loads(json.loads((tmp_path / "log.csv.sig.json").read_text())["statement"])
    assert said["sha256"] == sha256(content).hexdigest()


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_to_a_pipe(acme: Tenant, form: str) -> None:
    """G2: nothing but the file goes to standard output."""
    event = write(acme)
    run = subprocess.run(
        [sys.executable, "manage.py", "audit", *arguments("-", form)],
        cwd=settings.BASE_DIR,
        env=environment() | {"AUDIT_ANCHOR_STORE": settings.AUDIT_ANCHOR_STORE},
        capture_output=True,
        check=True,
    )
    lines = run.stdout.decode().splitlines()
    if form == "csv":
        assert [line.partition(",")[0] for line in lines[1:]] == [str(event.id)]
    else:
        assert json.loads(lines[-2])["events"] == 2  # the export itself is the second one
    assert b"Exported " in run.stderr


def test_what_is_there_is_not_overwritten(acme: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """G2: neither a file that was there before nor one that came meanwhile; and nothing of the attempt is left."""
    write(acme)
    file = tmp_path / "log.csv"
    file.write_text("mine")
    with pytest.raises(CommandError, match="exists"):
        call_command("audit", *arguments(file))
    file.unlink()
    opened = csvlog.export_csv

    def meanwhile(*positional: Any, **named: Any) -> Any:
        file.write_text("mine")
        return opened(*positional, **named)

    monkeypatch.setattr("auditlog.management.commands.audit.export_csv", meanwhile)
    with pytest.raises(CommandError, match="exists"):
        call_command("audit", *arguments(file))
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir() if path.is_file()] == [("log.csv", "mine")]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_file_that_was_not_finished(acme: Tenant, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """G2: a part of a file never bears its name."""
    write(acme)

    def broken(*_args: Any, **_named: Any) -> Any:
        raise OSError("No space left on device")

    monkeypatch.setattr(
        "auditlog.exports.csvlog.csv_rows" if form == "csv" else "auditlog.sealing.exporting.sign", broken
    )
    with pytest.raises(CommandError, match="No space left"):
        call_command("audit", *arguments(tmp_path / "log", form))
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


def test_memory_stays_flat(acme: Tenant, tmp_path: Path) -> None:
    """G2: a process that exports 60,000 events is hardly larger than one that exports a hundred, much less the file.

    docs/audit-export.md has the figures of a million.
    """
    allowed = {"csv": 24 * MIB, "jsonl": 40 * MIB}
    peaks = []
    for count in (100, 60_000):
        write_many(acme, count)
        wait_for_other_databases()
        seal()
        peaks.append({form: _peak(tmp_path / f"{count}.{form}", form) for form in allowed})
    for form, most in allowed.items():
        assert (tmp_path / f"60000.{form}").stat().st_size > most
        assert peaks[1][form] - peaks[0][form] < most


def _peak(file: Path, form: str) -> int:
    """The most memory that the export has had, bytes."""
    run = subprocess.run(
        [sys.executable, "-c", _MEASURED, "audit", *arguments(file, form, days=1)],
        cwd=settings.BASE_DIR,
        env=environment() | {"AUDIT_ANCHOR_STORE": settings.AUDIT_ANCHOR_STORE},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(run.stderr.split()[-2]) * 1024
