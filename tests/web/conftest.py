"""The product as it is deployed: production settings, files collected, a proxy in front that speaks HTTPS."""

import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from pytest_django import Settings

from tests.documents.server import environment, running_server
from tests.test_permission_matrix import clients, things
from tests.web.site import HOST, Site

__all__ = ["clients", "things"]


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Site]:
    """One server for all tests that ask for it."""
    folder = tmp_path_factory.mktemp("site")
    values = {
        "SEKISHO_MODE": "production",
        "ALLOWED_HOSTS": HOST,
        "PUBLIC_URL": f"https://{HOST}",
        "EMAIL_URL": "smtp://localhost:25",
        "VAULT_BACKUP_STORE": f"file://{folder / 'backups'}",
        "STATIC_ROOT": str(folder / "static"),
        "BEHIND_TLS_PROXY": "1",
    }
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
        cwd=settings.BASE_DIR,
        env=environment(folder / "store") | values,
        check=True,
    )
    with running_server(folder / "store", folder / "log", **values) as server:
        yield Site(server.port, folder / "store", folder / "log")


@pytest.fixture
def site(deployed: Site, settings: Settings) -> Site:
    """The server, with a document store that is the test's as well and empty."""
    shutil.rmtree(deployed.store, ignore_errors=True)
    settings.VAULT_DOCUMENT_STORE = f"file://{deployed.store}"
    return deployed
