"""Passkeys in an archive: what they open in a copy of their company (A5, B6, T1).

People keep theirs, or a company that demands a second factor would open its copy by the password alone. But nobody gets
into the copy by an old passkey alone: what the device keeps names the original, so it opens that and nothing else.
"""

from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.login import Admission, LoginRefused
from accounts.models import User
from accounts.passkeys import ceremonies, entering, keeping, proving
from accounts.passkeys.challenges import Purpose
from accounts.passkeys.models import Passkey, UsedChallenge
from accounts.passkeys.refusals import PasskeyRefused
from accounts.policy.models import SecurityPolicy
from auditlog.actors import Actor
from backups.restoring import restore_archive
from backups.taking import take_archive
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import Person
from tests.passkeys.conftest import Owner, give_passkey

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

ACTOR = Actor.system("tests")


@pytest.fixture
def original(cast: Cast, settings: Settings, tmp_path: Path) -> Owner:
    """The administrator of ACME, whose passkey opens the company alone."""
    settings.VAULT_DOCUMENT_STORE = f"file://{tmp_path}/documents"
    settings.VAULT_BACKUP_STORE = f"file://{tmp_path}/backups"
    with tenant_transaction(cast.admin.tenant.id):
        SecurityPolicy.objects.create(passkey_alone=True)
    return give_passkey(cast.admin)


@pytest.fixture
def copy(original: Owner) -> Tenant:
    """ACME once more, out of its archive, under another code."""
    with tenant_scope(original.person.tenant.id):
        archive = take_archive(actor=ACTOR)
    return restore_archive(archive, company_code="COPY", actor=ACTOR).tenant


def enter(owner: Owner, handle: bytes) -> Admission:
    """Log in with the owner's device alone, which says to open that account."""
    begun = proving.begin(None, Purpose.ALONE)
    return entering.log_in(answer=owner.device.sign(begun.options, handle=handle), token=begun.token)


def test_alone_it_opens_the_original_only(original: Owner, copy: Tenant) -> None:
    """T1: also when the page that sends it rewrites the name to that of the copy."""
    user = original.person.user
    assert enter(original, original.device.handle).secret.tenant_id == original.person.tenant.id
    with pytest.raises(LoginRefused):
        enter(original, copy.id.bytes + user.id.bytes)


def test_behind_the_password_of_the_copy(original: Owner, copy: Tenant) -> None:
    """A5: the second factor stays the second factor; what it counts there, it counts there."""
    with tenant_transaction(copy.id):
        double = User.objects.get(user_id="alice")
        begun = proving.begin(double, Purpose.FACTOR)
    answer = ceremonies.read_answer(original.device.sign(begun.options))
    with tenant_transaction(copy.id):
        proving.prove(answer, Purpose.FACTOR, token=begun.token, user=double)
        assert Passkey.objects.get().sign_count == 1
    with tenant_transaction(original.person.tenant.id):
        assert Passkey.objects.get().sign_count == 0


def test_a_challenge_of_one_answers_nothing_in_the_other(original: Owner, copy: Tenant) -> None:
    """T1: although user and passkey have the same keys there."""
    with tenant_transaction(copy.id):
        double = User.objects.get(user_id="alice")
        begun = proving.begin(double, Purpose.FACTOR)
    with pytest.raises(PasskeyRefused) as refused:
        original.answer(begun)
    assert refused.value.reason == "no challenge in this browser"


def test_a_new_passkey_for_the_copy(original: Owner, copy: Tenant) -> None:
    """A5: the same device makes one, which opens the copy alone."""
    with tenant_transaction(copy.id):
        double = Person(User.objects.get(user_id="alice"), copy)
        assert keeping.begin(double.user).options["excludeCredentials"] == []
    fresh = give_passkey(double)
    assert enter(fresh, fresh.device.handle).secret.tenant_id == copy.id


def test_used_challenges_stay_behind(original: Owner, copy: Tenant) -> None:
    """R6: what is over is in no archive."""
    with tenant_scope(copy.id), tenant_transaction(copy.id):
        assert not UsedChallenge.objects.exists()
        assert Passkey.objects.count() == 1
