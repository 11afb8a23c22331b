"""What a plan allows (T7)."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User, UserState
from accounts.users import suspend_user
from tenants import limits
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tenants.plans import PLANS, PlanCode
from tests.concurrency import at_once
from tests.conftest import EVERY_ROLE
from tests.factories.people import Person, make_person

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

ALLOWED = PLANS[PlanCode.TRIAL].users


@pytest.fixture
def admin(acme: Tenant) -> Person:
    """The administrator of ACME, which is on trial."""
    with platform_transaction():
        Tenant.objects.filter(id=acme.id).update(plan_code=PlanCode.TRIAL)
    return make_person(acme, "alice", "administrator")


def register(admin: Person, user_id: str) -> User:
    """Register somebody, as the form does."""
    with tenant_transaction(admin.tenant.id):
        return limits.register_user(
            user_id=user_id, name="N", email="n@acme.example", roles=[], language="en", actor=admin.actor
        )


def use(admin: Person) -> limits.Use:
    """How full the plan is."""
    with tenant_transaction(admin.tenant.id):
        return limits.users_of_plan()


def test_registering_stops_at_the_limit(admin: Person) -> None:
    """T7: invited users count; the complaint names the number."""
    for number in range(ALLOWED - 1):
        assert not use(admin).is_full
        register(admin, f"user{number}")
    assert use(admin) == limits.Use(ALLOWED, ALLOWED)
    with pytest.raises(ValidationError, match=f"allows {ALLOWED} users"):
        register(admin, "one-more")
    assert use(admin).used == ALLOWED


def test_a_suspended_user_makes_room_and_needs_it_to_come_back(admin: Person) -> None:
    """T7: who has left does not count; resuming is no way round."""
    someone, *_others = [register(admin, f"user{number}") for number in range(ALLOWED - 1)]
    with tenant_transaction(admin.tenant.id):
        suspend_user(someone, actor=admin.actor)
    register(admin, "one-more")
    with tenant_transaction(admin.tenant.id), pytest.raises(ValidationError, match="Your plan allows"):
        limits.resume_user(someone, actor=admin.actor)
    with tenant_transaction(admin.tenant.id):
        assert User.objects.get(id=someone.id).state == UserState.SUSPENDED


def test_the_limit_is_the_tenants_own(admin: Person, globex: Tenant) -> None:
    """T1: a full neighbour takes no room."""
    for number in range(ALLOWED - 1):
        register(admin, f"user{number}")
    register(make_person(globex, "gina", "administrator"), "one-more")


def test_a_race_does_not_pass_the_limit(admin: Person) -> None:
    """T7: registrations of one tenant take turns."""
    outcomes = at_once(*(lambda n=number: register(admin, f"user{n}") for number in range(8)))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == (
        ["User"] * (ALLOWED - 1) + ["ValidationError"] * (8 - ALLOWED + 1)
    )
    assert use(admin).used == ALLOWED
