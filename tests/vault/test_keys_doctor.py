"""`manage.py keys status` and `keys doctor`; a root key in KMS that fails (P5)."""

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from backups.custody.examining import examine
from backups.layout import PLATFORM_ID
from documents.contents import store_file
from documents.names import Place
from tenants.isolation.context import tenant_scope
from tenants.models import Tenant
from tests.backups.conftest import ACTOR
from tests.conftest import EVERY_ROLE
from vault import records
from vault.aws import client
from vault.errors import KeysAltered, RootKeyUnavailable, SecretUnreadable
from vault.escrownotes import Deed, note
from vault.keys import key_store
from vault.root import _KmsAead, root_key_path
from vault.rotation import rotate_root
from vault.stores import open_store


def told(*arguments: str, fails: bool = False) -> Any:
    out = io.StringIO()
    if fails:
        with pytest.raises(CommandError):
            call_command("keys", *arguments, "--json", stdout=out)
    else:
        call_command("keys", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def furnished(vault: Settings, provider: Tenant, acme: Tenant, globex: Tenant) -> None:
    """Keys of the three, a file of ACME, an escrow of the present root key with its drill."""
    for tenant_id in (provider.id, acme.id, globex.id, PLATFORM_ID):
        key_store().create_tenant_keys(tenant_id)
    with tenant_scope(acme.id):
        store_file([b"content"], place=Place((), "a.txt"), actor=ACTOR)
    escrowed()


def escrowed() -> None:
    store, root = key_store().wrapping.store, key_store().root_key_id
    note(store, Deed.EXPORT, root, sound=True)
    note(store, Deed.DRILL, root, sound=True)


def codes() -> list[str]:
    return [found.code for found in examine()]


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_status_and_doctor(furnished: None, vault: Settings, tmp_path: Path, acme: Tenant, globex: Tenant) -> None:
    """In order first; then each thing that goes wrong is named by its code."""
    status = told("status")
    assert status["root_key"]["escrow"]["holds_present"] is True
    assert status["root_key"]["kind"] == "file"
    assert status["versions"]["tenants"] == {key_store().root_key_id: 4}
    assert {one["tenant"]: one["keys"] for one in status["tenants"]}["ACME"] == 1
    out = io.StringIO()
    call_command("keys", "status", stdout=out)
    assert key_store().installation in out.getvalue()
    assert told("doctor") == {"findings": []}
    assert list((tmp_path / "keys").glob("probes/*")) == [], "what was tried is tidied"

    (tmp_path / "rootkey/root.key").chmod(0o644)
    assert codes() == ["vault.E005"]
    (tmp_path / "rootkey/root.key").chmod(0o600)
    vault.VAULT_BACKUP_STORE = f"file://{tmp_path}/keys/backups"
    assert codes() == ["vault.E001"]
    vault.VAULT_BACKUP_STORE = f"file://{tmp_path}/backups"
    rotate_root(key_store(), root_key_path(vault.VAULT_ROOT_KEY))
    assert codes() == ["root.unfinished", "escrow.old_key", "drill.never"]
    escrowed()

    key_store().create_tenant_keys(stranger := uuid4())
    (tmp_path / f"keys/tenants/{globex.id}/1.json").unlink()
    (tmp_path / f"keys/tenants/{globex.id}/2.json").unlink()
    for path in (tmp_path / "documents").rglob(f"{acme.id}/documents/*"):
        path.write_bytes(path.read_bytes()[:-4])
    found = {one["code"]: one["text"] for one in told("doctor", fails=True)["findings"]}
    assert found.keys() == {"root.unfinished", "tenant.keyless", "tenant.stranger", "sample.unreadable"}
    assert "GLOBEX" in found["tenant.keyless"]
    assert str(stranger) in found["tenant.stranger"]
    assert "ACME" in found["sample.unreadable"]

    record = tmp_path / f"keys/tenants/{acme.id}/2.json"
    content = json.loads(record.read_text())
    record.write_text(json.dumps({**content, "keyset": content["keyset"][:-8] + "AAAAAAA="}))
    key_store.cache_clear()
    assert "record.unreadable" in codes()
    (tmp_path / "rootkey/root.key").unlink()
    key_store.cache_clear()
    assert codes() == ["keys.closed"]


class _FailingKms(BaseHTTPRequestHandler):
    """Answers as AWS KMS does when a key is waiting for its deletion; moto would go on decrypting."""

    def do_POST(self) -> None:
        body = json.dumps(
            {"__type": "KMSInvalidStateException", "message": "arn:aws:kms:x is pending deletion."}
        ).encode()
        self.send_response(400)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def failing_kms() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _FailingKms)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def under_kms(aws: str, vault: Settings) -> Any:
    """The root key is in KMS."""
    vault.KMS_ENDPOINT_URL = aws
    vault.S3_ACCESS_KEY_ID = vault.S3_SECRET_ACCESS_KEY = "test"
    kms = client("kms", endpoint=aws, region="ap-northeast-1")
    vault.VAULT_ROOT_KEY = f"aws-kms://{kms.create_key()['KeyMetadata']['Arn']}"
    return kms


def test_an_outage_of_kms_is_named_and_alters_nothing(
    under_kms: Any, vault: Settings, failing_kms: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys that are kept serve on, also when their record has a new version; others fail with KMS's own words."""
    clock = [1000.0]
    monkeypatch.setattr(records, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    kept, other = uuid4(), uuid4()
    keys = key_store()
    for tenant in (kept, other):
        keys.create_tenant_keys(tenant)
    sealed = keys.seal_secret(kept, "p", b"secret")
    keys._recent.forget(other)
    before = sorted(path.name for path in (tmp_path / "keys").rglob("*.json"))
    keys.wrapping.rewrap(keys._records(kept), keys.kind(kept))
    keys.rotate_tenant_keys(kept)
    keys._recent.forget(kept)
    keys.tenant_keys(kept)
    after = sorted(path.name for path in (tmp_path / "keys").rglob("*.json"))
    assert len(after) == len(before) + 1

    for key in keys.wrapping.roots._held.values():  # the same process, whose KMS fails from now on
        endpoint: Any = key._aead
        monkeypatch.setattr(endpoint, "_primitive", _primitive_at(failing_kms, vault))
    clock[0] += 3600
    assert keys.open_secret(kept, "p", sealed) == b"secret"
    with pytest.raises(SecretUnreadable):
        keys.open_secret(kept, "q", sealed)
    with pytest.raises(RootKeyUnavailable, match="pending deletion"):
        keys.tenant_keys(other)
    with pytest.raises(RootKeyUnavailable, match="pending deletion"):
        keys.create_tenant_keys(uuid4())
    with pytest.raises(RootKeyUnavailable, match="pending deletion"):
        keys.rotate_tenant_keys(kept)
    assert sorted(path.name for path in (tmp_path / "keys").rglob("*.json")) == after
    store = open_store(vault.VAULT_KEY_STORE, create=False)
    store.put(f"tenants/{kept}/9.json", json.dumps({**_newest(store, kept), "version": 9}).encode())
    clock[0] += 3600
    assert keys.open_secret(kept, "p", sealed) == b"secret", "a new version that cannot be opened now does not matter"


def _primitive_at(endpoint: str, vault: Settings) -> Any:
    vault.KMS_ENDPOINT_URL = endpoint
    return _KmsAead(vault.VAULT_ROOT_KEY)._primitive


def _newest(store: Any, tenant: Any) -> dict[str, Any]:
    *_, info = store.list(f"tenants/{tenant}/")
    with store.open(info.name) as reader:
        content: dict[str, Any] = json.loads(reader.read())
    return content


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_a_kms_key_that_goes_is_named(under_kms: Any, vault: Settings, provider: Tenant, tmp_path: Path) -> None:
    """moto decrypts with it all the same, so what KMS says of the key counts; nothing leaves KMS for an escrow."""
    key_store().installation  # noqa: B018 - makes the key store
    assert "root.kms" not in codes()
    arn = vault.VAULT_ROOT_KEY.removeprefix("aws-kms://")
    under_kms.schedule_key_deletion(KeyId=arn.rpartition("/")[2], PendingWindowInDays=7)
    assert codes().count("root.kms") == 1
    (tmp_path / "passphrase").write_text("correct horse battery staple")
    with pytest.raises(CommandError, match="lets no key out"):
        told("escrow", "export", "--out", str(tmp_path / "e"), "--passphrase-file", str(tmp_path / "passphrase"))
    assert not (tmp_path / "e").exists()


def test_a_record_under_another_kms_key_is_refused(under_kms: Any, vault: Settings) -> None:
    """Not a matter of KMS's mood: a wrapped key names its root key, and what it binds differs by tenant and place."""
    tenant, neighbour = uuid4(), uuid4()
    keys = key_store()
    keys.create_tenant_keys(tenant)
    store = keys.wrapping.store
    with store.open(f"tenants/{tenant}/1.json") as reader:
        store.put(f"tenants/{neighbour}/1.json", reader.read())
    with pytest.raises(KeysAltered):
        keys.tenant_keys(neighbour)
