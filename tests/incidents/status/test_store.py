"""The place of the page (N1): whole files, new ones for old ones, in a folder and in a bucket."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from incidents.status.publishing import MANIFEST, publish, published, published_document
from incidents.status.rendering import render
from incidents.status.store import StatusBucket, StatusFolder, StatusStore, open_status_store
from tests.incidents.status.documents import NOW, busy_document, quiet_document
from vault.aws import client
from vault.errors import InvalidName, StoreUnavailable


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of an S3 server on the loopback interface."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> StatusStore:
    """An empty store of each kind."""
    if request.param == "folder":
        return open_status_store(f"file://{tmp_path}/page")
    address = request.getfixturevalue("s3")
    settings.S3_ACCESS_KEY_ID = settings.S3_SECRET_ACCESS_KEY = "test"
    bucket = f"status-{tmp_path.name[-40:].strip('_').replace('_', '-').lower()}"
    client("s3", endpoint=address, region="us-east-1").create_bucket(Bucket=bucket)
    return open_status_store(f"s3://{bucket}/page?endpoint={address}&region=us-east-1")


def test_a_file_is_replaced_as_a_whole(place: StatusStore) -> None:
    """N1: written, written over, taken away; names that would leave the place are none."""
    assert place.read("ja/index.html") is None
    place.write("ja/index.html", b"one")
    place.write("ja/index.html", b"two")
    assert place.read("ja/index.html") == b"two"
    place.delete("ja/index.html")
    place.delete("ja/index.html")
    assert place.read("ja/index.html") is None
    with pytest.raises(InvalidName):
        place.write("../index.html", b"")


def test_only_what_changed_is_written_and_what_was_withdrawn_goes(place: StatusStore) -> None:
    """N1: a minute in which nothing happened costs no upload of everything; a withdrawn incident is gone for good."""
    busy = busy_document()
    names = publish(place, busy, render(busy))
    assert set(names) == set(published(place))
    assert publish(place, busy, render(busy)) == []
    later = replace(busy, generated_at=NOW + timedelta(minutes=1))
    assert set(publish(place, later, render(later))) == {
        *("index.html", "index.en.html", "ja/index.html", "en/index.html", "status.json"),
    }
    assert published_document(place) == later
    publish(place, quiet_document(), render(quiet_document()))
    assert place.read("ja/incidents/INC-2026-0007.html") is None
    assert b"INC-2026-0007" not in b"".join(place.read(name) or b"" for name in published(place))


def test_a_kill_anywhere_leaves_whole_pages(place: StatusStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """N1: cut short after any file, every page links to files that are there, and the next time mends the rest."""
    publish(place, quiet_document(), render(quiet_document()))
    files = render(busy_document())
    write = type(place).write
    for survived in (0, 3, len(files) - 2):
        left = iter(range(survived))

        def stumble(store: StatusStore, name: str, content: bytes, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise StoreUnavailable(name, "killed")
            write(store, name, content)

        with monkeypatch.context() as patch:
            patch.setattr(type(place), "write", stumble)
            with pytest.raises(StoreUnavailable):
                publish(place, busy_document(), files)
        index = (place.read("ja/index.html") or b"").decode()
        if "INC-2026-0007" in index:
            assert place.read("ja/incidents/INC-2026-0007.html")
    publish(place, busy_document(), files)
    assert {name: place.read(name) for name in files} == files


def test_a_bucket_tells_browsers_what_it_serves(s3: str, settings: Settings) -> None:
    """N1: type and caching travel with each object, so that the bucket is a web site as it is."""
    settings.S3_ACCESS_KEY_ID = settings.S3_SECRET_ACCESS_KEY = "test"
    boto = client("s3", endpoint=s3, region="us-east-1")
    boto.create_bucket(Bucket="headers")
    store = open_status_store(f"s3://headers?endpoint={s3}&region=us-east-1")
    assert isinstance(store, StatusBucket)
    for name in ("index.html", "ja/feed.atom", "status-1.css", MANIFEST):
        store.write(name, b"x")
    heads = {name: boto.head_object(Bucket="headers", Key=name) for name in ("index.html", "status-1.css")}
    assert [(head["ContentType"], head["CacheControl"]) for head in heads.values()] == [
        ("text/html; charset=utf-8", "public, max-age=15"),
        ("text/css; charset=utf-8", "public, max-age=31536000, immutable"),
    ]
    with pytest.raises(StoreUnavailable):
        open_status_store(f"s3://nowhere?endpoint={s3}&region=us-east-1").read("index.html")


def test_a_folder_can_be_served_by_anybody(tmp_path: Path) -> None:
    """N1: the files are public, so another user's web server may read them."""
    store = open_status_store(f"file://{tmp_path}/page")
    assert isinstance(store, StatusFolder)
    store.write("ja/index.html", b"x")
    assert (tmp_path / "page/ja/index.html").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "page/ja").stat().st_mode & 0o555 == 0o555
    with pytest.raises(ImproperlyConfigured):
        open_status_store("https://example.com/")
