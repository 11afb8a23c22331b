"""A vault of its own for every test, on disk and on an S3 server that runs in this process."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import override_settings
from django.utils import translation
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from vault.aws import client
from vault.keys import key_store
from vault.stores import LocalStore, ObjectStore, S3Store, open_store
from vault.stores.probing import probe


@pytest.fixture(scope="session")
def aws() -> Iterator[str]:
    """The address of an S3 and KMS server on the loopback interface.

    moto accepts wrong checksums and decrypts with deleted keys (research/ops.md), so no test here rests on those.
    """
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages are compared in English, whatever language an earlier test has left."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def vault(settings: Settings, tmp_path: Path) -> Settings:
    """Settings of an empty vault below the test's folder."""
    settings.VAULT_ROOT_KEY = f"file://{tmp_path}/rootkey/root.key"
    settings.VAULT_KEY_STORE = f"file://{tmp_path}/keys"
    settings.VAULT_DOCUMENT_STORE = f"file://{tmp_path}/documents"
    settings.VAULT_BACKUP_STORE = f"file://{tmp_path}/backups"
    return settings


@pytest.fixture(scope="session")
def _s3_client(aws: str) -> Any:
    """Made once: reading the description of the S3 protocol takes half a second."""
    with override_settings(S3_ACCESS_KEY_ID="test", S3_SECRET_ACCESS_KEY="test"):
        return client("s3", endpoint=aws, region="ap-northeast-1")


@pytest.fixture
def s3(aws: str, _s3_client: Any, settings: Settings) -> Any:
    """A boto3 client of the server; the settings name the server too."""
    settings.S3_ENDPOINT_URL = aws
    settings.S3_ACCESS_KEY_ID = settings.S3_SECRET_ACCESS_KEY = "test"
    return _s3_client


@pytest.fixture
def bucket(s3: Any) -> str:
    name = f"sekisho-{uuid4()}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    return name


@pytest.fixture
def folder(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store", create=True)


GIVEN_ENDPOINT = "SEKISHO_TEST_S3"


@pytest.fixture(params=["folder", "bucket", *(["given"] if GIVEN_ENDPOINT in os.environ else [])])
def store(request: pytest.FixtureRequest) -> ObjectStore:
    """Each kind of store in turn: what the tests of this fixture say holds for all of them.

    `SEKISHO_TEST_S3=s3://bucket/prefix?endpoint=…&region=…` adds a server of yours (CONTRIBUTING.md).
    """
    if request.param == "folder":
        local: LocalStore = request.getfixturevalue("folder")
        return local
    if request.param == "given":
        given: S3Store = request.getfixturevalue("given")
        return given
    return S3Store(request.getfixturevalue("s3"), request.getfixturevalue("bucket"), "some/prefix")


@pytest.fixture(scope="session")
def _given() -> tuple[S3Store, dict[str, str]]:
    """The server that the environment names, and what a probe says that it does not refuse."""
    store = open_store(os.environ[GIVEN_ENDPOINT], create=False)
    if not isinstance(store, S3Store):
        pytest.fail(f"{GIVEN_ENDPOINT} names no bucket")
    return store, {one.check: f"{one.expected}: {one.observed}" for one in probe(store) if not one.held}


@pytest.fixture
def given(_given: tuple[S3Store, dict[str, str]], request: pytest.FixtureRequest) -> S3Store:
    """A prefix of its own there; a test that needs what the server cannot do is left out, with the reason."""
    store, lacks = _given
    if reason := lacks.get("reachable"):
        pytest.fail(reason)
    for marker in request.node.iter_markers("needs"):
        if reason := lacks.get(marker.args[0]):
            pytest.skip(f"this server lacks {marker.args[0]}: {reason}")
    return S3Store(store.client, store.bucket, f"{store.prefix}{uuid4()}")


@pytest.fixture
def tenant(vault: Settings) -> UUID:
    """A tenant with keys."""
    tenant_id = uuid4()
    key_store().create_tenant_keys(tenant_id)
    return tenant_id
