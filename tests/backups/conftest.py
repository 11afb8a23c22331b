"""Companies with data of every kind, and stores of their own for every test."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.utils import timezone, translation
from moto.server import ThreadedMotoServer

from accounts.menus import ADMINISTRATOR, EDITOR
from auditlog.actors import Actor
from backups import catalogue, tableparts
from backups.models import Archive, State
from backups.services import back_up
from backups.taking import take_archive
from backups.verifying import verify_archive
from backups.watch.points import keep_point
from documents.contents import store_file
from documents.models import Counterparty
from documents.names import Place
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import atomic, tenant_transaction
from tenants.models import Tenant
from tests.factories.people import Person, make_person
from vault.aws import client

ACTOR = Actor.system("tests")
# What breaks text formats and encodings: COPY's own marks, line ends of every kind, quotes, the ends of Unicode.
AWKWARD = "行1\n行2\r\n\tタブ \\N \\. \\x00 \"'`,; 鬱🈁 \u2028 \ufffd \x01\x7f"


@dataclass(frozen=True)
class Stored:
    """A company with people and files; `files` holds their contents by path."""

    tenant: Tenant
    admin: Person
    files: dict[str, bytes]


@dataclass(frozen=True)
class Bucket:
    """A bucket by its name, and a client of its server."""

    name: str
    s3: Any

    def lock(self, key: str) -> None:
        """Let nobody delete what the object is now, for a month."""
        until = datetime.now(UTC) + timedelta(days=30)
        self.s3.put_object_retention(
            Bucket=self.name, Key=key, Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until}
        )


@pytest.fixture(autouse=True)
def stores(settings: LazySettings, tmp_path: Path) -> None:
    """Empty stores of documents and backups; the keys are those of the suite, which its tenants have."""
    settings.VAULT_DOCUMENT_STORE = f"file://{tmp_path}/documents"
    settings.VAULT_BACKUP_STORE = f"file://{tmp_path}/backups"
    settings.AUDIT_ANCHOR_STORE = f"file://{tmp_path}/anchors"


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    """An S3 server on the loopback interface."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def own_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every table with rows has a part of its own, as large ones have."""
    monkeypatch.setattr(tableparts, "SMALL_TABLE", 0)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages are compared in the language in which they are written."""
    with translation.override("en"):
        yield


@pytest.fixture
def in_bucket(s3_address: str, settings: LazySettings) -> Bucket:
    """The backup store is a bucket with versions and locks."""
    settings.S3_ENDPOINT_URL = s3_address
    settings.S3_ACCESS_KEY_ID = settings.S3_SECRET_ACCESS_KEY = "test"
    bucket = f"backups-{uuid4()}"
    s3 = client("s3", endpoint=s3_address, region=settings.S3_REGION)
    s3.create_bucket(
        Bucket=bucket,
        CreateBucketConfiguration={"LocationConstraint": settings.S3_REGION},
        ObjectLockEnabledForBucket=True,
    )
    settings.VAULT_BACKUP_STORE = f"s3://{bucket}"
    return Bucket(bucket, s3)


@pytest.fixture(params=["folder", "bucket"])
def store_kind(request: pytest.FixtureRequest) -> str:
    """The backup store is a folder, then a bucket. To be named before the fixtures that store something."""
    if request.param == "bucket":
        request.getfixturevalue("in_bucket")
    return str(request.param)


def furnish(tenant: Tenant, *, size: int = 3_000_000) -> Stored:
    """Give a company users, folders, counterparties and files; one file is larger than a segment of its cipher."""
    admin = make_person(tenant, "anna", ADMINISTRATOR, name=f"安娜 {tenant.company_code}")
    make_person(tenant, "emil", EDITOR, name=AWKWARD[:100])
    files = {
        "契約/2026年/請求書①.pdf": "請求書".encode() * 1000,
        "empty.txt": b"",
        "binary.dat": bytes(range(256)) * 64 + b"\x00\x00\\N\n\\.\n",
        f"large {tenant.company_code}.dat": tenant.company_code.encode() * (size // 5),
    }
    with tenant_scope(tenant.id):
        for path, content in files.items():
            *folders, name = path.split("/")
            store_file([content], place=Place(tuple(folders), name), actor=admin.actor)
        with atomic():
            Counterparty.objects.create(code="T-1", name="株式会社テスト", note=AWKWARD)
    return Stored(tenant, admin, files)


@pytest.fixture
def stored(acme: Tenant) -> Stored:
    """ACME with data."""
    return furnish(acme)


@pytest.fixture
def neighbour(globex: Tenant) -> Stored:
    """GLOBEX with data, under the same user IDs."""
    return furnish(globex, size=5000)


@pytest.fixture
def take(acme: Tenant) -> Callable[[], Archive]:
    """Take an archive of ACME."""

    def taking() -> Archive:
        with tenant_scope(acme.id):
            return take_archive(actor=ACTOR)

    return taking


@pytest.fixture
def archive(stored: Stored, take: Callable[[], Archive]) -> Archive:
    """An archive of ACME with data, not verified yet."""
    return take()


@pytest.fixture
def verified(archive: Archive) -> Archive:
    """An archive of ACME that was verified: one that is drilled."""
    with tenant_scope(archive.tenant_id):
        assert verify_archive(archive, actor=ACTOR)
    return archive


@pytest.fixture
def backed_up(stored: Stored) -> Archive:
    """A verified generation of ACME with data; the contract has two versions."""
    with tenant_scope(stored.tenant.id):
        store_file([b"second"], place=Place(("契約", "2026年"), "請求書①.pdf"), actor=stored.admin.actor)
        return back_up(actor=ACTOR).archive


Made = Callable[..., Archive]


@pytest.fixture
def made() -> Made:
    """Lists an archive of a company that was begun some hours ago and verified half an hour later."""

    def making(tenant: Tenant, *, hours: float, verified: bool = True) -> Archive:
        begun = timezone.now() - timedelta(hours=hours)
        with tenant_transaction(tenant.id):
            archive = catalogue.begin()
            archive.created_at = archive.snapshot_at = begun
            archive.state, archive.size = State.COMPLETE, 1000
            if verified:  # not by its service: there is no audit log of last year to write to
                archive.state, archive.verified_at = State.VERIFIED, begun + timedelta(minutes=30)
                keep_point(archive)
            archive.save()
        return archive

    return making
