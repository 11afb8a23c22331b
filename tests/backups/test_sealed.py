"""Small secrets in a restored company: sealed anew under its own keys (A5, B6, D7)."""

from base64 import b64encode
from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.factors import totp
from accounts.factors.models import TotpDevice
from accounts.login import log_in
from accounts.models import User
from auditlog.forwarding.destinations import Wanted, add_destination
from auditlog.forwarding.models import Destination, DestinationKind, Health
from auditlog.forwarding.queries import due
from auditlog.forwarding.signing import secrets_of
from backups.custody.rotating import rotate_tenant_keys
from backups.manifest import read_manifest
from backups.models import Archive
from backups.restoring import restore_archive
from tenants.isolation.transactions import tenant_transaction
from tests.backups.conftest import ACTOR, Stored
from tests.backups.test_round_trip import contents_of
from tests.conftest import EVERY_ROLE
from tests.factories.people import PASSWORD, SEED, give_app
from vault.keys import key_store
from vault.stores import backup_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def test_the_app_works_in_the_copy(stored: Stored, take: Callable[[], Archive]) -> None:
    """A5: its seed is sealed with the copy's keys, which alone are used there."""
    with tenant_transaction(stored.tenant.id):
        give_app(stored.admin.user)
    copy = restore_archive(take(), company_code="COPY", actor=ACTOR).tenant

    assert log_in(company_code="COPY", user_id="anna", password=PASSWORD).awaiting_factor

    with tenant_transaction(copy.id):
        anna = User.objects.get(user_id="anna")
        assert totp.unseal(anna, bytes(TotpDevice.objects.get().seed_sealed)) == SEED
        assert totp.spend(anna, stored.admin.code())


def test_an_archive_of_before_the_keys_were_renewed(stored: Stored, take: Callable[[], Archive]) -> None:
    """B6, P5: files and secrets that the old key sealed come back, under the copy's own key."""
    with tenant_transaction(stored.tenant.id):
        give_app(stored.admin.user)
    archive, old = take(), key_store().key_id(stored.tenant.id)
    assert rotate_tenant_keys(stored.tenant, actor=ACTOR).key_id != old

    copy = restore_archive(archive, company_code="COPY", actor=ACTOR).tenant

    assert read_manifest(backup_store(), archive.place).key_ids == (old,)
    assert contents_of(copy.id) == contents_of(stored.tenant.id) == stored.files
    assert not set(key_store().tenant_keys(copy.id).key_ids) & set(key_store().tenant_keys(stored.tenant.id).key_ids)
    for tenant_id in (copy.id, stored.tenant.id):
        with tenant_transaction(tenant_id):
            anna = User.objects.get(user_id="anna")
            assert totp.unseal(anna, bytes(TotpDevice.objects.get().seed_sealed)) == SEED


def test_a_secret_that_cannot_be_read_holds_nothing_up(stored: Stored, take: Callable[[], Archive]) -> None:
    """B6: it is left as it is, and an administrator resets that factor."""
    with tenant_transaction(stored.tenant.id):
        TotpDevice.objects.create(user=stored.admin.user, seed_sealed=b"not sealed by anybody")
    copy = restore_archive(take(), company_code="COPY", actor=ACTOR).tenant
    with tenant_transaction(copy.id):
        assert bytes(TotpDevice.objects.get().seed_sealed) == b"not sealed by anybody"


def test_a_copy_forwards_nothing_until_it_is_resumed(stored: Stored, take: Callable[[], Archive]) -> None:
    """G2, B6: the destination and its secret come along, the secret under the copy's keys, and it is silent."""
    with tenant_transaction(stored.tenant.id):
        wanted = Wanted("SIEM", "https://logs.example.com/")
        original, clear = add_destination(DestinationKind.WEBHOOK, wanted, actor=ACTOR)
    copy = restore_archive(take(), company_code="COPY", actor=ACTOR).tenant
    with tenant_transaction(copy.id):
        destination = Destination.objects.get()
        (secret,) = secrets_of(destination)
    assert clear == "whsec_" + b64encode(secret).decode()
    assert (destination.id, destination.health) == (original.id, Health.PAUSED)
    assert due(timezone.now()) == [(stored.tenant.id, original.id)]
