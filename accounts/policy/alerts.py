"""Many failed log-ins of one company, whoever failed and from wherever: its administrators hear (ASVS 6.3.1, 6.3.5).

Passwords that leaked elsewhere are tried on many accounts, from many addresses, a few times each. No counter of one
user or one address notices that; this one stops nobody, it tells.
"""

from uuid import UUID

from django.conf import settings

from accounts.policy.actions import MANY_FAILURES
from accounts.policy.throttle import count_in_span
from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.services import record
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import tenant_transaction


def note_failure(tenant_id: UUID) -> None:
    """Count a failed log-in of the company. The one that makes them many is recorded and told by mail, once a span."""
    number, _left = count_in_span(f"login-company:{tenant_id.hex}", settings.LOGIN_COMPANY_SECONDS)
    if number != settings.LOGIN_COMPANY_FAILURES:
        return
    minutes = settings.LOGIN_COMPANY_SECONDS // 60
    with tenant_transaction(tenant_id):
        record(
            MANY_FAILURES,
            actor=Actor.system("log-in"),
            outcome=Outcome.FAILURE,
            after={"failures": number, "minutes": minutes},
        )
        queue_on_commit("accounts.tasks.tell_of_many_failures", number, minutes)
