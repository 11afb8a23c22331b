"""Somebody who logs in, in a company of their own, beside the provider."""

from dataclasses import dataclass

from django.contrib.auth.hashers import get_hasher, make_password

from accounts.login import LoginRefused, log_in
from accounts.models import User, UserState
from accounts.sessions import start_session
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant

PASSWORD = "correct horse battery staple"  # noqa: S105 - of a database that lives for some minutes


@dataclass(frozen=True, slots=True)
class Someone:
    """The user `alice` of the company `BENCH`."""

    user: User
    encoded: str

    @classmethod
    def create(cls) -> "Someone":
        """The provider, the company and the user."""
        with platform_transaction():
            Tenant.objects.create(company_code="PROVIDER", name="Provider", is_provider=True)
            company = Tenant.objects.create(company_code="BENCH", name="Bench")
        encoded = make_password(PASSWORD)
        with tenant_transaction(company.id):
            values = {"name": "Alice", "email": "alice@bench.example", "state": UserState.ACTIVE}
            user = User.objects.create(user_id="alice", password=encoded, **values)
        return cls(user, encoded)

    def hash(self) -> None:
        """One verification and nothing else."""
        get_hasher().verify(PASSWORD, self.encoded)

    def log_in(self) -> None:
        """From a device that is known, so that the wrong ones before do not delay it."""
        log_in(company_code="BENCH", user_id="alice", password=PASSWORD, devices={str(self.user.id): "bench"})

    def fail(self, user_id: str, *, company: str = "BENCH") -> None:
        """Whatever is wrong with it."""
        try:
            log_in(company_code=company, user_id=user_id, password="wrong")  # noqa: S106
        except LoginRefused:
            return
        raise AssertionError("Somebody was let in.")

    def session(self) -> str:
        """The value of a session cookie."""
        with tenant_transaction(self.user.tenant_id):
            return str(start_session(self.user))
