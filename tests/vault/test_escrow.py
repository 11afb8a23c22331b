"""The root key in escrow: sealed, practised, put back (P5)."""

import io
import json
import stat
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from vault import escrow
from vault.errors import EscrowRefused
from vault.keys import key_store
from vault.root import create_root_key

PASSPHRASE = "正しい馬 battery staple 電池 2026"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real cost is a second and 256 MiB a try."""
    monkeypatch.setattr(escrow, "COST", {"time": 1, "memory_kib": 64, "lanes": 1})


def command(tmp_path: Path, *arguments: str, passphrase: str = PASSPHRASE) -> Any:
    (tmp_path / "passphrase").write_text(passphrase + "\n")
    out = io.StringIO()
    call_command("keys", "escrow", *arguments, "--passphrase-file", str(tmp_path / "passphrase"), "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.django_db(databases=["default", "platform", "owner"], transaction=True)
def test_from_export_to_restore(provider: Tenant, vault: Settings, tmp_path: Path, tenant: UUID) -> None:
    """The whole way: export, drill, the machine burns, restore; each on record; a stranger is told apart."""
    root, file = tmp_path / "rootkey/root.key", tmp_path / "escrow.json"
    sealed, before = key_store().seal_secret(tenant, "p", b"secret"), root.read_bytes()
    key_store().signing.sign("p", b"m")
    exported = command(tmp_path, "export", "--out", str(file))
    assert exported["root_key"] == key_store().root_key_id
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(CommandError, match="never overwritten"):
        command(tmp_path, "export", "--out", str(file))
    with pytest.raises(CommandError, match="lies inside VAULT_KEY_STORE"):
        command(tmp_path, "export", "--out", str(tmp_path / "keys" / "escrow.json"))
    with pytest.raises(CommandError, match="already"):
        command(tmp_path, "restore", str(file))
    root.unlink()
    key_store.cache_clear()
    assert command(tmp_path, "drill", str(file)) | {"exported": ""} == {
        "root_key": exported["root_key"], "exported": "", "opened": 3, "broken": [], "sound": True,
    }  # fmt: skip
    assert not root.exists(), "a drill touches nothing"
    with pytest.raises(CommandError, match="does not open this file"):
        command(tmp_path, "restore", str(file), passphrase=PASSPHRASE + "!")
    command(tmp_path, "restore", str(file))
    assert root.read_bytes() == before
    assert stat.S_IMODE(root.stat().st_mode) == 0o600
    assert key_store().open_secret(tenant, "p", sealed) == b"secret"
    with tenant_transaction(provider.id):
        found = list(
            AuditEvent.objects.filter(action__startswith="keys.").order_by("at").values_list("action", flat=True)
        )
    assert found == ["keys.escrow.exported", "keys.escrow.drilled", "keys.escrow.restored"]

    root.unlink()
    other = create_root_key(root)
    root.rename(tmp_path / "other.key")
    stranger = escrow.seal(
        (tmp_path / "other.key").read_bytes(), PASSPHRASE, installation="x", root_key=other.present.id
    )
    (tmp_path / "stranger.json").write_bytes(stranger)
    with pytest.raises(CommandError, match="would not bring everything back"):
        command(tmp_path, "drill", str(tmp_path / "stranger.json"))
    with pytest.raises(CommandError, match="does not open the key store"):
        command(tmp_path, "restore", str(tmp_path / "stranger.json"))
    assert not root.exists()


@pytest.mark.parametrize("weak", ["", "short", "a" * 40, "abcabcabcabcabcabcabcabc"])
def test_weak_passphrases_are_refused(weak: str) -> None:
    """Whoever finds the file can try for years."""
    with pytest.raises(EscrowRefused, match="at least 20"):
        escrow.seal(b"key", weak, installation="i", root_key="r")


def test_the_file_describes_itself_and_cannot_be_altered() -> None:
    """argon2id and AES-256-GCM by their names and parameters; each field is bound; typed on a Mac it opens too."""
    sealed = escrow.seal(b"key", PASSPHRASE, installation="i", root_key="r")
    fields = json.loads(sealed)
    assert (fields["kdf"]["name"], fields["cipher"], fields["installation"]) == ("argon2id", "AES-256-GCM", "i")
    assert escrow.unseal(sealed, "正しい馬 battery staple 電池 2026").content == b"key"
    ga = PASSPHRASE + "が"
    assert escrow.unseal(escrow.seal(b"k", ga, installation="i", root_key="r"), PASSPHRASE + "か\u3099").content == b"k"
    for name, value in (
        ("installation", "j"), ("root_key", "s"), ("created", "2020-01-01T00:00:00+00:00"), ("about", ""),
        ("sealed", fields["sealed"][:-4] + "AAA="), ("nonce", "AAAAAAAAAAAAAAAA"), ("extra", 1),
    ):  # fmt: skip
        with pytest.raises(EscrowRefused, match="does not open"):
            escrow.unseal(json.dumps({**fields, name: value}).encode(), PASSPHRASE)


_GREEDY = {"name": "argon2id", "time": 1, "memory_kib": 10**9, "lanes": 1, "salt": "AAAA"}


@pytest.mark.parametrize(
    "change",
    [
        {"format": "sekisho-escrow-9"},
        {"sealed": None},
        {"kdf": {}},
        {"kdf": _GREEDY},
    ],
)
def test_another_file_is_no_escrow(change: dict[str, Any]) -> None:
    """Nor one that would have us use up the machine's memory."""
    fields = json.loads(escrow.seal(b"key", PASSPHRASE, installation="i", root_key="r"))
    with pytest.raises(EscrowRefused, match="no escrow file"):
        escrow.unseal(json.dumps({**fields, **change}).encode(), PASSPHRASE)
    with pytest.raises(EscrowRefused, match="no escrow file"):
        escrow.unseal(b"\x00", PASSPHRASE)
