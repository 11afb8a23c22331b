"""What only a bucket can be asked: uploads in parts, versions, locks, broken connections."""

import base64
import hashlib
import socket
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from pytest_django import Settings

from vault.aws import client
from vault.errors import ObjectExists, ObjectRetained, StoreUnavailable
from vault.stores import Lock, S3Store, open_store
from vault.stores.s3 import PART


@pytest.fixture
def store(s3: Any, bucket: str) -> S3Store:
    return S3Store(s3, bucket, "p")


class _Proxy(socketserver.ThreadingTCPServer):
    """Passes requests on, and cuts the connection in the middle of the first answers."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, upstream: str, *, cuts: int, after: int) -> None:
        super().__init__(("127.0.0.1", 0), _Relay)
        self.upstream = urlsplit(upstream)
        self.cuts = cuts
        self.after = after
        self.requests: list[bytes] = []


class _Relay(socketserver.BaseRequestHandler):
    server: _Proxy

    def handle(self) -> None:
        request = self._whole_request()
        self.server.requests.append(request)
        limit = None
        if self.server.cuts:
            self.server.cuts -= 1
            limit = self.server.after
        address = (self.server.upstream.hostname, self.server.upstream.port)
        with socket.create_connection(address) as upstream:
            upstream.sendall(request)
            passed = 0
            while data := upstream.recv(65536):
                if limit is not None and limit < 0:
                    return
                self.request.sendall(data)
                passed += len(data)
                if limit is not None and passed > limit:
                    return

    def _whole_request(self) -> bytes:
        request = b""
        while b"\r\n\r\n" not in request:
            request += self.request.recv(65536)
        head, _, body = request.partition(b"\r\n\r\n")
        headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if headers.get(b"expect"):
            self.request.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        while len(body) < int(headers.get(b"content-length", 0)):
            body += self.request.recv(65536)
        return head.replace(b"Expect: 100-continue\r\n", b"") + b"\r\n\r\n" + body


@pytest.fixture
def proxied(s3: Any, aws: str, bucket: str) -> Iterator[tuple[_Proxy, S3Store]]:
    with _Proxy(aws, cuts=0, after=1_000_000) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.01,))
        thread.start()
        host, port = proxy.server_address[:2]
        boto = client("s3", endpoint=f"http://{host!s}:{port}", region="ap-northeast-1")
        yield proxy, S3Store(boto, bucket, "p")
        boto.close()
        proxy.shutdown()
        thread.join()


def test_keys_stay_below_the_prefix(store: S3Store, s3: Any, bucket: str) -> None:
    """Two stores may share a bucket (not with the key store: vault.W001) and do not see each other."""
    other = S3Store(s3, bucket, "pq")
    store.put("x", b"1")
    other.put("x", b"2")
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["p/x", "pq/x"]
    assert [info.name for info in store.list()] == ["x"]
    store.delete("x")
    assert [info.name for info in other.list()] == ["x"]


def test_large_objects_go_in_parts_with_checksums(store: S3Store, s3: Any, bucket: str) -> None:
    """8 MiB parts, each with its SHA-256, so that a server notices what the network did (B4)."""
    sent: list[str] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        sent.append(params["headers"]["x-amz-checksum-sha256"])

    s3.meta.events.register("before-call.s3.UploadPart", note)
    content = b"z" * 20_000_000
    store.put("big", [content[:7_000_000], content[7_000_000:]])
    parts = [content[start : start + PART] for start in range(0, len(content), PART)]
    assert sent == [base64.b64encode(hashlib.sha256(part).digest()).decode() for part in parts]
    assert s3.head_object(Bucket=bucket, Key="p/big")["ETag"].endswith(f'-{len(parts)}"')


def test_a_deletion_takes_every_version(store: S3Store, s3: Any, bucket: str) -> None:
    """In a bucket that keeps versions nothing stays behind a delete marker: destroyed keys are destroyed (R1)."""
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    store.put("x", b"1")
    s3.put_object(Bucket=bucket, Key="p/x", Body=b"put there by somebody else")
    store.put("xy", b"another object whose name begins alike")
    store.delete("x")
    versions = s3.list_object_versions(Bucket=bucket, Prefix="p/")
    assert [version["Key"] for version in versions["Versions"]] == ["p/xy"]
    assert "DeleteMarkers" not in versions


@pytest.fixture
def locking(s3: Any) -> str:
    """A bucket with Object Lock."""
    name = f"locking-{uuid4()}"
    s3.create_bucket(
        Bucket=name,
        CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"},
        ObjectLockEnabledForBucket=True,
    )
    return name


def versions_in(s3: Any, bucket: str) -> list[list[str]]:
    """The keys of all versions, and of all delete markers."""
    listed = s3.list_object_versions(Bucket=bucket)
    return [[entry["Key"] for entry in listed.get(kind, ())] for kind in ("Versions", "DeleteMarkers")]


@pytest.mark.parametrize("hold", [False, True])
def test_a_locked_object_is_retained(s3: Any, locking: str, hold: bool) -> None:
    """B4: Object Lock wins and says so; the object stays, is not hidden behind a marker, and is not written anew."""
    store = S3Store(s3, locking)
    store.put("x", b"1")
    if hold:
        s3.put_object_legal_hold(Bucket=locking, Key="x", LegalHold={"Status": "ON"})
    else:
        until = datetime.now(UTC) + timedelta(days=1)
        s3.put_object_retention(Bucket=locking, Key="x", Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until})
    with pytest.raises(ObjectRetained, match="legal hold" if hold else "locked until"):
        store.delete("x")
    assert versions_in(s3, locking) == [["x"], []]
    assert [info.name for info in store.list()] == ["x"]
    with pytest.raises(ObjectExists):
        store.put("x", b"2")


def test_an_older_locked_version_keeps_all(s3: Any, locking: str) -> None:
    """Looked at before anything is deleted: a deletion takes all versions or none."""
    locked, plain = S3Store(s3, locking, lock=Lock("GOVERNANCE", timedelta(days=1))), S3Store(s3, locking)
    locked.put("x", b"1")
    s3.put_object(Bucket=locking, Key="x", Body=b"put there by somebody else")
    with pytest.raises(ObjectRetained):
        plain.delete("x")
    assert versions_in(s3, locking) == [["x", "x"], []]


def test_a_marker_of_old_is_cleared_away(s3: Any, locking: str) -> None:
    """What an earlier release hid behind a delete marker goes with the next deletion."""
    store = S3Store(s3, locking)
    store.put("x", b"1")
    s3.delete_object(Bucket=locking, Key="x")
    assert versions_in(s3, locking) == [["x"], ["x"]]
    store.delete("x")
    assert versions_in(s3, locking) == [[], []]


def test_new_objects_are_locked_from_their_first_moment(s3: Any, locking: str) -> None:
    """B3: the lock comes with the request that writes, also with that which begins an upload in parts."""
    store, sent = S3Store(s3, locking, lock=Lock("COMPLIANCE", timedelta(days=3))), []

    def note(params: dict[str, Any], **_: Any) -> None:
        sent.append((params["headers"]["x-amz-object-lock-mode"], params["headers"]["x-amz-checksum-algorithm"]))

    s3.meta.events.register("before-call.s3.CreateMultipartUpload", note)
    store.put("small", b"1")
    store.put("large", b"z" * (PART + 1))
    head = s3.head_object(Bucket=locking, Key="small")
    remaining = head["ObjectLockRetainUntilDate"] - datetime.now(UTC)
    assert head["ObjectLockMode"] == "COMPLIANCE"
    assert timedelta(days=3) - timedelta(minutes=1) < remaining <= timedelta(days=3)
    s3.meta.events.unregister("before-call.s3.CreateMultipartUpload", note)
    assert sent == [("COMPLIANCE", "SHA256")]  # moto forgets the lock of such an upload; the doctor would notice


def test_a_missing_bucket_is_no_empty_store(s3: Any) -> None:
    """The same rule as for a disk that is not mounted."""
    store = S3Store(s3, "there-is-none")
    for use in (store.open, store.info, store.exists, store.writer, store.delete):
        with pytest.raises(StoreUnavailable):
            use("x")
    with pytest.raises(StoreUnavailable):
        list(store.list())
    with pytest.raises(StoreUnavailable):
        store.sweep(timedelta(0))


def test_a_server_that_is_not_there(settings: Settings) -> None:
    """Refused connections end in a named error after the retries."""
    settings.S3_ACCESS_KEY_ID = settings.S3_SECRET_ACCESS_KEY = "test"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    store = S3Store(client("s3", endpoint=f"http://127.0.0.1:{port}", region="ap-northeast-1"), "b")
    with pytest.raises(StoreUnavailable):
        store.open("x")


def test_sweeps_abandoned_uploads(store: S3Store, s3: Any, bucket: str) -> None:
    """Parts of a killed writer cost money and are found by no listing; the sweep removes them."""
    store.writer("big").write(b"z" * (PART + 1))
    assert len(s3.list_multipart_uploads(Bucket=bucket)["Uploads"]) == 1
    assert S3Store(s3, bucket, "other").sweep(timedelta(0)) == 0
    assert store.sweep(timedelta(0)) == 1
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def test_a_broken_download_is_taken_up_where_it_broke(store: S3Store, proxied: tuple[_Proxy, S3Store]) -> None:
    """Twice the connection breaks, and the reader never notices."""
    proxy, flaky = proxied
    content = b"".join(number.to_bytes(4, "big") for number in range(1_000_000))
    store.put("big", content)
    proxy.cuts = 2
    with flaky.open("big") as reader:
        assert b"".join(reader) == content
    ranges = [line for request in proxy.requests for line in request.split(b"\r\n") if line.startswith(b"Range: ")]
    assert len(ranges) == 2
    assert all(b"If-Match" in request for request in proxy.requests[1:])


def test_a_download_that_breaks_for_ever_is_given_up(store: S3Store, proxied: tuple[_Proxy, S3Store]) -> None:
    """No endless loop, and never a short content that looks whole."""
    proxy, flaky = proxied
    store.put("big", b"x" * 4_000_000)
    proxy.cuts, proxy.after = 1000, 100
    with pytest.raises(StoreUnavailable), flaky.open("big") as reader:
        list(reader)


def test_an_object_that_changed_in_between_is_not_mixed(
    store: S3Store, proxied: tuple[_Proxy, S3Store], s3: Any, bucket: str
) -> None:
    """The second half must be of the same object as the first."""
    proxy, flaky = proxied
    store.put("big", b"a" * 4_000_000)
    proxy.cuts = 1
    with flaky.open("big") as reader:
        assert reader.read(10) == b"a" * 10
        s3.put_object(Bucket=bucket, Key="p/big", Body=b"b" * 4_000_000)
        with pytest.raises(StoreUnavailable, match="changed"):
            reader.read()


@pytest.mark.parametrize("size", [10, PART + 10])
def test_a_lost_answer_is_no_lost_object(
    store: S3Store, proxied: tuple[_Proxy, S3Store], s3: Any, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store wrote, its answer was lost, the client asked again and hears that the object exists: its own."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _seconds: None))
    proxy, flaky = proxied
    writer = flaky.writer("x")
    writer.write(b"x" * size)
    proxy.cuts, proxy.after = 1, -1
    writer.commit()
    assert store.info("x").size == size
    theirs = flaky.writer("y")
    store.put("y", b"somebody else's")
    theirs.write(b"y" * size)
    proxy.cuts = 1
    with pytest.raises(ObjectExists):
        theirs.commit()


def test_an_address_can_name_another_server(settings: Settings, aws: str, bucket: str) -> None:
    """A second site for backups: endpoint and region in the address win over the settings."""
    settings.S3_ENDPOINT_URL = "http://127.0.0.1:1"
    store = open_store(f"s3://{bucket}/second?endpoint={aws}&region=us-west-2", create=False)
    store.put("x", b"1")
    assert store.exists("x")
