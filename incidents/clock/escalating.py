"""Escalation: operators are told at 50, 80 and 100 % of the time, and at 100 % the miss is recorded for good (N1).

Each stage is one short transaction with its alarm and its record in it. Whoever dies in between has done all of it or
nothing, and the next minute goes on. When nobody looked for a while, only the latest stage is told.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.services import record
from config.business_hours import ZONE
from incidents.alarms.services import raise_alarm
from incidents.clock.actions import DEADLINE_ESCALATED, DEADLINE_MISSED
from incidents.clock.models import Deadline
from tenants.isolation.transactions import platform_transaction
from tenants.queries import provider_scope

# What was done in time may not be committed yet when its time is over.
GRACE = timedelta(seconds=10)


def escalate(*, actor: Actor) -> int:
    """Take every deadline to the stage that it has reached; how many moved."""
    moved = 0
    with provider_scope():
        while _advance_one(timezone.now(), actor):
            moved += 1
    return moved


def _advance_one(now: datetime, actor: Actor) -> bool:
    with platform_transaction():
        reached = now - GRACE
        waiting = Deadline.objects.filter(next_at__lte=reached).order_by("next_at", "id")
        deadline = waiting.select_for_update(skip_locked=True).first()
        if deadline is None:
            return False
        stage = max(percent for percent, at in deadline.stages.items() if at <= reached)
        deadline.warned = deadline.warned | {str(stage): now.isoformat()}
        deadline.next_at = min((at for at in deadline.stages.values() if at > reached), default=None)
        if deadline.due_at <= reached:
            deadline.missed_at = now
        deadline.save(update_fields=["warned", "next_at", "missed_at"])
        _tell(deadline, stage, actor)
    return True


def _tell(deadline: Deadline, stage: int, actor: Actor) -> None:
    after = {"kind": deadline.kind, "due": deadline.due_at, "percent": stage}
    if stage == 100:
        record(DEADLINE_MISSED, actor=actor, target=deadline, outcome=Outcome.FAILURE, after=after)
    else:
        record(DEADLINE_ESCALATED, actor=actor, target=deadline, after=after)
    subject_ja, subject_en = _both(lambda: _subject(deadline, stage))
    body_ja, body_en = _both(lambda: _body(deadline))
    raise_alarm(
        f"deadline {deadline.id} {stage}",
        menu=deadline.rule.menu,
        subject_ja=subject_ja,
        subject_en=subject_en,
        body_ja=body_ja,
        body_en=body_en,
        link=deadline.link,
        actor=actor,
    )


def _subject(deadline: Deadline, stage: int) -> str:
    if stage == 100:
        return _("Deadline missed: %(what)s") % {"what": deadline}
    return _("%(percent)d %% of the time has passed: %(what)s") % {"percent": stage, "what": deadline}


def _body(deadline: Deadline) -> str:
    times = {"due": _clock(deadline.due_at), "since": _clock(deadline.started_at)}
    return "\n".join(
        (
            str(deadline),
            _("Due: %(due)s (Japan time), since: %(since)s") % times,
            _("Rule: %(rule)s") % {"rule": deadline.rule.rule},
        )
    )


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"


def _both(text: Callable[[], str]) -> tuple[str, str]:
    with translation.override("ja"):
        japanese = text()
    with translation.override("en"):
        return japanese, text()
