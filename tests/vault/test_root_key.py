"""The root key, in a file and in KMS (P5; ASVS 13.3.1)."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from vault.aws import client
from vault.errors import RootKeyExists, RootKeyMissing, RootKeyUnavailable
from vault.keys import key_store
from vault.primitives import CannotDecrypt
from vault.root import create_root_key, open_root_keys
from vault.stores import document_store
from vault.streams import read_object, write_object


@pytest.fixture
def kms_key(aws: str, settings: Settings) -> str:
    """The address of a key in KMS."""
    settings.KMS_ENDPOINT_URL = aws
    settings.S3_ACCESS_KEY_ID = settings.S3_SECRET_ACCESS_KEY = "test"
    kms: Any = client("kms", endpoint=aws, region="ap-northeast-1")
    return f"aws-kms://{kms.create_key()['KeyMetadata']['Arn']}"


def test_a_new_root_key_is_private_and_complete(tmp_path: Path) -> None:
    """Mode 0600, nothing else beside it, and the file alone opens what was wrapped."""
    path = tmp_path / "deep" / "root.key"
    made = create_root_key(path).present
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["root.key"]
    wrapped = made.encrypt(b"key", b"place")
    again = open_root_keys(f"file://{path}").present
    assert again.id == made.id
    assert again.decrypt(wrapped, b"place") == b"key"
    with pytest.raises(CannotDecrypt):
        again.decrypt(wrapped, b"another place")


def test_a_root_key_is_never_overwritten(tmp_path: Path) -> None:
    """Of many processes that start together exactly one makes the key."""

    def make(_: int) -> bool:
        try:
            create_root_key(tmp_path / "root.key")
        except RootKeyExists:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(make, range(8))) == 1
    before = (tmp_path / "root.key").read_bytes()
    with pytest.raises(RootKeyExists):
        create_root_key(tmp_path / "root.key")
    assert (tmp_path / "root.key").read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["root.key"]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": "sekisho-root-key-9"}', "\x00\x01"])
def test_another_file_is_no_root_key(tmp_path: Path, content: str) -> None:
    """A wrong file at the right place is named, not guessed at."""
    (tmp_path / "root.key").write_text(content)
    with pytest.raises(RootKeyMissing, match="not a root key"):
        open_root_keys(f"file://{tmp_path}/root.key")


def test_a_missing_root_key_says_what_to_do(tmp_path: Path) -> None:
    """The operator reads the command in the message."""
    with pytest.raises(RootKeyMissing, match="keys init"):
        open_root_keys(f"file://{tmp_path}/root.key")


@pytest.mark.parametrize("url", ["", "root.key", "file://host/root.key", "gcp-kms://x", "aws-kms://alias/x"])
def test_refuses_addresses_of_no_root_key(url: str) -> None:
    """Only a file or an AWS KMS key by its ARN."""
    with pytest.raises(ImproperlyConfigured):
        open_root_keys(url)


def test_the_secret_in_the_file_is_a_tink_keyset(tmp_path: Path) -> None:
    """Escrow needs no Sekisho to be checked: the file holds a plain Tink keyset in JSON."""
    create_root_key(tmp_path / "root.key")
    content = json.loads((tmp_path / "root.key").read_text())
    assert content["keyset"]["key"][0]["keyData"]["typeUrl"].endswith("AesGcmKey")


def test_kms_wraps_and_tells_refusal_from_outage(kms_key: str, settings: Settings) -> None:
    """The wrong place is a refusal; no access and no network are outages, which a retry may mend."""
    root = open_root_keys(kms_key).present
    assert root.id == kms_key.removeprefix("aws-kms://")
    wrapped = root.encrypt(b"key", b"place")
    assert root.decrypt(wrapped, b"place") == b"key"
    with pytest.raises(CannotDecrypt):
        root.decrypt(wrapped, b"another place")
    with pytest.raises(RootKeyUnavailable):
        open_root_keys(kms_key[:-12] + "000000000000").present.encrypt(b"key", b"place")
    settings.KMS_ENDPOINT_URL = "http://127.0.0.1:1"
    with pytest.raises(RootKeyUnavailable):
        open_root_keys(kms_key).present.decrypt(wrapped, b"place")


def test_the_whole_vault_works_under_kms(kms_key: str, settings: Settings, tmp_path: Path) -> None:
    """Tenant keys, signing keys and objects with a root key that never leaves KMS; no key file appears."""
    settings.VAULT_ROOT_KEY = kms_key
    tenant = uuid4()
    key_store().create_tenant_keys(tenant)
    with write_object(document_store(), tenant, "documents", "x") as writer:
        writer.write(b"content")
    key_store.cache_clear()
    assert read_object(document_store(), tenant, "documents", "x").read() == b"content"
    signature = key_store().signing.sign("tests", b"m")
    key_store().signing.verify("tests", b"m", signature)
    assert not (tmp_path / "root").exists()
