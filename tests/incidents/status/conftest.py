"""A store of its own for every test, in a folder."""

from pathlib import Path

import pytest
from pytest_django import Settings

from incidents.status.store import StatusFolder, StatusStore, status_store


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> StatusStore:
    """The store of the settings, empty."""
    settings.STATUS_STORE = f"file://{tmp_path}/page"
    settings.PUBLIC_URL, settings.STATUS_URL = "https://sekisho.example", "https://status.example/"
    store = status_store()
    assert isinstance(store, StatusFolder)
    return store
