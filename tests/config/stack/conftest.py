"""Directories in which the embedded stack is started, killed and shared (DESIGN section 13)."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.stack import remove, running


@pytest.fixture(autouse=True)
def local_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a checkout: data survives in local mode, not in test mode."""
    monkeypatch.setenv("SEKISHO_MODE", "local")


@pytest.fixture(scope="module")
def var_dir() -> Iterator[Path]:
    """The var directory of one checkout; every test finds its stack stopped."""
    with _parent() as parent:
        yield parent / "var"


@pytest.fixture
def new_var_dir() -> Iterator[Path]:
    """The var directory of a checkout that never ran."""
    with _parent() as parent:
        yield parent / "var"


@contextmanager
def _parent() -> Iterator[Path]:
    """A directory that the servers' account may enter, unlike pytest's own."""
    parent = Path(tempfile.mkdtemp(prefix="sekisho-stack-"))
    parent.chmod(0o755)
    try:
        yield parent
    finally:
        for description in parent.glob("*/stack/stack.json"):
            remove(description.parent.parent)  # stops what a failed test left running
        shutil.rmtree(parent)


@pytest.fixture(autouse=True)
def stopped(local_mode: None, var_dir: Path) -> Iterator[None]:
    """What a test started, it stopped."""
    yield
    assert not running(var_dir)
