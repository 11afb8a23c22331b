"""People: users with a password and roles."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from accounts.factors import totp
from accounts.factors.kinds import has_factor
from accounts.factors.models import TotpDevice
from accounts.menus import BUILT_IN_ROLES
from accounts.models import Role, User, UserRole, UserState
from accounts.sessions import start_session
from auditlog.actors import Actor
from auditlog.context import Origin, origin
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant

PASSWORD = "correct horse battery staple"
SEED = b"a seed of 20 bytes.."


@dataclass(frozen=True)
class Person:
    """A user together with what is needed to be them."""

    user: User
    tenant: Tenant
    password: str = PASSWORD

    @property
    def actor(self) -> Actor:
        """Who they are to the audit log."""
        return self.user.as_actor()

    def session_cookie(self) -> str:
        """The cookie of a fresh session of theirs, opened where test clients are and by every factor that they have."""
        with origin(Origin(ip="127.0.0.1")), tenant_transaction(self.tenant.id):
            method = "password+totp" if has_factor(self.user) else "password"
            return str(start_session(self.user, method=method))

    def code(self) -> str:
        """What their authenticator app shows now; the provider's people have one."""
        return totp.code_at(SEED, timezone.now())

    def client(self) -> Client:
        """A browser (of Django's test client) in which they are logged in."""
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = self.session_cookie()
        return client


def make_person(tenant: Tenant, user_id: str, *roles: str, **fields: Any) -> Person:
    """An active user of the tenant who has these built-in roles (codes of `accounts.menus`)."""
    fields = {"name": user_id.title(), "email": f"{user_id}@{tenant.company_code.lower()}.example"} | fields
    with tenant_transaction(tenant.id):
        user = User.objects.create(
            user_id=user_id, **{"password": _hashed(PASSWORD), "state": UserState.ACTIVE, "language": "en"} | fields
        )
        for code in roles:
            UserRole.objects.create(user=user, role=built_in_role(tenant, code))
        if tenant.is_provider:
            give_app(user)
    return Person(user, tenant)


def give_app(user: User) -> None:
    """An authenticator app with a known seed."""
    TotpDevice.objects.create(user=user, seed_sealed=totp.seal(user, SEED))


def built_in_role(tenant: Tenant, code: str) -> Role:
    """The tenant's role of that code; all of its built-in roles are made at the first call."""
    with tenant_transaction(tenant.id):
        if not Role.objects.exclude(code="").exists():
            Role.objects.bulk_create(
                Role(code=role.code, menus=list(role.menus))
                for role in BUILT_IN_ROLES
                if tenant.is_provider or not role.provider_only
            )
        return Role.objects.get(code=code)


@cache
def _hashed(password: str) -> str:
    return make_password(password)
