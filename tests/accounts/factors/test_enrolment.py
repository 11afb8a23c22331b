"""Who needs a second factor, and how one is set up, removed and reset (A5)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.factors import totp
from accounts.factors.enrolment import reset_factors
from accounts.factors.models import RecoveryCode, TotpDevice
from accounts.menus import ADMINISTRATOR
from accounts.models import Role, Session, User
from accounts.policy.services import change_policy
from auditlog.actors import Actor
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.accounts.reading import actions_of, newest_event, page_of
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import Person, give_app, make_person
from tests.test_permission_matrix import MATRIX, OWN, Public

pytestmark = pytest.mark.django_db
STAYS_OPEN = {"enrol", "totp_enrol", "confirm", "confirm_totp", "sso_confirm", "sso_confirmed proof"}


def everyone(tenant: Tenant) -> None:
    """The company demands a second factor of everybody."""
    with tenant_transaction(tenant.id):
        change_policy({"factor_required": "everyone"}, actor=Actor.system("test"))


def by_role(tenant: Tenant) -> None:
    """The role of administrators demands it."""
    with tenant_transaction(tenant.id):
        Role.objects.filter(code=ADMINISTRATOR).update(factor_required=True)


def by_reset(tenant: Tenant) -> None:
    """An administrator has reset the factors of everybody."""
    with tenant_transaction(tenant.id):
        for user in User.objects.all():
            give_app(user)
            reset_factors(user, actor=Actor.system("test"))


def enrol(client: Client) -> Any:
    """Set up an app as its owner does: read the key from the page, send the code."""
    page = client.get("/profile/factors/totp/").content.decode()
    sealed = re.search(r'name="seed" value="([^"]+)"', page)
    key = re.search(r'value="((?:[A-Z2-7]{4} ?){8})"', page)
    assert sealed is not None
    assert key is not None
    seed = totp.seed_of(key[1])
    return client.post("/profile/factors/totp/", {"seed": sealed[1], "code": totp.code_at(seed, timezone.now())})


@pytest.mark.parametrize("why", [everyone, by_role, by_reset])
def test_whoever_needs_one_sets_it_up_first(cast: Cast, why: Callable[[Tenant], None]) -> None:
    """ASVS 6.3.3: per tenant, per role, after a reset; once it is done, every door is open."""
    why(cast.admin.tenant)
    client = cast.admin.client()
    assert client.get("/console/users/").headers["Location"] == "/enrol/"
    assert "Authenticator app" in page_of(client, "/enrol/")

    assert enrol(client).headers["Location"] == "/profile/factors/recovery/"

    assert client.get("/console/users/").status_code == 200
    assert client.get("/enrol/").headers["Location"] == "/profile/factors/"
    assert newest_event(cast.admin.tenant, "accounts.factor.added").after == {"kind": "totp"}


@pytest.mark.django_db(databases=EVERY_ROLE)
def test_operators_always_need_one(cast: Cast) -> None:
    """A5: whatever the policy of the provider says."""
    with tenant_transaction(cast.operator.tenant.id):
        change_policy({"factor_required": "nobody"}, actor=Actor.system("test"))
        TotpDevice.objects.filter(user=cast.operator.user).delete()
    assert cast.operator.client().get("/operator/tenants/").headers["Location"] == "/enrol/"


def test_roles_count_only_where_the_policy_asks_them(cast: Cast) -> None:
    """A5: `nobody` switches the demands of roles off."""
    by_role(cast.admin.tenant)
    with tenant_transaction(cast.admin.tenant.id):
        change_policy({"factor_required": "nobody"}, actor=Actor.system("test"))
    assert cast.admin.client().get("/").status_code == 200
    assert cast.outsider.client().get("/").status_code == 200


@pytest.mark.django_db(databases=EVERY_ROLE)
def test_nothing_else_is_reachable_before(cast: Cast) -> None:
    """ASVS 6.3.3: every address of the permission matrix, GET and POST, leads to the set-up (or logs out)."""
    everyone(cast.admin.tenant)
    client, key = cast.admin.client(), cast.admin.user.id
    values = {"number": 1, "secret": "x", "name": "x"}
    reached = set()
    for name in [*MATRIX, *OWN]:
        url_name, *parameters = name.split()
        if isinstance(MATRIX.get(name), Public) or name == "logout" or name.startswith("operator:"):
            continue
        address = reverse(url_name, kwargs={parameter: values.get(parameter, key) for parameter in parameters})
        for method in (client.get, client.post):
            if method(address).headers.get("Location") != "/enrol/":
                reached.add(name)
    assert {name for name in reached if not name.startswith("passkey")} == STAYS_OPEN


def test_the_new_password_comes_after_the_factor(cast: Cast) -> None:
    """A2, A5: factor first, then the password that is due."""
    everyone(cast.admin.tenant)
    with tenant_transaction(cast.admin.tenant.id):
        User.objects.filter(id=cast.admin.user.id).update(must_change_password=True)
    client = cast.admin.client()
    assert client.get("/").headers["Location"] == "/enrol/"
    enrol(client)
    assert client.get("/").headers["Location"] == "/password/renew/"


def test_the_first_factor_ends_every_other_session(cast: Cast) -> None:
    """ASVS 7.4.3: who had only the password does not go on with it."""
    client, other = cast.admin.client(), cast.admin.client()
    enrol(client)
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 302
    with tenant_transaction(cast.admin.tenant.id):
        assert Session.objects.get(user=cast.admin.user, ended_at=None).method == "password+totp"


def test_looking_at_a_seed_stores_nothing(cast: Cast) -> None:
    """ASVS 3.5.3: the app counts after its first right code; a seed of somebody else's page is no good."""
    client = cast.admin.client()
    page = client.get("/profile/factors/totp/").content.decode()
    sealed = re.search(r'name="seed" value="([^"]+)"', page)
    assert sealed is not None
    assert client.post("/profile/factors/totp/", {"seed": sealed[1], "code": "000000"}).status_code == 200
    assert cast.editor.client().post("/profile/factors/totp/", {"seed": sealed[1], "code": "000000"}).status_code == 200
    assert client.post("/profile/factors/totp/", {"seed": "///", "code": "000000"}).status_code == 200
    with tenant_transaction(cast.admin.tenant.id):
        assert not TotpDevice.objects.exists()


def test_changes_of_factors_ask_for_the_password(cast: Cast) -> None:
    """ASVS 7.5.1."""
    client = cast.admin.client()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert client.get("/profile/factors/totp/").headers["Location"].startswith("/confirm/")
        for address in ("/profile/factors/totp/remove/", "/profile/factors/recovery/"):
            assert client.post(address).headers["Location"].startswith("/confirm/")


def test_the_last_factor_stays_while_it_is_needed(cast: Cast) -> None:
    """ASVS 6.5.6: removed when it may be, and its recovery codes with it."""
    person = cast.admin
    with tenant_transaction(person.tenant.id):
        give_app(person.user)
    client = person.client()
    client.post("/profile/factors/recovery/")
    everyone(person.tenant)
    assert "demands a second factor" in client.post("/profile/factors/totp/remove/", follow=True).content.decode()
    with tenant_transaction(person.tenant.id):
        assert TotpDevice.objects.count() == 1
        change_policy({"factor_required": "nobody"}, actor=Actor.system("test"))
    client.post("/profile/factors/totp/remove/")
    with tenant_transaction(person.tenant.id):
        assert (TotpDevice.objects.count(), RecoveryCode.objects.count()) == (0, 0)


# --- Reset by an administrator -----------------------------------------------------------------------------------
@pytest.fixture
def locked_out(cast: Cast) -> Person:
    """An editor who has lost the phone."""
    with tenant_transaction(cast.editor.tenant.id):
        give_app(cast.editor.user)
    return cast.editor


@pytest.mark.django_db(transaction=True)
def test_a_reset_is_recorded_told_and_ends_every_session(cast: Cast, locked_out: Person, mailoutbox: list[Any]) -> None:
    """ASVS 6.4.4, 6.3.7: the administrator sees and sets nothing; the user begins anew."""
    theirs = locked_out.client()
    address = f"/console/users/{locked_out.user.id}/reset-factors/"
    admin = cast.admin.client()
    assert "really this person" in page_of(admin, address)

    assert admin.post(address).status_code == 302

    assert theirs.get("/").status_code == 302
    assert locked_out.client().get("/").headers["Location"] == "/enrol/"
    assert newest_event(locked_out.tenant, "accounts.factors.reset").before == {"totp": 1}
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        (["erin@acme.example"], "Your second factor was reset by an administrator")
    ]


def test_nobody_resets_their_own(cast: Cast) -> None:
    """ASVS 6.4.4: it takes somebody else, among operators too."""
    with tenant_transaction(cast.admin.tenant.id):
        give_app(cast.admin.user)
    for person in (cast.admin, cast.operator):
        answer = person.client().post(f"/console/users/{person.user.id}/reset-factors/", follow=True)
        assert "cannot reset your own" in answer.content.decode()
        assert "accounts.factors.reset" not in actions_of(person.tenant)
    colleague = make_person(cast.operator.tenant, "oscar", ADMINISTRATOR)
    assert colleague.client().post(f"/console/users/{cast.operator.user.id}/reset-factors/").status_code == 302
    assert "accounts.factors.reset" in actions_of(cast.operator.tenant)


def test_a_role_learns_to_demand_it(cast: Cast) -> None:
    """A5: built-in roles as well; the change is on record."""
    with tenant_transaction(cast.admin.tenant.id):
        role = Role.objects.get(code=ADMINISTRATOR)
    cast.admin.client().post(f"/console/roles/{role.id}/factor/", {"required": "1"})
    assert cast.admin.client().get("/").headers["Location"] == "/enrol/"
    assert newest_event(cast.admin.tenant, "accounts.role.changed").after == {
        "name": ADMINISTRATOR,
        "factor_required": True,
    }
