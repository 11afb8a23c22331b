"""`manage.py keys rotate`, on record (P5)."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from auditlog.models import AuditEvent
from backups.layout import PLATFORM_ID
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE
from vault.keys import key_store

pytestmark = pytest.mark.django_db(databases=EVERY_ROLE, transaction=True)


def keys(*arguments: str) -> str:
    out = io.StringIO()
    call_command("keys", *arguments, stdout=out)
    return out.getvalue()


def events(tenant: Tenant, prefix: str = "keys.") -> list[tuple[str, str]]:
    with tenant_transaction(tenant.id):
        found = AuditEvent.objects.filter(action__startswith=prefix).order_by("at", "id")
        return [(event.action, event.target_label) for event in found]


@pytest.fixture(autouse=True)
def furnished(vault: Settings, acme: Tenant, globex: Tenant) -> None:
    """Keys of both tenants in the store of this test."""
    for tenant in (acme, globex):
        key_store().create_tenant_keys(tenant.id)


def test_the_root_key_by_command(
    provider: Tenant, acme: Tenant, vault: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both halves tell what they did, in the provider's log too; the end does not come too early."""
    sealed = key_store().seal_secret(acme.id, "p", b"secret")
    before = key_store().root_key_id
    result = json.loads(keys("rotate", "--root", "--json"))
    assert (result["old"], result["folders"], result["versions"]) == (before, 3, 3)
    assert "--finish" in keys("rotate", "--root")
    with pytest.raises(CommandError, match="Wait until"):
        keys("rotate", "--root", "--finish")
    monkeypatch.setattr("vault.rotation.FINISH_AFTER", timedelta(0))
    assert "3 versions" in keys("rotate", "--root", "--finish")
    assert events(provider) == [
        ("keys.root.rotated", result["new"]),
        ("keys.root.rotated", result["new"]),
        ("keys.root.retired", before),
    ]
    key_store.cache_clear()
    assert key_store().open_secret(acme.id, "p", sealed) == b"secret"


def test_a_tenants_keys_by_command(provider: Tenant, acme: Tenant, globex: Tenant) -> None:
    """One company, named by its code; it stands in its log and in the provider's, and the other has neither."""
    others = key_store().tenant_keys(globex.id).key_ids
    result = json.loads(keys("rotate", "--tenant", acme.company_code.lower(), "--json"))
    assert result["keys"][-1] == result["key_id"] == key_store().key_id(acme.id)
    assert key_store().tenant_keys(globex.id).key_ids == others
    assert events(acme) == events(provider) == [("keys.tenant.rotated", str(acme))]
    assert events(globex) == []
    with pytest.raises(CommandError, match="nobody"):
        keys("rotate", "--tenant", "nobody")


def test_the_platforms_keys_by_command(provider: Tenant) -> None:
    """P5: nothing to renew before the first backup; then another key seals, and only the provider's log says it."""
    with pytest.raises(CommandError, match="its first backup makes them"):
        keys("rotate", "--platform")
    first = key_store().create_tenant_keys(PLATFORM_ID).key_id
    result = json.loads(keys("rotate", "--platform", "--json"))
    assert result["keys"] == [first, result["key_id"]]
    assert "sealed with the key" in keys("rotate", "--platform")
    assert events(provider)[0] == ("keys.platform.rotated", result["key_id"])


def test_signing_keys_by_command(provider: Tenant) -> None:
    """Purposes that are in use; the audit log's own keeps its own record."""
    for purpose in ("backups.manifest", "auditlog"):
        before = key_store().signing.sign(purpose, b"m")
        result = json.loads(keys("rotate", "--signing", purpose, "--json"))
        assert result["key_id"] == key_store().signing.sign(purpose, b"m").key_id != before.key_id
        key_store().signing.verify(purpose, b"m", before)
    assert [action for action, _ in events(provider)] == ["keys.signing.rotated"]
    assert [action for action, _ in events(provider, "auditlog.key")] == ["auditlog.key.rotated"]
    with pytest.raises(CommandError, match=r"There are: auditlog, backups\.manifest"):
        keys("rotate", "--signing", "typo")
    with pytest.raises(CommandError, match="belongs to --root"):
        keys("rotate", "--signing", "auditlog", "--finish")
