"""A journal of its own for each test, and an authority that this machine trusts."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from tests.auditlog.forwarding.receivers import authority_pem


@pytest.fixture(autouse=True)
def journal(settings: LazySettings, tmp_path: Path) -> Path:
    """The folder that probes elsewhere share with the service."""
    settings.PROBE_STORE = f"file://{tmp_path}/status"
    return tmp_path / "status" / "looks"


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Certificates of the test authority are good here."""
    (tmp_path / "authority.pem").write_text(authority_pem())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
