"""One look at everything that is measured: once a minute, each subject in a transaction of its own (N9).

A subject is judged once for each minute, however many workers look and wherever one of them dies: what it reads, what
becomes of its alert and who has to be told of that are written together.
"""

import logging
from datetime import datetime

from auditlog.actors import Actor
from incidents.alerts import life
from incidents.alerts.judging import Level, follow, is_over, level_of
from incidents.alerts.models import Alert, EndReason, Sample, Watched
from incidents.alerts.queries import Rule, rules
from incidents.alerts.registry import UNKNOWN, Reading
from tenants.isolation.transactions import platform_transaction

logger = logging.getLogger(__name__)


def look(now: datetime, *, actor: Actor) -> int:
    """Read every measure and judge every subject; returns how many were judged.

    With the provider's tenant in scope and no transaction open, as often as you like within a minute.
    """
    minute, judged = now.replace(second=0, microsecond=0), 0
    for rule in rules().values():
        for subject, reading in _readings(rule, now).items():
            try:
                judged += judge(rule, subject, reading, at=minute, actor=actor)
            except Exception:  # one of them must not keep the others from being judged
                logger.exception("%s %s was not judged", rule.measure.code, subject)
    return judged


def judge(rule: Rule, subject: str, reading: Reading | None, *, at: datetime, actor: Actor) -> bool:
    """Take the reading of the minute `at`, None where it is no longer measured; returns whether it was still due."""
    with platform_transaction():
        watched = _locked(rule, subject)
        if watched.at is not None and watched.at >= at:
            return False
        alert = Alert.objects.filter(measure=watched.measure, subject=subject, closed_at=None).first()
        if reading is None:
            if alert is not None:
                life.end(alert, rule, None, at=at, reason=EndReason.GONE, actor=actor)
            watched.delete()
            return True
        _take(watched, rule, reading, at=at)
        if alert is None:
            _watch(watched, rule, at=at, actor=actor)
        else:
            _go_on(alert, watched, rule, at=at, actor=actor)
        return True


def _readings(rule: Rule, now: datetime) -> dict[str, Reading | None]:
    """The reading of every subject: of those that were measured before and no longer are, None."""
    code = rule.measure.code
    with platform_transaction():
        known = list(Watched.objects.filter(measure=code).values_list("subject", flat=True))
    try:
        found = rule.measure.read(now)
    except Exception:
        logger.exception("%s cannot be measured", code)
        return dict.fromkeys(known or [""], UNKNOWN)
    gone: dict[str, Reading | None] = dict.fromkeys(set(known) - set(found))
    return gone | {subject: found[subject] for subject in sorted(found)}


def _locked(rule: Rule, subject: str) -> Watched:
    """The row of a subject, which two workers take in turn."""
    key = {"measure": rule.measure.code, "subject": subject}
    Watched.objects.bulk_create([Watched(**key)], ignore_conflicts=True)
    return Watched.objects.select_for_update().get(**key)


def _take(watched: Watched, rule: Rule, reading: Reading, *, at: datetime) -> None:
    watched.take(follow(watched.standing, rule.limits, reading.value, known=reading.known, at=at))
    watched.value, watched.known = reading.value, reading.known
    watched.save()
    if reading.value is not None:
        sample = Sample(measure=watched.measure, subject=watched.subject, at=at, value=reading.value)
        Sample.objects.bulk_create([sample], ignore_conflicts=True)


def _watch(watched: Watched, rule: Rule, *, at: datetime, actor: Actor) -> None:
    """Begin an alert if it is time to."""
    level = level_of(watched.standing, rule.limits)
    if rule.enabled and level is not Level.OK:
        life.begin(watched, rule, level, at=at, actor=actor)


def _go_on(alert: Alert, watched: Watched, rule: Rule, *, at: datetime, actor: Actor) -> None:
    """What becomes of an alert: it gets worse, ends, or goes on."""
    is_worst = life.take_note(alert, watched, rule, at=at)
    level = level_of(watched.standing, rule.limits)
    if not rule.enabled:
        life.end(alert, rule, watched.value, at=at, reason=EndReason.SWITCHED_OFF, actor=actor)
    elif level.rank > Level(alert.level).rank:
        life.escalate(alert, watched, rule, level, at=at, actor=actor)
    elif is_over(watched.standing, rule.limits, returns=alert.returns):
        life.end(alert, rule, watched.value, at=at, reason=EndReason.CALM, actor=actor)
    elif is_worst:
        alert.save(update_fields=["worst", "worst_at"])
