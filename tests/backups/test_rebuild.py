"""Pull the plug: the database directory is deleted, and the service is rebuilt from its backups (B5, B6)."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from config.stack import acquire, describe, remove

_PATIENCE = 60.0
_TRUNCATE = """
    DO $$ DECLARE every text; BEGIN
        SELECT string_agg(format('%I', tablename), ', ') INTO every FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'django_migrations';
        EXECUTE 'TRUNCATE ' || every;
    END $$
"""


@pytest.fixture
def var_dir() -> Iterator[Path]:
    """A var directory that the servers' account may enter."""
    with tempfile.TemporaryDirectory(prefix="sekisho-rebuild-") as parent:
        Path(parent).chmod(0o755)
        yield Path(parent) / "var"
        remove(Path(parent) / "var")


def start(var_dir: Path, *arguments: str) -> "subprocess.Popen[str]":
    """Begin a process of the installation; nothing of the test run's own database is known to it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    chosen = {"SEKISHO_VAR": str(var_dir), "SEKISHO_MODE": "test", "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=kept | chosen | {"LOG_LEVEL": "ERROR"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(var_dir: Path, *arguments: str) -> Any:
    """The same to its end; the JSON that it printed."""
    process = start(var_dir, *arguments)
    out, errors = process.communicate(timeout=170)
    assert process.returncode == 0, out + errors
    return json.loads(out)


def service(var_dir: Path, deed: str) -> Any:
    """A deed of `tests/backups/smallservice.py`."""
    return run(var_dir, "-m", "tests.backups.smallservice", deed)


def rebuild_and_kill(var_dir: Path) -> None:
    """Empty the database, begin a rebuild, and kill -9 it while it loads companies."""
    url = describe(var_dir).admin_url.removesuffix("postgres") + "sekisho"
    with acquire(var_dir), psycopg.connect(url) as held:
        held.execute("SET session_replication_role = replica")  # the ledger of invoices refuses it to everybody else
        held.execute(_TRUNCATE)
        held.commit()
        held.execute("LOCK TABLE documents_counterparty IN SHARE MODE")
        process = start(var_dir, "manage.py", "backup", "rebuild")
        deadline = time.monotonic() + _PATIENCE
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'documents_counterparty'::regclass"
        with psycopg.connect(url, autocommit=True) as watching:
            while not (watching.execute(waiting).fetchone() or (0,))[0] and time.monotonic() < deadline:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(0.05)
        process.kill()
        process.communicate()


def test_the_database_directory_is_gone(var_dir: Path) -> None:
    """B5, B6, G7: one command; everybody logs in, files open, logs verify; killed in the middle, it goes on."""
    before = service(var_dir, "make")["companies"]
    run(var_dir, "manage.py", "backup", "run", "--all", "--json")
    shutil.rmtree(describe(var_dir).home / "postgres")

    report = run(var_dir, "manage.py", "backup", "rebuild", "--json")

    assert report["findings"] == []
    assert {one["company_code"]: one["audit"] for one in report["companies"]} == dict.fromkeys(before, "verified")
    assert report["total_seconds"] > 0
    found = service(var_dir, "check")
    assert set(found["companies"]) == set(before)
    for code, company in before.items():
        after = found["companies"][code]
        assert (after["id"], after["rows"], after["files"]) == (company["id"], company["rows"], company["files"])
        assert set(company["events"]) < set(after["events"])
        assert found["audit"][code][0] is None
        assert found["audit"][code][1] >= len(company["events"])
    assert found["heads"] == "None"
    assert found["opened"] == {code: sorted(before[code]["files"].values()) for code in ("ACME", "GLOBEX")}
    assert found["platform_archives"] == [report["platform_archive"]]
    ((kind, tenant_id, sound, seconds, rows),) = found["rebuilds"]
    assert (kind, tenant_id, sound) == ("rebuild", before["PROVIDER"]["id"], True)
    assert round(seconds, 3) >= round(report["total_seconds"], 3)
    assert rows > sum(one["rows"] for one in report["companies"])
    assert found["flipped"]["part"] in found["flipped"]["said"]

    again = start(var_dir, "manage.py", "backup", "rebuild")
    _out, errors = again.communicate(timeout=120)
    assert again.returncode == 1
    assert "空ではありません" in errors

    rebuild_and_kill(var_dir)
    resumed = service(var_dir, "resume")
    assert (resumed["resumed"], resumed["findings"]) == (True, [])
    assert {code: company["rows"] for code, company in resumed["companies_after"].items()} == {
        code: company["rows"] for code, company in before.items()
    }
