"""Processor, memory and disks of every machine on which a process of ours runs (N9)."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from incidents.alerts.judging import Limits
from incidents.alerts.machines import Report, reports
from incidents.alerts.registry import UNKNOWN, Measure, Reading, Readings, Unit, register_measure


def _of_each(figure: Callable[[Report], float]) -> Callable[[datetime], Readings]:
    def read(now: datetime) -> Readings:
        return {name: UNKNOWN if said.is_silent(now) else Reading(figure(said)) for name, said in reports(now).items()}

    return read


def _disks(now: datetime) -> Readings:
    return {
        f"{name} {mount}": UNKNOWN if said.is_silent(now) else Reading(percent)
        for name, said in reports(now).items()
        for mount, percent in said.disks.items()
    }


CPU = register_measure(
    Measure(
        "machine.cpu",
        _("Processor"),
        _("How busy the processors of each machine are, on average since the last reading."),
        Unit.PERCENT,
        Limits(warning=85, critical=95, for_minutes=10, margin=10),
        _of_each(lambda said: said.cpu),
    )
)
MEMORY = register_measure(
    Measure(
        "machine.memory",
        _("Memory"),
        _("How much of the memory of each machine is in use."),
        Unit.PERCENT,
        Limits(warning=85, critical=95, for_minutes=5, margin=5),
        _of_each(lambda said: said.memory),
    )
)
DISK = register_measure(
    Measure(
        "machine.disk",
        _("Disk space"),
        _("How full each file system is on which we keep something, machine by machine."),
        Unit.PERCENT,
        Limits(warning=80, critical=90, for_minutes=5, margin=2),
        _disks,
        component="documents",
    )
)
