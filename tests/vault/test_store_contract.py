"""What every object store promises, tried on a folder, on a bucket, and on any server by SEKISHO_TEST_S3 (D7, B4)."""

import hashlib
import itertools
import threading
from datetime import UTC, datetime, timedelta

import pytest

from vault.errors import InvalidName, ObjectExists, ObjectMissing
from vault.stores import ObjectStore, StoredObject, copy_object
from vault.stores.s3 import PART

SIZES = [0, 1, PART - 1, PART, PART + 1, 2 * PART + 12345]


def content_of(store: ObjectStore, name: str) -> bytes:
    with store.open(name) as reader:
        return reader.read()


def names_in(store: ObjectStore, prefix: str = "") -> list[str]:
    return [info.name for info in store.list(prefix)]


@pytest.mark.parametrize("size", SIZES)
def test_what_was_written_is_read(store: ObjectStore, size: int) -> None:
    """Empty, small, one part exactly, several parts: the same bytes come back, and the receipt is right."""
    content = bytes(itertools.islice(itertools.cycle(range(251)), size))
    chunks = [content[start : start + 100_000] for start in range(0, size, 100_000)]
    receipt = store.put("a/b.bin", chunks)
    assert receipt == StoredObject("a/b.bin", size, hashlib.sha256(content).hexdigest())
    assert content_of(store, "a/b.bin") == content
    with store.open("a/b.bin") as reader:
        assert reader.size == size
        assert b"".join(reader) == content


def test_reads_come_in_the_size_asked_for(store: ObjectStore) -> None:
    """A reader hands out no more than asked, and b"" for ever after the end."""
    store.put("x", b"0123456789")
    with store.open("x") as reader:
        assert [reader.read(4), reader.read(4), reader.read(4), reader.read(4), reader.read(4)] == [
            b"0123",
            b"4567",
            b"89",
            b"",
            b"",
        ]


def test_an_object_is_never_overwritten(store: ObjectStore) -> None:
    """Create-only (B2): the second write is refused and the first content stays."""
    store.put("x", b"first")
    with pytest.raises(ObjectExists):
        store.put("x", b"second")
    assert content_of(store, "x") == b"first"


@pytest.mark.needs("create_only")
@pytest.mark.parametrize("size", [10, 2 * PART + 1])
def test_a_writer_that_comes_second_is_refused_at_its_commit(store: ObjectStore, size: int) -> None:
    """Both began when the name was free; the later commit loses, and leaves nothing."""
    late = store.writer("x")
    late.write(b"l" * size)
    store.put("x", b"first")
    with pytest.raises(ObjectExists):
        late.commit()
    assert content_of(store, "x") == b"first"
    assert store.sweep(timedelta(seconds=-1)) == 0


@pytest.mark.parametrize("size", [10, 2 * PART + 1])
def test_an_aborted_writer_leaves_nothing(store: ObjectStore, size: int) -> None:
    """An exception inside `with` takes everything back, parts of an upload included."""
    writer = store.writer("a/x")

    def interrupted() -> None:
        with writer:
            writer.write(b"x" * size)
            raise RuntimeError("interrupted")

    with pytest.raises(RuntimeError, match="interrupted"):
        interrupted()
    assert not store.exists("a/x")
    assert names_in(store) == []
    assert store.sweep(timedelta(seconds=-1)) == 0
    with pytest.raises(ValueError, match="closed"):
        writer.write(b"more")
    with pytest.raises(ValueError, match="not stored"):
        _ = writer.stored
    store.put("a/x", b"again")


def test_nothing_is_visible_before_the_commit(store: ObjectStore) -> None:
    """A listing during a write does not show the object (B2: no archive that is listed but incomplete)."""
    writer = store.writer("a/x")
    writer.write(b"x" * (PART + 1))
    assert names_in(store) == []
    assert not store.exists("a/x")
    with pytest.raises(ObjectMissing):
        store.open("a/x")
    writer.commit()
    assert names_in(store) == ["a/x"]


def test_a_missing_object_is_named_as_such(store: ObjectStore) -> None:
    """Missing is not the same as failing."""
    store.put("a/b", b"x")
    for name in ("a", "b", "a/b/c", "a/bb"):
        assert not store.exists(name)
        with pytest.raises(ObjectMissing):
            store.open(name)
        with pytest.raises(ObjectMissing):
            store.info(name)
        store.delete(name)
    assert names_in(store) == ["a/b"]


def test_lists_by_prefix_in_the_order_of_names(store: ObjectStore) -> None:
    """The same order everywhere, also where a folder's name and a file's name begin alike."""
    names = ["a-1", "a/1", "a/2/x", "a/2.json", "a0", "a=1/z", "b/1", "B"]
    for name in names:
        store.put(name, name.encode())
    assert names_in(store) == sorted(names)
    assert names_in(store, "a") == sorted(name for name in names if name.startswith("a"))
    assert names_in(store, "a/") == ["a/1", "a/2.json", "a/2/x"]
    assert names_in(store, "a/2") == ["a/2.json", "a/2/x"]
    assert names_in(store, "a/2/") == ["a/2/x"]
    assert names_in(store, "c/") == names_in(store, "a/1/") == []
    info = next(store.list("a/2.json"))
    assert info == store.info("a/2.json")
    assert info.size == len("a/2.json")
    assert abs(datetime.now(UTC) - info.modified) < timedelta(minutes=5)


def test_deletes_for_good_and_again(store: ObjectStore) -> None:
    """A deletion may be repeated, and the name is free afterwards."""
    store.put("a/b/c", b"x")
    store.put("a/d", b"y")
    store.delete("a/b/c")
    store.delete("a/b/c")
    assert names_in(store) == ["a/d"]
    store.put("a/b/c", b"new")
    assert content_of(store, "a/b/c") == b"new"


def test_of_many_writers_exactly_one_wins(folder: ObjectStore) -> None:
    """Eight threads write the same name at once. On the folder only: moto looks and then writes, in two steps."""
    barrier = threading.Barrier(8)
    won: list[int] = []
    lost: list[int] = []

    def write(number: int) -> None:
        writer = folder.writer("race/x")
        writer.write(str(number).encode() * 1000)
        barrier.wait()
        try:
            writer.commit()
        except ObjectExists:
            lost.append(number)
        else:
            won.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert len(lost) == 7
    assert content_of(folder, "race/x") == str(won[0]).encode() * 1000


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/",
        "/etc/passwd",
        "..",
        "../x",
        "a/../x",
        "a/..",
        "a/./b",
        "a//b",
        "a/",
        ".incoming/x",
        "a/.hidden",
        "a\\b",
        "a\x00b",
        "a\nb",
        "x\n",
        "a b",
        "請求書",
        "a%2e%2e",
        "~root",
        "-rf",
        "a:b",
        "a" * 201,
        "/".join("a" * 100 for _ in range(6)),
    ],
)
def test_refuses_names_that_could_leave_the_store(store: ObjectStore, name: str) -> None:
    """Path tricks, control characters and names that some disk or bucket could not hold."""
    for use in (store.writer, store.open, store.info, store.exists, store.delete):
        with pytest.raises(InvalidName):
            use(name)


@pytest.mark.parametrize("prefix", ["/", "..", "../", "a/../", ".incoming", "a//", "\x00", "*"])
def test_refuses_prefixes_that_could_leave_the_store(store: ObjectStore, prefix: str) -> None:
    """Listing is no way out either."""
    with pytest.raises(InvalidName):
        list(store.list(prefix))


def test_copies_from_store_to_store(store: ObjectStore, folder: ObjectStore) -> None:
    """A backup copies objects as they are, under a name of its own."""
    store.put("source/x", b"c" * (PART + 5))
    receipt = copy_object(store, "source/x", folder, "copies/1/x")
    assert receipt.sha256 == hashlib.sha256(b"c" * (PART + 5)).hexdigest()
    assert content_of(folder, "copies/1/x") == b"c" * (PART + 5)
