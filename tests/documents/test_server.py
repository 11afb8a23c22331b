"""Large and broken transfers on a real server process (D7, T7)."""

import hashlib
import json
import os
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from pytest_django import Settings

from documents.models import Document
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tenants.plans import MIB, PlanCode
from tests.conftest import EVERY_ROLE, Cast
from tests.documents.making import add_file, events_of, folders_of, objects_of, tree_of
from tests.documents.sending import BOUNDARY, DROPZONE, TOKEN, field, file
from tests.documents.server import Server, cookies, running_server
from tests.factories.people import Person
from vault.stores import document_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

LARGE = 200 * MIB
ALLOWED_GROWTH = 64 * MIB
BLOCK = bytes(range(256)) * 4096
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Server]:
    """One server for the tests of this file."""
    folder = tmp_path_factory.mktemp("server")
    with running_server(folder / "store", folder / "log") as server:
        yield server


@pytest.fixture(autouse=True)
def own_store(settings: Settings, server: Server) -> Iterator[Path]:
    """The server's store, emptied, is the test's as well."""
    for path in server.store.glob("*"):
        shutil.rmtree(path)
    settings.VAULT_DOCUMENT_STORE = f"file://{server.store}"
    yield server.store
    server.hang_up()


def begin_upload(server: Server, person: Person, name: str, length: int, **headers: str) -> HTTPConnection:
    """Send the headers of an upload whose body has that length, and the beginning of the body: all but the file."""
    connection = server.connect()
    connection.putrequest("POST", reverse("documents:upload"))
    head = head_of(name)
    sent = {
        **cookies(person),
        **DROPZONE,
        "X-CSRFToken": TOKEN,
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(len(head) + length + len(TAIL)),
        **headers,
    }
    for key, value in sent.items():
        connection.putheader(key.replace("_", "-"), value)
    connection.endheaders(head)
    return connection


def head_of(name: str) -> bytes:
    """What stands before the content."""
    return field("csrfmiddlewaretoken", TOKEN).encoded() + file(name, b"").encoded().removesuffix(b"\r\n")


def answer_of(server: Server, connection: HTTPConnection) -> tuple[int, dict[str, object]]:
    """Status and JSON."""
    response = server.answer(connection)
    return response.status, json.loads(response.read())


def peak_of(server: Server) -> int:
    """The most memory that the worker has had since the last `forget_peak`, in bytes."""
    status = Path(f"/proc/{server.worker().pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024


def forget_peak(server: Server) -> int:
    """Begin to measure; the memory now, in bytes."""
    worker = server.worker()
    Path(f"/proc/{worker.pid}/clear_refs").write_text("5")
    return int(worker.memory_info().rss)


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for what another process does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def unfinished(store: Path) -> list[Path]:
    """Objects that were begun and not committed."""
    return list((store / ".incoming").glob("*"))


def open_transactions() -> int:
    """Transactions of the application that are open on the server right now, this test's aside."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user"
            " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        )
        return int(cursor.fetchone()[0])


def test_200_mb_in_and_out_cost_the_server_less_than_64_mb(cast: Cast, server: Server) -> None:
    """Issue 2: constant memory both ways, and every byte arrives."""
    for size in (0, 3 * MIB):  # loads what is loaded once
        warm_up = begin_upload(server, cast.editor, "small.bin", size)
        warm_up.send(BLOCK[: min(size, MIB)] * (size // MIB) + TAIL)
        assert answer_of(server, warm_up)[0] == 200
    with tenant_transaction(cast.editor.tenant.id):
        small = reverse("documents:download", args=[Document.objects.get().id])
    assert len(server.get(cast.editor, small).read()) == 3 * MIB

    before = forget_peak(server)
    upload = begin_upload(server, cast.editor, "large.bin", LARGE)
    digest = hashlib.sha256()
    for _block in range(LARGE // MIB):
        upload.send(BLOCK)
        digest.update(BLOCK)
    upload.send(TAIL)
    assert answer_of(server, upload) == (200, {"ok": True, "name": "large.bin"})
    assert peak_of(server) - before < ALLOWED_GROWTH

    with tenant_transaction(cast.editor.tenant.id):
        document = Document.objects.get(name="large.bin")
        assert document.versions.get().sha256 == digest.hexdigest()
    before = forget_peak(server)
    response = server.get(cast.reader, reverse("documents:download", args=[document.id]))
    received, size = hashlib.sha256(), 0
    while piece := response.read(MIB):
        received.update(piece)
        size += len(piece)
    assert (size, received.hexdigest()) == (LARGE, digest.hexdigest())
    assert peak_of(server) - before < ALLOWED_GROWTH


def test_no_transaction_is_open_while_a_body_comes_in_or_a_file_goes_out(cast: Cast, server: Server) -> None:
    """DESIGN section 4: however slow the other side is."""
    upload = begin_upload(server, cast.editor, "slow.bin", 32 * MIB)
    for _block in range(16):
        upload.send(BLOCK)
    until(lambda: bool(unfinished(server.store)))
    assert open_transactions() == 0
    for _block in range(16):
        upload.send(BLOCK)
    upload.send(TAIL)
    assert answer_of(server, upload)[0] == 200
    with tenant_transaction(cast.editor.tenant.id):
        url = reverse("documents:download", args=[Document.objects.get().id])
    download = server.get(cast.reader, url)
    assert download.read(MIB) == BLOCK
    assert open_transactions() == 0


def test_an_upload_that_is_too_large_by_its_length_is_refused_at_once(cast: Cast, server: Server) -> None:
    """T7: the answer comes although almost nothing was sent."""
    for length, reason in ((501 * MIB, "500.0\xa0MB"), (200 * 1024 * MIB, "500.0\xa0MB")):
        upload = begin_upload(server, cast.editor, "huge.bin", length)
        upload.send(BLOCK)
        status, answer = answer_of(server, upload)
        assert (status, answer["ok"]) == (413, False)
        assert reason in str(answer["error"])
    assert (objects_of(cast.editor.tenant), unfinished(server.store)) == ([], [])


def test_a_form_that_hides_a_large_file_is_refused_while_it_comes_in(cast: Cast, server: Server) -> None:
    """T7: the length of a form of several files tells little, so the bytes are counted, and the answer is early."""
    with platform_transaction():
        Tenant.objects.filter(id=cast.editor.tenant.id).update(plan_code=PlanCode.TRIAL)
    upload = begin_upload(server, cast.editor, "hidden.bin", LARGE, accept="text/html")
    sent = 0
    upload.sock.settimeout(20)
    while not readable(upload):
        assert sent < LARGE
        upload.send(BLOCK)
        sent += len(BLOCK)
    response = server.answer(upload)
    assert (response.status, response.getheader("Location")) == (303, "/documents/")
    assert 50 * MIB <= sent < 120 * MIB  # the limit, and what was under way in the buffers of the system
    assert (objects_of(cast.editor.tenant), unfinished(server.store)) == ([], [])
    assert events_of(cast.editor.tenant) == [("documents.file.upload_refused", "erin", "")]


def readable(connection: HTTPConnection) -> bool:
    """Whether the answer has begun to arrive."""
    import select

    return bool(select.select([connection.sock], [], [], 0)[0])


def test_a_sender_who_sends_on_still_reads_the_answer(cast: Cast, server: Server) -> None:
    """A browser reads the answer after its body, so the server takes what is under way before it hangs up."""
    upload = begin_upload(server, cast.editor, "..", 40 * MIB)
    for _block in range(40):
        upload.send(BLOCK)
    upload.send(TAIL)
    assert answer_of(server, upload) == (400, {"ok": False, "error": "“.” and “..” cannot be names."})


def test_a_body_in_chunks_is_refused(cast: Cast, server: Server) -> None:
    """T7: without a length there is nothing to judge by."""
    connection = server.connect()
    headers = {**cookies(cast.editor), **DROPZONE, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    body = [head_of("a.txt"), b"content", TAIL]
    connection.request("POST", reverse("documents:upload"), iter(body), headers, encode_chunked=True)
    assert answer_of(server, connection)[0] == 411
    assert objects_of(cast.editor.tenant) == []


def test_a_browser_that_is_closed_in_the_middle_leaves_nothing(cast: Cast, server: Server) -> None:
    """D6: no object, no row, no folder, and the refusal on record."""
    upload = begin_upload(server, cast.editor, "new/folder/half.bin", 100 * MIB)
    for _block in range(20):
        upload.send(BLOCK)
    until(lambda: bool(unfinished(server.store)))
    upload.close()
    until(lambda: bool(events_of(cast.editor.tenant)))
    assert events_of(cast.editor.tenant) == [("documents.file.upload_refused", "erin", "")]
    assert (objects_of(cast.editor.tenant), unfinished(server.store)) == ([], [])
    assert (folders_of(cast.editor.tenant), tree_of(cast.editor.tenant)) == ([], {})


def test_a_server_that_is_killed_in_the_middle_leaves_what_the_sweep_takes(cast: Cast, server: Server) -> None:
    """D6: nothing of the file is ever seen; the next worker goes on."""
    with tenant_transaction(cast.editor.tenant.id):
        add_file("kept.txt")
    killed = server.worker()
    upload = begin_upload(server, cast.editor, "half.bin", 100 * MIB)
    for _block in range(20):
        upload.send(BLOCK)
    until(lambda: bool(unfinished(server.store)))
    os.kill(killed.pid, signal.SIGKILL)
    with pytest.raises(OSError):  # noqa: PT011 - reset or broken pipe, as the system likes
        send_all(server, upload)
    until(lambda: not killed.is_running())
    response: HTTPResponse = server.get(cast.reader, reverse("documents:list"))
    assert response.status == 200
    assert "kept.txt" in response.read().decode()
    assert tree_of(cast.editor.tenant) == {"kept.txt": [b"content"]}
    assert len(objects_of(cast.editor.tenant)) == 1
    assert len(unfinished(server.store)) == 1
    assert document_store().sweep(timedelta(seconds=-1)) == 1
    assert unfinished(server.store) == []


def send_all(server: Server, upload: HTTPConnection) -> None:
    """Send the rest and read the answer."""
    for _block in range(80):
        upload.send(BLOCK)
    upload.send(TAIL)
    if not server.answer(upload).read():
        raise ConnectionResetError
