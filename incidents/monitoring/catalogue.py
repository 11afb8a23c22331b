"""What is looked at, how often, and which parts of the service depend on it (N9)."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

INSIDE = "inside"  # the place of the probes that the service runs itself


class ProbeState(models.TextChoices):
    """How something was found. Unknown: it could not be looked at, or nobody did."""

    UP = "up", pgettext_lazy("probe", "In order")
    DEGRADED = "degraded", pgettext_lazy("probe", "Impaired")
    DOWN = "down", pgettext_lazy("probe", "Out of order")
    UNKNOWN = "unknown", pgettext_lazy("probe", "Unknown")


@dataclass(frozen=True, slots=True)
class Probe:
    """Something that is looked at. The code is kept in records: it never changes its meaning.

    `components` are the codes of the parts of the service that do not work without it. `silence` is what it means when
    nothing was seen for longer than `gap`: nothing, except where the probe is itself the work that should be done.
    """

    code: str
    label: Promise
    components: tuple[str, ...] = ()
    unit: str = ""
    every: timedelta = timedelta(minutes=1)
    silence: ProbeState = ProbeState.UNKNOWN

    @property
    def gap(self) -> timedelta:
        """How far two looks may be apart for what they saw to hold in between."""
        return 3 * self.every


_ALL_BUT_MAIL = ("web", "documents", "jobs", "audit", "backups")

PROBES = (
    Probe("login_page", _("Log-in page"), ("web",), "s"),
    Probe("database", _("Database"), _ALL_BUT_MAIL, "s"),
    Probe("broker", _("Message broker"), ("jobs", "mail"), "s"),
    Probe("worker", _("Worker"), ("jobs", "mail"), silence=ProbeState.DOWN),
    Probe("store", _("Store of documents"), ("documents",), "s"),
    Probe("anchor_store", _("Store of audit anchors"), ("audit",), "s"),
    Probe("backup_store", _("Store of backups"), ("backups",), "s"),
    Probe("mail_server", _("Mail server"), ("mail",), "s"),
    Probe("certificate", _("Certificate: days left"), (), "d", every=timedelta(minutes=10)),
    Probe("clock_database", _("Clock against the database"), (), "s"),
    # Public time servers ask for a few questions an hour at most.
    Probe("clock_ntp", _("Clock against a time server"), (), "s", every=timedelta(minutes=15)),
)
BY_CODE = {probe.code: probe for probe in PROBES}


def place_name(place: str) -> str:
    """Where a probe runs, for people."""
    return gettext("here") if place == INSIDE else place


def probes_of(component: str) -> tuple[Probe, ...]:
    """The probes on which a part of the service depends."""
    return tuple(probe for probe in PROBES if component in probe.components)
