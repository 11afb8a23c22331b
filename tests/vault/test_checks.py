"""The system checks of the vault: what lies where, and who may read the root key (P5, R1)."""

from pathlib import Path

import pytest
from pytest_django import Settings

from vault.checks import root_key_safe, stores_apart
from vault.keys import prepare_keys


def ids() -> list[str | None]:
    return [message.id for message in (*stores_apart(), *root_key_safe())]


def test_a_proper_vault_has_no_findings(vault: Settings) -> None:
    """The default layout, with the root key made."""
    prepare_keys()
    assert ids() == []


@pytest.mark.parametrize(
    ("setting", "url", "expected"),
    [
        ("VAULT_KEY_STORE", "file://{}/documents/keys", ["vault.E001"]),
        ("VAULT_KEY_STORE", "file://{}/backups", ["vault.E001"]),
        ("VAULT_KEY_STORE", "file://{}/x/../backups/keys", ["vault.E001"]),
        ("VAULT_DOCUMENT_STORE", "file://{}/backups/documents", ["vault.E001"]),
        ("VAULT_BACKUP_STORE", "file://{}", ["vault.E001", "vault.E001", "vault.E004"]),
        ("AUDIT_ANCHOR_STORE", "file://{}/documents/anchors", ["vault.E001"]),
        ("VAULT_BACKUP_COPY_STORE", "file://{}/backups/copies", ["vault.E001"]),
        ("VAULT_BACKUP_COPY_STORE", "copies", ["vault.E002"]),
        ("VAULT_BACKUP_COPY_STORE", "file://{}/copies", []),
        ("AUDIT_ANCHOR_STORE", "anchors", ["vault.E002"]),
        ("VAULT_ROOT_KEY", "file://{}/keys/root.key", ["vault.E004"]),
        ("VAULT_ROOT_KEY", "file://{}/backups/secret/root.key", ["vault.E004"]),
        ("VAULT_ROOT_KEY", "root.key", ["vault.E003"]),
        ("VAULT_KEY_STORE", "keys", ["vault.E002"]),
        ("VAULT_KEY_STORE", "s3://", ["vault.E002"]),
        ("VAULT_KEY_STORE", "file://{}/keys2", []),
        ("VAULT_ROOT_KEY", "aws-kms://arn:aws:kms:ap-northeast-1:123456789012:key/x", []),
    ],
)
def test_findings_on_disk(vault: Settings, tmp_path: Path, setting: str, url: str, expected: list[str]) -> None:
    """Keys inside what they protect would be copied and restored with it."""
    setattr(vault, setting, url.format(tmp_path))
    assert ids() == expected


@pytest.mark.parametrize(
    ("keys", "documents", "expected"),
    [
        ("s3://keys/", "s3://documents/", []),
        ("s3://one/documents/keys", "s3://one/documents", ["vault.E001"]),
        ("s3://one", "s3://one/documents", ["vault.E001"]),
        ("s3://one/keys", "s3://one/documents", ["vault.W001"]),
        ("s3://one/documents2", "s3://one/documents", ["vault.W001"]),
    ],
)
def test_findings_in_buckets(vault: Settings, keys: str, documents: str, expected: list[str]) -> None:
    """The same in buckets, and a warning where keys only share the bucket."""
    vault.VAULT_KEY_STORE, vault.VAULT_DOCUMENT_STORE = keys, documents
    assert ids() == expected


@pytest.mark.parametrize(
    ("mode", "expected"),
    [(0o600, []), (0o400, []), (0o440, []), (0o604, ["vault.E005"]), (0o620, ["vault.E005"]), (0o666, ["vault.E005"])],
)
def test_rights_of_the_root_key(vault: Settings, tmp_path: Path, mode: int, expected: list[str]) -> None:
    """Its owner and, where an orchestrator hands it out so, its group; nobody else."""
    prepare_keys()
    (tmp_path / "rootkey/root.key").chmod(mode)
    assert ids() == expected
