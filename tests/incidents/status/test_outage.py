"""The page stays up when the application is down, and says so (N1, N8): with the real programs, as processes."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from incidents.status.document import Outage
from incidents.status.outage import render_outage, render_recovery, still_seen
from incidents.status.publishing import publish, published_document
from incidents.status.rendering import render
from incidents.status.store import StatusStore, open_status_store
from tests.conftest import EVERY_ROLE
from tests.documents.server import running_server
from tests.incidents.monitoring.servers import site
from tests.incidents.status.documents import NOW, quiet_document

NO_ANSWER = {"ja": "サービスに接続できません", "en": "The service does not answer"}


def page(port: int, path: str) -> str:
    """What a reader gets from a web server."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    assert response.status == 200
    return text


@contextmanager
def plain_web_server(folder: Path) -> Iterator[int]:
    """A web server that knows nothing but files; its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def probe(url: str, store: Path) -> int:
    """One run of the probe on a machine that reaches neither the database nor the broker; its exit code."""
    nowhere = {f"DATABASE{role}URL": "postgres://nobody@127.0.0.1:9/none" for role in ("_", "_PLATFORM_", "_OWNER_")}
    environment = {**os.environ, **nowhere, "SEKISHO_MODE": "test", "DJANGO_SETTINGS_MODULE": "config.settings"}
    environment |= {"REDIS_URL": "redis://127.0.0.1:9/0", "LOG_LEVEL": "CRITICAL"}
    command = [sys.executable, "manage.py", "probe", "--url", url, "--store", f"file://{store}", "--once"]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, timeout=120, check=False
    ).returncode


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_the_application_stops_and_the_page_says_so(tmp_path: Path) -> None:
    """N1: the files are there as before; after the next run of the probe they tell of it, and of its return."""
    folder = tmp_path / "page"
    store = open_status_store(f"file://{folder}")
    document = quiet_document(datetime.now(UTC).replace(microsecond=0))
    publish(store, document, render(document))
    with plain_web_server(folder) as port:
        with running_server(tmp_path / "documents", tmp_path / "log", STATUS_STORE=f"file://{folder}") as server:
            url = f"http://127.0.0.1:{server.port}"
            assert page(server.port, "/status/") == page(port, "/")
        stopped = datetime.now(UTC).replace(microsecond=0)
        assert "すべて正常に稼働しています" in page(port, "/")
        assert probe(url, folder) == 1
        assert NO_ANSWER["ja"] in page(port, "/")
        assert NO_ANSWER["ja"] in page(port, "/ja/index.html")
        assert NO_ANSWER["en"] in page(port, "/en/index.html")
        outage = getattr(published_document(store), "outage", None)
        assert outage is not None
        assert stopped <= outage.since <= datetime.now(UTC)
        with site() as back:
            call_command("probe", url=back.url, store=f"file://{folder}", once=True)
        assert NO_ANSWER["ja"] not in page(port, "/")
        assert NO_ANSWER["en"] not in page(port, "/en/index.html")


def test_an_outage_keeps_its_beginning(store: StatusStore) -> None:
    """N1: each run says when it last tried; the beginning stays. What is known otherwise stays on the page."""
    publish(store, quiet_document(), render(quiet_document()))
    for minutes in (1, 2, 3):
        render_outage(store, NOW + timedelta(minutes=minutes), NOW + timedelta(minutes=minutes))
    document = published_document(store)
    assert document is not None
    assert document.outage == Outage(since=NOW + timedelta(minutes=1), seen_at=NOW + timedelta(minutes=3))
    assert document.components == quiet_document().components
    assert render_recovery(store, NOW + timedelta(minutes=4)) is True
    assert render_recovery(store, NOW + timedelta(minutes=5)) is False
    assert published_document(store) == quiet_document()


def test_an_outage_of_a_service_that_was_never_rendered(store: StatusStore) -> None:
    """N1: even then the page is there, in both languages, and claims nothing else."""
    render_outage(store, NOW, NOW)
    for name, words in (("index.html", NO_ANSWER["ja"]), ("en/index.html", NO_ANSWER["en"])):
        assert words in (store.read(name) or b"").decode()


@pytest.mark.parametrize(("minutes", "seen"), [(0, True), (5, True), (6, False)])
def test_an_outage_that_nobody_confirms_ends(minutes: int, seen: bool) -> None:
    """N1: a probe that was itself switched off does not keep the service down for ever."""
    outage = Outage(since=NOW - timedelta(hours=1), seen_at=NOW)
    assert still_seen(outage, NOW + timedelta(minutes=minutes)) == (outage if seen else None)
    assert still_seen(None, NOW) is None
