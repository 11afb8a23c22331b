"""Fixtures of retention."""

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture
def vault(settings: Settings, tmp_path: Path) -> Settings:
    """Stores and keys of this test alone: whoever is erased here keeps keys in the other tests."""
    settings.VAULT_ROOT_KEY = f"file://{tmp_path}/rootkey/root.key"
    settings.VAULT_KEY_STORE = f"file://{tmp_path}/keys"
    settings.VAULT_DOCUMENT_STORE = f"file://{tmp_path}/documents"
    settings.VAULT_BACKUP_STORE = f"file://{tmp_path}/backups"
    return settings
