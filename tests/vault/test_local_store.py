"""What only the folder can be asked: rights on disk, a kill in the middle, a disk that is not there or is full."""

import os
import random
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from vault.errors import ObjectExists, ObjectMissing, StoreUnavailable
from vault.stores import LocalStore

ROOT = Path(__file__).resolve().parents[2]

# Writes objects of 3 MB without end, and says so after each chunk and each commit.
ENDLESS_WRITER = """
import sys
from pathlib import Path
from vault.stores.local import LocalStore
store = LocalStore(Path(sys.argv[1]))
for number in range(100000):
    with store.writer(f"run/{number}") as writer:
        for _ in range(30):
            writer.write(bytes([number % 256]) * 100_000)
            print("chunk", flush=True)
    print("done", number, flush=True)
"""


def test_files_are_private(folder: LocalStore) -> None:
    """Objects 0600, folders 0700, whatever the umask says (D7)."""
    before = os.umask(0)
    try:
        folder.put("a/b/c", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder.root / "a/b/c").stat().st_mode) == 0o600
    for path in (folder.root, folder.root / "a", folder.root / "a/b", folder.root / ".incoming"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


@pytest.mark.parametrize("seed", range(5))
def test_a_kill_leaves_no_partial_object(folder: LocalStore, seed: int) -> None:
    """kill -9 at a random point: every listed object is whole, every finished one is listed (B2)."""
    lines = random.Random(seed).randrange(5, 150)
    process = subprocess.Popen(
        [sys.executable, "-c", ENDLESS_WRITER, str(folder.root)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(lines)]
    process.kill()
    said += process.stdout.readlines()
    process.stdout.close()
    assert process.wait() == -9
    finished = {f"run/{line.split()[1]}" for line in said if line.startswith("done")}
    listed = {info.name: info.size for info in folder.list()}
    assert finished <= set(listed)
    assert set(listed.values()) <= {3_000_000}
    for name in listed:
        with folder.open(name) as reader:
            assert reader.read() == bytes([int(name.removeprefix("run/")) % 256]) * 3_000_000
    assert folder.sweep(timedelta(seconds=-1)) <= 1
    assert list((folder.root / ".incoming").iterdir()) == []
    assert {info.name for info in folder.list()} == set(listed)


def test_sweeps_only_what_is_old(folder: LocalStore) -> None:
    """An upload that is still going on is not swept away under its writer."""
    abandoned, active = folder.writer("abandoned"), folder.writer("active")
    old = next((folder.root / ".incoming").iterdir())
    os.utime(old, (0, 0))
    assert folder.sweep(timedelta(hours=1)) == 1
    # Which of the two was old does not matter: it fails with a name, the other commits.
    outcomes = []
    for writer in (abandoned, active):
        writer.write(b"x")
        try:
            outcomes.append(writer.commit().name)
        except StoreUnavailable:
            outcomes.append("unavailable")
    assert "unavailable" in outcomes
    assert len([info.name for info in folder.list()]) == 1


def test_a_missing_root_is_no_empty_store(tmp_path: Path) -> None:
    """A disk that is not mounted must not read as `there are no backups` (B3)."""
    store = LocalStore(tmp_path / "not-mounted")
    for use in (store.open, store.exists, store.info, store.writer, store.delete):
        with pytest.raises(StoreUnavailable, match="not-mounted"):
            use("x")
    with pytest.raises(StoreUnavailable):
        list(store.list())
    with pytest.raises(StoreUnavailable):
        store.sweep(timedelta(0))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_has_a_name_and_leaves_nothing(folder: LocalStore) -> None:
    """The writer aborts by itself when the disk takes no more."""
    writer = folder.writer("x")
    path = next((folder.root / ".incoming").iterdir())
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, writer._file.fileno())  # type: ignore[attr-defined]  # the disk behind the open file fills up
    os.close(full)
    with pytest.raises(StoreUnavailable, match="No space left"):
        writer.write(b"x" * 10_000_000)
    assert not path.exists()
    assert not folder.exists("x")


def test_does_not_follow_a_link_out_of_the_store(folder: LocalStore, tmp_path: Path) -> None:
    """A symbolic link that somebody put into the folder is not read."""
    (tmp_path / "secret").write_text("secret")
    (folder.root / "x").symlink_to(tmp_path / "secret")
    with pytest.raises(StoreUnavailable):
        folder.open("x")
    assert list(folder.list()) == []


def test_a_name_cannot_be_object_and_folder(folder: LocalStore) -> None:
    """`a` and `a/b` cannot both exist on a disk; the second is refused, in either order."""
    folder.put("a", b"x")
    with pytest.raises(ObjectExists):
        folder.put("a/b", b"y")
    folder.put("c/d", b"x")
    with pytest.raises(ObjectExists):
        folder.put("c", b"y")
    with pytest.raises(ObjectMissing):
        folder.open("c")
    folder.delete("c")
    assert [info.name for info in folder.list()] == ["a", "c/d"]


def test_empty_folders_go_with_their_last_object(folder: LocalStore) -> None:
    """Nothing on disk names an erased tenant (R1)."""
    folder.put("tenant-1/a/x", b"x")
    folder.put("tenant-2/a/x", b"x")
    folder.delete("tenant-1/a/x")
    assert sorted(path.name for path in folder.root.iterdir()) == [".incoming", "tenant-2"]
