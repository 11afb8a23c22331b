"""Companies that ask, operators who answer, and a store of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import translation


@pytest.fixture(autouse=True)
def stores(settings: LazySettings, tmp_path: Path) -> None:
    """Stores of this test alone."""
    settings.VAULT_DOCUMENT_STORE = f"file://{tmp_path}/documents"
    settings.VAULT_BACKUP_STORE = f"file://{tmp_path}/backups"
    settings.AUDIT_ANCHOR_STORE = f"file://{tmp_path}/anchors"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages are compared in the language in which they are written."""
    with translation.override("en"):
        yield
