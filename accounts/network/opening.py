"""Opening a company to every address for a while, when its own list keeps everybody out (A4).

By the provider only, with a reason, on record on both sides, told to the administrators; it ends by itself.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.network.actions import NETWORK_CLOSED, NETWORK_OPENED
from accounts.network.models import NetworkPolicy
from accounts.network.queries import current_restriction
from auditlog.actors import Actor
from auditlog.services import Target, record
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import Company, provider_company
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import atomic, take_turns, tenant_transaction

SHORTEST_MINUTES, LONGEST_MINUTES = 5, 240
_TURN = "accounts.network"


def open_in_emergency(company: Company, *, minutes: int, reason: str, actor: Actor) -> NetworkPolicy:
    """Let the company's people come from every address for so many minutes. Call it with no transaction open.

    Raises ValidationError, keyed by field, when the company restricts nothing or something about it is missing.
    """
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        bounds = {"low": SHORTEST_MINUTES, "high": LONGEST_MINUTES}
        raise ValidationError({"minutes": _("Choose %(low)d to %(high)d minutes.") % bounds})
    reason = reason.strip()[:300]
    if not reason:
        raise ValidationError({"reason": _("Write down why: the company reads it in its own log.")})
    with tenant_transaction(company.tenant_id):
        take_turns(_TURN)
        policy = current_restriction()
        if not policy.restricted:
            message = _("%(company)s does not restrict addresses, so there is nothing to open.")
            raise ValidationError({"company_code": message % {"company": company.name}})
        policy.open_until, policy.opened_for = timezone.now() + timedelta(minutes=minutes), reason
        policy.save(update_fields=["open_until", "opened_for"])
        after = {"minutes": minutes, "reason": reason, "until": policy.open_until}
        record(NETWORK_OPENED, actor=actor, target=policy, after=after)
        _record_at_provider(company, after, actor=actor)
        queue_on_commit("accounts.network.tasks.tell_opening", actor.name)
    return policy


@atomic()
def end_opening(*, actor: Actor) -> None:
    """Enforce the list again before the time is over. Raises ValidationError when nothing is open."""
    take_turns(_TURN)
    policy = current_restriction()
    if not policy.is_open:
        raise ValidationError(_("Nothing is open."), code="closed")
    policy.open_until = timezone.now()
    policy.save(update_fields=["open_until"])
    record(NETWORK_CLOSED, actor=actor, target=policy)


def _record_at_provider(company: Company, after: dict[str, object], *, actor: Actor) -> None:
    """In the provider's own log as well, if it is not the provider that was opened."""
    provider = provider_company()
    if provider is not None and provider.tenant_id != company.tenant_id:
        with tenant_scope(provider.tenant_id):
            record(NETWORK_OPENED, actor=actor, target=Target("tenants.tenant", label=company.code), after=after)
