"""Heads are anchored once and for all, on disk and in a bucket (G7)."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import LazySettings
from moto.server import ThreadedMotoServer

from auditlog.models import AuditEvent
from auditlog.sealing import anchors
from auditlog.sealing.errors import RolledBack
from auditlog.sealing.findings import FindingKind
from auditlog.sealing.models import Head
from auditlog.sealing.sealer import Sealed, anchor_heads
from tenants.models import Tenant
from tests.auditlog.conftest import write
from tests.auditlog.sealing.conftest import as_owner, everything_is_sound, found_in_heads
from tests.conftest import EVERY_ROLE
from vault.aws import client
from vault.errors import StoreUnavailable
from vault.stores import anchor_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


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
def in_bucket(s3_address: str, settings: LazySettings) -> None:
    """The anchor store is a bucket."""
    settings.S3_ENDPOINT_URL = s3_address
    settings.S3_ACCESS_KEY_ID = settings.S3_SECRET_ACCESS_KEY = "test"
    bucket = f"anchors-{uuid4()}"
    s3 = client("s3", endpoint=s3_address, region=settings.S3_REGION)
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": settings.S3_REGION})
    settings.AUDIT_ANCHOR_STORE = f"s3://{bucket}/audit"


@pytest.fixture(params=["folder", "bucket"])
def store_kind(request: pytest.FixtureRequest) -> str:
    """A folder, then a bucket. To be named before the fixtures that seal something."""
    if request.param == "bucket":
        request.getfixturevalue("in_bucket")
    return str(request.param)


def test_heads_and_keys_are_anchored(store_kind: str, acme: Tenant, sealed_log: list[AuditEvent]) -> None:
    """G7: each head with the segments that came with it, and the public keys beside them."""
    assert everything_is_sound(acme)
    for number in (1, 2, 3):
        anchor = anchors.fetch(number)
        assert anchor.head.statement == Head.objects.using("owner").get(number=number).statement
        assert [str(acme.id), number] in [closed[:2] for closed in anchor.closed]
    with anchor_store().open("keys/0001.json") as reader:
        assert json.loads(reader.read())["format"] == "sekisho-audit-keys-1"


def test_a_head_is_never_replaced(store_kind: str, acme: Tenant, sealed_log: list[AuditEvent]) -> None:
    """G7: not by another of its number, even a signed one; the same again is fine."""
    heads = list(Head.objects.using("owner").order_by("number"))
    anchors.put(heads[1], [])
    heads[1].statement = heads[0].statement
    with pytest.raises(RolledBack):
        anchors.put(heads[1], [])
    assert everything_is_sound(acme)


def test_a_bucket_is_asked_not_to_replace(in_bucket: None, acme: Tenant, sealed_log: list[AuditEvent]) -> None:
    """G7: the write itself is conditional, so that two sealers at once cannot both win."""
    asked: list[Any] = []
    writer = anchor_store().writer("heads/probe.json")
    writer._client.meta.events.register(  # type: ignore[attr-defined]
        "before-parameter-build.s3.PutObject", lambda params, **_: asked.append(params.get("IfNoneMatch"))
    )
    writer.write(b"{}")
    writer.commit()
    assert asked == ["*"]


def test_a_store_that_was_away_stops_the_sealer_for_that_time(
    acme: Tenant, seal_all: Callable[[], Sealed], settings: LazySettings, anchor_place: Path
) -> None:
    """G7: the sealer waits for it, so that no head is made that the store may contradict; nothing is lost meanwhile."""
    seal_all()
    anchor_place.rename(anchor_place.with_name("away"))
    settings.PRODUCTION = True  # elsewhere a missing folder is made
    settings.AUDIT_ANCHOR_STORE = f"file://{anchor_place}"
    for _ in range(2):
        write(acme)
        with pytest.raises(StoreUnavailable):
            seal_all()
    anchor_place.with_name("away").rename(anchor_place)
    assert seal_all().events == 2
    assert everything_is_sound(acme)
    assert all(anchors.exists(head.number) for head in Head.objects.using("owner"))


def test_heads_that_are_not_anchored_are_found(
    acme: Tenant, sealed_log: list[AuditEvent], seal_all: Callable[[], Sealed], anchor_place: Path
) -> None:
    """G7: somebody removed the last ones from the store; they come back with the next run."""
    for number in (2, 3):
        (anchor_place / anchors.name_of(number)).unlink()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16), tick=False):
        assert found_in_heads() == FindingKind.NOT_ANCHORED
    anchor_heads()
    assert everything_is_sound(acme)


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"statement": "{}"}'])
def test_a_damaged_anchor_is_found(
    acme: Tenant, sealed_log: list[AuditEvent], anchor_place: Path, content: bytes
) -> None:
    """G7: rather a complaint than trust."""
    path = anchor_place / anchors.name_of(3)
    path.chmod(0o600)
    path.write_bytes(content)
    assert found_in_heads() == FindingKind.ANCHOR_FORGED


def test_a_forged_anchor_is_found(acme: Tenant, sealed_log: list[AuditEvent], anchor_place: Path) -> None:
    """G7: a head that fits a forged database, without our signature."""
    path = anchor_place / anchors.name_of(3)
    path.chmod(0o600)
    path.write_text(path.read_text().replace('\\"size\\":2', '\\"size\\":4'))
    assert found_in_heads() == FindingKind.ANCHOR_FORGED


def test_another_history_with_good_signatures_is_found(
    acme: Tenant, sealed_log: list[AuditEvent], seal_all: Callable[[], Sealed]
) -> None:
    """G7: rolled back, and sealed anew by our own sealer before anybody looked: the anchors differ."""
    as_owner("DELETE FROM sealing_head WHERE number = 3")
    as_owner("DELETE FROM sealing_leaves WHERE seq = 3")
    as_owner("DELETE FROM sealing_segment WHERE seq = 3")
    with pytest.raises(RolledBack):
        seal_all()
    assert found_in_heads() == FindingKind.ROLLED_BACK
