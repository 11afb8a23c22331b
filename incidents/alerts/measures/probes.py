"""What probes saw (incidents.monitoring), as figures (N9)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents.alerts.judging import Limits
from incidents.alerts.registry import NOTHING, UNKNOWN, Measure, Reading, Readings, Unit, register_measure
from incidents.monitoring.catalogue import BY_CODE, INSIDE, ProbeState
from incidents.monitoring.queries import Look, newest_looks

# These are judged by what they measure.
_BY_VALUE = ("certificate", "clock_database", "clock_ntp")
# A place from which nobody has looked for so long is not used any more.
_GIVEN_UP_AFTER = timedelta(days=1)


def _subject(look: Look) -> str:
    return look.probe.code if look.place == INSIDE else f"{look.probe.code} {look.place}"


def _named(subject: str) -> str:
    code, _space, place = subject.partition(" ")
    label = str(BY_CODE[code].label) if code in BY_CODE else code
    return gettext("%(probe)s (%(place)s)") % {"probe": label, "place": place} if place else label


def _place(subject: str) -> str:
    return subject.partition(" ")[2]


def _affected(subject: str) -> tuple[str, ...]:
    probe = BY_CODE.get(subject.partition(" ")[0])
    return probe.components if probe else ()


def _looks(now: datetime) -> list[Look]:
    return [look for look in newest_looks(now) if now - look.seen_at < _GIVEN_UP_AFTER]


def _minutes_in(state: ProbeState) -> Callable[[datetime], Readings]:
    """For how long each probe has found things so; 0 for the others."""

    def read(now: datetime) -> Readings:
        found: dict[str, Reading] = {}
        for look in _looks(now):
            if look.probe.code in _BY_VALUE:
                continue
            minutes = max(0.0, (now - look.since).total_seconds() / 60)
            known = Reading(round(minutes, 1) if look.state is state else 0.0)
            found[_subject(look)] = UNKNOWN if look.state is ProbeState.UNKNOWN else known
        return found

    return read


def _values_of(*codes: str) -> Callable[[datetime], Readings]:
    """What these probes measure; nothing where there is nothing to measure, such as no certificate."""

    def read(now: datetime) -> Readings:
        looks = [look for look in _looks(now) if look.probe.code in codes]
        return {
            _subject(look): NOTHING
            if look.value is None or look.state is ProbeState.UNKNOWN
            else Reading(abs(look.value) if look.probe.unit == "s" else look.value)
            for look in looks
        }

    return read


DOWN = register_measure(
    Measure(
        "probe.down",
        _("Out of order"),
        _("For how many minutes a probe has found something out of order."),
        Unit.MINUTES,
        Limits(critical=2, margin=1.5),
        _minutes_in(ProbeState.DOWN),
        name_subject=_named,
        affects=_affected,
        quiet=True,
    )
)
IMPAIRED = register_measure(
    Measure(
        "probe.impaired",
        _("Impaired"),
        _("For how many minutes a probe has found something slow or otherwise impaired."),
        Unit.MINUTES,
        Limits(warning=5, margin=4.5),
        _minutes_in(ProbeState.DEGRADED),
        name_subject=_named,
        affects=_affected,
        quiet=True,
    )
)
CERTIFICATE = register_measure(
    Measure(
        "certificate.days",
        _("Days left of the certificate"),
        _("For how many days the certificate of the public address is still good."),
        Unit.DAYS,
        Limits(warning=21, critical=7, margin=1, below=True),
        _values_of("certificate"),
        name_subject=_place,
    )
)
CLOCK = register_measure(
    Measure(
        "clock.offset",
        _("Offset of the clock"),
        _("How far the clock of the worker is from that of the database, and from a time server where one answers."),
        Unit.SECONDS,
        Limits(warning=0.5, critical=2, for_minutes=2, margin=0.2),
        _values_of("clock_database", "clock_ntp"),
        name_subject=_named,
    )
)
