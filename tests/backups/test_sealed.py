"""Small secrets in a restored company: sealed anew under its own keys (A5, B6, D7)."""

from collections.abc import Callable

import pytest

from accounts.factors import totp
from accounts.factors.models import TotpDevice
from accounts.login import log_in
from accounts.models import User
from backups.models import Archive
from backups.restoring import restore_archive
from tenants.isolation.transactions import tenant_transaction
from tests.backups.conftest import ACTOR, Stored
from tests.conftest import EVERY_ROLE
from tests.factories.people import PASSWORD, SEED, give_app

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


def test_a_secret_that_cannot_be_read_holds_nothing_up(stored: Stored, take: Callable[[], Archive]) -> None:
    """B6: it is left as it is, and an administrator resets that factor."""
    with tenant_transaction(stored.tenant.id):
        TotpDevice.objects.create(user=stored.admin.user, seed_sealed=b"not sealed by anybody")
    copy = restore_archive(take(), company_code="COPY", actor=ACTOR).tenant
    with tenant_transaction(copy.id):
        assert bytes(TotpDevice.objects.get().seed_sealed) == b"not sealed by anybody"
