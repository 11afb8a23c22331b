"""A company with data of every kind, and its data return unpacked."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.conf import LazySettings
from django.utils import timezone, translation

from auditlog.actors import Actor
from auditlog.tasks import seal
from config.celery import app
from retention.returning.asking import ask_return
from retention.returning.models import DataReturn, ReturnState
from retention.returning.objects import PartReader, stored_runs
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.auditlog.sealing.conftest import wait_for_other_databases
from tests.backups.conftest import Stored, furnish


@pytest.fixture(autouse=True)
def stores(settings: LazySettings, tmp_path: Path) -> None:
    """Stores of this test alone."""
    settings.AUDIT_ANCHOR_STORE = f"file://{tmp_path}/anchors"
    settings.VAULT_DOCUMENT_STORE = f"file://{tmp_path}/documents"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages are compared in the language in which they are written."""
    with translation.override("en"):
        yield


@pytest.fixture
def jobs_wait() -> Iterator[None]:
    """Jobs stay in the queue: nobody is there to do them."""
    app.conf.task_always_eager = False
    yield
    app.control.purge()
    app.conf.task_always_eager = True


@pytest.fixture
def company(acme: Tenant) -> Stored:
    """ACME with people, files and settings."""
    return furnish(acme, size=20_000)


def asked(tenant: Tenant, actor: Actor) -> DataReturn:
    """A data return that its job has written already, if jobs run at once."""
    with tenant_transaction(tenant.id):
        row = ask_return(actor=actor)
    return refreshed(row)


def listed(tenant: Tenant, count: int) -> list[DataReturn]:
    """Data returns that can be fetched, as far as their rows say."""
    now = timezone.now()
    part = {"number": 1, "size": 10, "sha256": "0" * 64, "entries": 1, "block_size": 10}
    with tenant_transaction(tenant.id):
        return [
            DataReturn.objects.create(
                state=ReturnState.READY, language="en", time_zone="Asia/Tokyo", asked_by_name=f"Person {number}",
                run=uuid4(), parts=[part], snapshot_at=now, finished_at=now, expires_at=now + timedelta(days=1),
            )
            for number in range(count)
        ]  # fmt: skip


def refreshed(row: DataReturn) -> DataReturn:
    """The row as it is now."""
    with tenant_transaction(row.tenant_id):
        return DataReturn.objects.get(id=row.id)


def part_of(row: DataReturn, number: int = 1) -> bytes:
    """The whole file of a part."""
    part = row.files[number - 1]
    return b"".join(PartReader(row, part, 0, part.size))


def runs_in_store(tenant: Tenant) -> set[str]:
    """The runs that have something in the store."""
    with tenant_transaction(tenant.id):
        return set(stored_runs())


@dataclass
class Unpacked:
    """The entries of all parts by path."""

    entries: dict[str, bytes] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest."""
        found: dict[str, Any] = json.loads(self.entries["manifest.json"])
        return found

    def rows(self, table: str) -> list[dict[str, Any]]:
        """A table as its JSON Lines have it."""
        return [json.loads(line) for line in self.entries[f"data/{table}.jsonl"].splitlines()]

    def cells(self, table: str) -> list[dict[str, str]]:
        """The same as its CSV has it, under the keys alone."""
        text = self.entries[f"data/{table}.csv"].decode("utf-8-sig")
        rows = csv.DictReader(io.StringIO(text, newline=""))
        return [{key.rpartition("[")[2].rstrip("]"): value for key, value in row.items()} for row in rows]


def unpacked(parts: list[bytes]) -> Unpacked:
    """What is in the files."""
    found = Unpacked()
    for number, content in enumerate(parts, 1):
        with ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None
            for name in archive.namelist():
                assert name not in found.entries, f"{name} is there twice"
                found.entries[name] = archive.read(name)
                found.parts[name] = number
    return found


def seal_now() -> None:
    """Seal what has been recorded."""
    wait_for_other_databases()
    seal()
