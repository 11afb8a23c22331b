"""A forgotten password: asked for by anybody, answered by mail only (ASVS 6.3.8, 6.4.1, 6.4.3)."""

from django.conf import settings

from accounts.actions import RESET_REQUESTED
from accounts.models import User, UserState, normalize_user_id
from accounts.policy.throttle import Limit, bucket, count, count_address, network_of
from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.context import current_origin
from auditlog.services import Target, record
from tenants.isolation.directory import normalize_code, provider_company, resolve_company
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import tenant_transaction

_LONGEST_WAIT_MINUTES = 60


def valid_minutes() -> int:
    """How long a link is good for."""
    return int(settings.RESET_MINUTES)


def request_reset(*, company_code: str, user_id: str) -> None:
    """Take the request, whoever it is about; a job looks whether there is such a user. Raises TooManyAttempts.

    The same statements and the same message to the queue for everybody: nothing here knows whether the user exists.
    """
    count_address(network_of(current_origin().ip))
    company, provider = resolve_company(company_code), provider_company()
    place = company or provider
    if place is None:
        return
    code, user_id = normalize_code(company_code)[:20], normalize_user_id(user_id)
    with tenant_transaction(place.tenant_id):
        allowed = count(bucket("reset", code, user_id), Limit(settings.RESET_REQUESTS, _LONGEST_WAIT_MINUTES))
        record(
            RESET_REQUESTED,
            actor=Actor.anyone(user_id),
            target=Target("accounts.user", "", user_id),
            outcome=Outcome.SUCCESS if allowed else Outcome.DENIED,
            after={"company_code": code},
        )
        queue_on_commit("accounts.tasks.send_reset", user_id if allowed and company else "")


def user_to_reset(user_id: str) -> User | None:
    """The active user with that ID who has a password to reset; one who was only invited needs an invitation."""
    user = User.objects.select_for_update().filter(user_id=user_id, state=UserState.ACTIVE).first()
    return user if user is not None and user.has_usable_password() else None
