"""Changing what may be changed of the promise; what could not be kept is refused with the sum shown (R1)."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from auditlog.services import record
from retention.promise.actions import GRACE_CHANGED
from retention.promise.arithmetic import DEFAULT_GRACE, SHORTEST_GRACE, Promise
from retention.promise.models import PromiseSetting
from retention.promise.queries import promise_with
from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import platform_transaction, take_turns


def change_grace(days: int, *, reason: str, actor: Actor) -> Promise:
    """Set after how many days companies are erased, for cancellations from now on; in the provider's scope.

    Raises ValidationError, keyed by field: with the sum, term by term, when it does not fit the days promised.
    """
    promise = promise_with(days)
    refuse_unless_kept(promise)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why. The reason stays on record.")})
    require_tenant_id()
    with platform_transaction():
        take_turns("promise of erasure")
        setting = PromiseSetting.objects.first()
        before = setting.grace if setting else DEFAULT_GRACE
        if days != before:
            setting = setting or PromiseSetting()
            setting.grace, setting.reason = days, reason.strip()
            setting.changed_at, setting.changed_by_name = timezone.now(), actor.name or actor.user_id
            setting.full_clean(validate_unique=False)
            setting.save()
            after = {"grace": days, "reason": setting.reason, "sum": promise.explained()}
            record(GRACE_CHANGED, actor=actor, target=setting, before={"grace": before}, after=after)
    return promise


def refuse_unless_kept(promise: Promise) -> None:
    """Raises ValidationError for a promise that cannot be kept, with the sum; for one that leaves no time as well."""
    if not promise.holds:
        raise ValidationError(
            {"grace": _("This cannot be kept within %(limit)d days: %(sum)s")
             % {"limit": promise.limit, "sum": promise.explained()}}
        )  # fmt: skip
    if promise.grace < SHORTEST_GRACE:
        raise ValidationError(
            {"grace": _("At least %d days, so that companies can take their data along.") % SHORTEST_GRACE}
        )
