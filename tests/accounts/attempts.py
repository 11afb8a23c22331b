"""Attempts to log in that fail for every reason there is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import User, UserState
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant
from tests.factories.people import PASSWORD, Person, make_person
from tests.factories.tenants import make_tenant

WRONG = "wrong horse battery staple"


@dataclass(frozen=True)
class Attempt:
    """What somebody types at the log-in page."""

    company_code: str
    user_id: str
    password: str = WRONG

    def typed(self) -> dict[str, str]:
        """As the form sends it."""
        return {"company_code": self.company_code, "user_id": self.user_id, "password": self.password}


def _person(tenant: Tenant, **fields: object) -> Person:
    return make_person(tenant, "alice", **fields)


def unknown_company(_acme: Tenant) -> Attempt:
    """Nobody has this company code."""
    return Attempt("NOBODY", "alice")


def unknown_user(acme: Tenant) -> Attempt:
    """The company has no such user."""
    return Attempt(acme.company_code, "nobody")


def wrong_password(acme: Tenant) -> Attempt:
    """The password is not the user's."""
    _person(acme)
    return Attempt(acme.company_code, "alice")


def locked(acme: Tenant) -> Attempt:
    """The password is right, but there were too many wrong ones."""
    _person(acme, failed_logins=10, locked_until=timezone.now() + timedelta(minutes=5))
    return Attempt(acme.company_code, "alice", PASSWORD)


def suspended_user(acme: Tenant) -> Attempt:
    """The account is suspended, and the password is wrong."""
    _person(acme, state=UserState.SUSPENDED)
    return Attempt(acme.company_code, "alice")


def invited_user(acme: Tenant) -> Attempt:
    """The account has no password yet."""
    _person(acme, state=UserState.INVITED, password=make_password(None))
    return Attempt(acme.company_code, "alice")


def old_parameters(acme: Tenant) -> Attempt:
    """The password is wrong, and its hash was made when hashes were cheaper."""
    person = _person(acme)
    with tenant_transaction(acme.id):
        cheap = make_password(PASSWORD).replace("t=1", "t=2")
        User.objects.filter(id=person.user.id).update(password=cheap)
    return Attempt(acme.company_code, "alice")


def suspended_company(_acme: Tenant) -> Attempt:
    """The company's contract has ended, and the password is wrong. Needs the platform role, and commits."""
    gone = make_tenant("GONE", state=State.ACTIVE)
    _person(gone)
    with platform_transaction():
        Tenant.objects.filter(id=gone.id).update(state=State.SUSPENDED)
    return Attempt("GONE", "alice")


EVERY_FAILURE: tuple[Callable[[Tenant], Attempt], ...] = (
    unknown_company,
    unknown_user,
    wrong_password,
    locked,
    suspended_user,
    invited_user,
    suspended_company,
)
