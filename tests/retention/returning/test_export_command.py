"""`manage.py tenant export`: plain ZIP files in a folder, whole or not at all (R3)."""

import json
import resource
import shutil
import subprocess
from hashlib import sha256
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command

from auditlog.models import AuditEvent
from retention.returning import packing
from tenants.isolation.transactions import tenant_transaction
from tests.backups.conftest import Stored
from tests.conftest import EVERY_ROLE
from tests.retention.returning.conftest import unpacked

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def exported(*options: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("tenant", "export", *options, stdout=out)
    return out.getvalue()


def test_into_a_folder(company: Stored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3: parts that are whole, names that other programs read too, recorded in the company's log."""
    monkeypatch.setattr(packing, "PART_BYTES", 40_000)
    (tmp_path / "out").mkdir()
    left_over = tmp_path / "out" / "ACME-data-return-20260101-000000-01.zip.part"
    left_over.write_bytes(b"of an export that was killed")
    said = json.loads(exported("acme", "--out", str(tmp_path / "out"), "--json"))
    paths = [Path(part["file"]) for part in said["parts"]]
    assert sorted((tmp_path / "out").iterdir()) == paths
    assert len(paths) > 1
    assert [sha256(path.read_bytes()).hexdigest() for path in paths] == [part["sha256"] for part in said["parts"]]
    assert all(path.stat().st_mode & 0o077 == 0 for path in paths)
    found = unpacked([path.read_bytes() for path in paths])
    assert found.manifest["parts"] == len(paths)
    assert {entry["path"]: entry["part"] for entry in found.manifest["entries"]} == {
        path: part
        for path, part in found.parts.items()
        if not path.endswith("/") and path not in {"manifest.json", "manifest.sig.json"}
    }
    for path, content in company.files.items():
        assert found.entries[f"files/{path}"] == content
    if shutil.which("unzip"):
        listed = subprocess.run(["unzip", "-l", *paths[-1:]], capture_output=True, check=True).stdout
        assert b"manifest.json" in listed
    with tenant_transaction(company.tenant.id):
        (event,) = AuditEvent.objects.filter(action="retention.return.written")
    assert (event.actor_user_id, event.after["files"]) == ("manage.py", 4)  # type: ignore[index]


def test_a_full_disk(company: Stored, tmp_path: Path) -> None:
    """R3: told in words, nothing is left, and the command can be given again."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, hard))
    try:
        with pytest.raises(CommandError, match="Nothing was left there"):
            exported("ACME", "--out", str(tmp_path))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.glob("*.zip*")) == []
    assert "4 files, as of" in exported("ACME", "--out", str(tmp_path), "--language", "en")
    (part,) = tmp_path.glob("*.zip")
    with ZipFile(part) as archive:
        assert archive.testzip() is None


def test_what_cannot_be_exported(company: Stored, tmp_path: Path) -> None:
    """R3: a folder that is not there, a company that is not."""
    with pytest.raises(CommandError, match="is not a folder"):
        exported("ACME", "--out", str(tmp_path / "absent"))
    with pytest.raises(CommandError, match="No tenant has"):
        exported("NOBODY", "--out", str(tmp_path))
