"""What follows a proof: objects that a lock kept go when their lock has ended (R1, B3)."""

from auditlog.actors import Actor
from retention.erasure.actions import ERASURE_STEP
from retention.erasure.holdbacks import Why
from retention.erasure.models import Erasure, ErasureState
from retention.erasure.objects import backups_of, remove_all, retained
from retention.erasure.records import record_at_provider
from retention.erasure.working import Work
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant


def remove_unlocked(*, actor: Actor) -> int:
    """Try again to remove what locks kept; how many companies nothing of is left. Raises StoreUnavailable."""
    with platform_transaction():
        locked = [{"why": Why.LOCKED.value}]
        waiting = list(Erasure.objects.filter(state=ErasureState.PROVEN, holdbacks__contains=locked))
        codes = dict(Tenant.objects.filter(id__in=[one.tenant_id for one in waiting]).values_list("id", "company_code"))
    return sum(_tried_again(Work(erasure, codes[erasure.tenant_id], actor)) for erasure in waiting)


def _tried_again(work: Work) -> bool:
    for place in backups_of(work.tenant_id):
        remove_all(work, place)
    left = {place.name: retained(place)[0] for place in backups_of(work.tenant_id)}
    if any(left.values()):
        return False
    work.erasure.holdbacks = [one for one in work.erasure.holdbacks if one["why"] != Why.LOCKED]
    with platform_transaction():
        work.erasure.save(update_fields=["holdbacks"])
        record_at_provider(ERASURE_STEP, work, actor=work.actor, after={"locked": 0})
    return True
