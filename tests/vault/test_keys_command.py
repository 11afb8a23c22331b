"""`manage.py keys init` (P5)."""

import io
import json
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from vault.keys import key_store
from vault.root import create_root_key


def init(*options: str) -> str:
    out = io.StringIO()
    call_command("keys", "init", *options, stdout=out)
    return out.getvalue()


def test_makes_what_is_absent_and_repeats_without_harm(vault: Settings, tmp_path: Path) -> None:
    """The first run makes root key and key store, the second one changes nothing."""
    vault.PRODUCTION = True
    first = json.loads(init("--json"))
    root = (tmp_path / "rootkey/root.key").read_bytes()
    assert first["made"] == ["root_key", "key_store"]
    assert first["installation"] == key_store().installation
    second = json.loads(init("--json"))
    assert second == {**first, "made": []}
    assert (tmp_path / "rootkey/root.key").read_bytes() == root


def test_tells_a_person_to_keep_a_copy(vault: Settings, tmp_path: Path) -> None:
    """The one thing that cannot be made good later stands in the output, the key itself does not."""
    shown = init()
    secret = json.loads((tmp_path / "rootkey/root.key").read_text())["keyset"]["key"][0]["keyData"]["value"]
    assert key_store().installation in shown
    assert "root.key" in re.sub(r"[\s│]", "", shown)  # a long path is folded
    assert secret not in shown
    assert key_store().installation in init()


def test_takes_a_root_key_that_is_there_already(vault: Settings, tmp_path: Path) -> None:
    """A key from a safe or an orchestrator is used, not replaced."""
    root = create_root_key(tmp_path / "rootkey/root.key").present
    assert json.loads(init("--json")) == {
        "made": ["key_store"],
        "installation": key_store().installation,
        "root_key": {"id": root.id, "address": vault.VAULT_ROOT_KEY},
        "key_store": vault.VAULT_KEY_STORE,
    }


def test_refuses_the_wrong_root_key(vault: Settings, tmp_path: Path) -> None:
    """Neither a lost nor an exchanged root key is papered over."""
    init()
    (tmp_path / "rootkey/root.key").unlink()
    with pytest.raises(CommandError, match="escrow"):
        init()
    create_root_key(tmp_path / "rootkey/root.key")
    with pytest.raises(CommandError, match="does not open"):
        init()
