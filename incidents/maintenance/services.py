"""Planning maintenance, announcing it in time, and recording how it went (N6).

It is announced at least five whole business days before. What is later is refused, or announced with a reason that
companies read, and then it does not count as planned (N8).
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from auditlog.services import record
from incidents.maintenance import announcing, promise
from incidents.maintenance.actions import (
    MAINTENANCE_ANNOUNCED,
    MAINTENANCE_CANCELLED,
    MAINTENANCE_ENDED,
    MAINTENANCE_PLANNED,
    MAINTENANCE_PROLONGED,
    MAINTENANCE_REVISED,
    MAINTENANCE_STARTED,
)
from incidents.maintenance.models import REASON_LENGTH, Maintenance, MaintenanceState
from incidents.maintenance.plan import BUSINESS_DAYS, Plan, is_in_time
from tenants.isolation.transactions import platform_transaction
from tenants.queries import provider_scope

_NOT_OVER = (MaintenanceState.PLANNED, MaintenanceState.ANNOUNCED, MaintenanceState.UNDER_WAY)


def plan_maintenance(plan: Plan, *, actor: Actor) -> Maintenance:
    """Note what is planned; companies know nothing of it yet. Raises ValidationError, keyed by field."""
    plan.check(timezone.now())
    with provider_scope(), platform_transaction():
        maintenance = Maintenance.objects.create(**plan.fields())
        promise.start(maintenance, actor=actor)
        record(MAINTENANCE_PLANNED, target=maintenance, actor=actor, after=_facts(plan.fields()))
    return maintenance


def revise_maintenance(maintenance: Maintenance, plan: Plan, *, actor: Actor) -> Maintenance:
    """Plan it differently, before it is announced. Raises ValidationError."""
    plan.check(timezone.now())
    with provider_scope(), platform_transaction():
        maintenance = _locked(maintenance, MaintenanceState.PLANNED)
        before = {name: getattr(maintenance, name) for name in plan.fields()}
        for name, value in plan.fields().items():
            setattr(maintenance, name, value)
        maintenance.save()
        if before["begins_at"] != maintenance.begins_at:
            promise.drop(maintenance, reason="planned for another time", actor=actor)
            promise.start(maintenance, actor=actor)
        record(MAINTENANCE_REVISED, target=maintenance, actor=actor, before=_facts(before), after=_facts(plan.fields()))
    return maintenance


def announce_maintenance(maintenance: Maintenance, *, actor: Actor) -> Maintenance:
    """Tell all companies, in the product, in public and by mail. Raises ValidationError when it is too late for that
    and no reason was given; a reason that is not needed is dropped."""
    with provider_scope(), platform_transaction():
        maintenance, now = _locked(maintenance, MaintenanceState.PLANNED), timezone.now()
        if maintenance.begins_at <= now:
            raise ValidationError({"begins_at": _("This moment is over.")})
        if is_in_time(now, maintenance.begins_at):
            maintenance.short_notice_ja = maintenance.short_notice_en = ""
        elif not maintenance.short_notice_ja:
            raise ValidationError({"short_notice_ja": too_late()}, code="short")
        maintenance.state, maintenance.announced_at = MaintenanceState.ANNOUNCED, now
        maintenance.save()
        promise.keep(maintenance, actor=actor)
        notice = announcing.announce(maintenance, actor=actor)
        after = {"notice": str(notice.id), "short_notice": maintenance.short_notice_ja}
        record(MAINTENANCE_ANNOUNCED, target=maintenance, actor=actor, after=after)
    return maintenance


def start_maintenance(maintenance: Maintenance, *, actor: Actor) -> Maintenance:
    """It begins now."""
    with provider_scope(), platform_transaction():
        maintenance = _locked(maintenance, MaintenanceState.ANNOUNCED)
        maintenance.state, maintenance.started_at = MaintenanceState.UNDER_WAY, timezone.now()
        maintenance.save(update_fields=["state", "started_at"])
        record(
            MAINTENANCE_STARTED, target=maintenance, actor=actor, after=_facts({"started_at": maintenance.started_at})
        )
    return maintenance


def prolong_maintenance(
    maintenance: Maintenance, *, ends_at: datetime, reason: tuple[str, str], actor: Actor
) -> Maintenance:
    """It ends later than announced: companies are told, with the reason in both languages. Raises ValidationError.

    What is added counts as planned only where companies still learn of it in time.
    """
    with provider_scope(), platform_transaction():
        maintenance = _locked(maintenance, MaintenanceState.ANNOUNCED, MaintenanceState.UNDER_WAY)
        now, before = timezone.now(), maintenance.ends_at
        _require_reason(reason)
        if ends_at <= max(before, now):
            raise ValidationError({"ends_at": _("Choose a later end than the one that was announced.")})
        maintenance.ends_at = ends_at
        if is_in_time(now, maintenance.begins_at):
            maintenance.promised_ends_at = ends_at
        maintenance.save(update_fields=["ends_at", "promised_ends_at"])
        announcing.tell_of_prolonging(maintenance, reason, actor=actor)
        after = _facts({"ends_at": ends_at, "reason": reason[0]})
        record(MAINTENANCE_PROLONGED, target=maintenance, actor=actor, before=_facts({"ends_at": before}), after=after)
    return maintenance


def end_maintenance(maintenance: Maintenance, *, actor: Actor) -> Maintenance:
    """It is over now; companies see that."""
    with provider_scope(), platform_transaction():
        maintenance = _locked(maintenance, MaintenanceState.UNDER_WAY)
        maintenance.state, maintenance.ended_at = MaintenanceState.DONE, timezone.now()
        maintenance.save(update_fields=["state", "ended_at"])
        announcing.tell_of_end(maintenance, actor=actor)
        record(MAINTENANCE_ENDED, target=maintenance, actor=actor, after=_facts({"ended_at": maintenance.ended_at}))
    return maintenance


def cancel_maintenance(maintenance: Maintenance, *, reason: tuple[str, str], actor: Actor) -> Maintenance:
    """It does not take place. Companies that know of it are told why, in both languages. Raises ValidationError."""
    _require_reason(reason)
    with provider_scope(), platform_transaction():
        maintenance = _locked(maintenance, MaintenanceState.PLANNED, MaintenanceState.ANNOUNCED)
        known = maintenance.state == MaintenanceState.ANNOUNCED
        maintenance.state, maintenance.cancelled_at = MaintenanceState.CANCELLED, timezone.now()
        maintenance.save(update_fields=["state", "cancelled_at"])
        promise.drop(maintenance, reason="cancelled", actor=actor)
        if known:
            announcing.tell_of_cancellation(maintenance, reason, actor=actor)
        record(
            MAINTENANCE_CANCELLED, target=maintenance, actor=actor, after={"reason": reason[0], "companies_told": known}
        )
    return maintenance


def too_late() -> str:
    """What is said to whoever wants to announce it too late."""
    return _(
        "Companies are promised %(days)d whole business days before. Choose a later beginning, or give the reason for"
        " the short notice, which the companies read."
    ) % {"days": BUSINESS_DAYS}


def _locked(maintenance: Maintenance, *states: MaintenanceState) -> Maintenance:
    locked = Maintenance.objects.select_for_update().get(id=maintenance.id)
    if locked.state not in states:
        raise ValidationError(
            _("This cannot be done any more: the maintenance is “%(state)s”.") % {"state": locked.get_state_display()},
            code="state",
        )
    return locked


def _require_reason(reason: tuple[str, str]) -> None:
    if not reason[0].strip() or max(map(len, reason)) > REASON_LENGTH:
        raise ValidationError(
            {"reason_ja": _("Give the reason in at most %(length)d characters.") % {"length": REASON_LENGTH}}
        )


def _facts(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()}
