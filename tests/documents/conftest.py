"""A document store of its own for every test, so that it starts empty."""

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> Path:
    """The folder that is the store."""
    folder = tmp_path / "store"
    settings.VAULT_DOCUMENT_STORE = f"file://{folder}"
    return folder
