"""Log-ins that are unlike the earlier ones of the same person: from elsewhere, at another time of day (G9)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from auditlog.watching import queries
from auditlog.watching.looking import Look, Seen, Sighting
from auditlog.watching.models import Severity
from auditlog.watching.networks import Places
from auditlog.watching.registry import Rule, Threshold, register

_LOGGED_IN = "accounts.login.succeeded"
_MEMORY = timedelta(days=90)
_DAY = 24 * 60


def _from_elsewhere(look: Look) -> Iterator[Sighting]:
    logins = [event for event in look.new if event.actor_id and event.ip]
    if not logins:
        return
    since, people = min(event.at for event in logins) - _MEMORY, {event.actor_id for event in logins if event.actor_id}
    places = Places()
    known: dict[UUID, dict[str, datetime]] = {}
    for person, address, first in queries.addresses_of(people, action=_LOGGED_IN, since=since):
        of_person, place = known.setdefault(person, {}), places.of(address)
        of_person[place] = min(first, of_person.get(place, first))
    for event in logins:
        place, times = places.of(str(event.ip)), known[event.actor_id or UUID(int=0)]
        is_first_here = times[place] == event.at
        if is_first_here and min(times.values()) < event.at:
            yield Sighting(f"{event.actor_id} {place}", [event], network=place)


def _at_odd_hour(look: Look) -> Iterator[Sighting]:
    logins = [event for event in look.new if event.actor_id]
    if not logins:
        return
    needed, hours = look.limits["history"], look.limits["hours"]
    people = {event.actor_id for event in logins if event.actor_id}
    since = min(event.at for event in logins) - _MEMORY
    # The new log-ins are among the last ones, so as many more are read.
    times = queries.last_times(people, action=_LOGGED_IN, since=since, many=needed + len(logins))
    for event in logins:
        earlier = sorted((at for person, at in times if person == event.actor_id and at < event.at), reverse=True)
        usual = earlier[:needed]
        if len(usual) == needed and all(_distance(event, at, look.zone) > hours * 60 for at in usual):
            yield Sighting(str(event.actor_id), [event])


def _distance(event: Seen, at: datetime, zone: ZoneInfo) -> int:
    """Minutes between the two times of day, the shorter way round the clock."""
    apart = abs(_minute(event.at, zone) - _minute(at, zone))
    return min(apart, _DAY - apart)


def _minute(at: datetime, zone: ZoneInfo) -> int:
    local = at.astimezone(zone)
    return local.hour * 60 + local.minute


NEW_NETWORK = register(
    Rule(
        code="logins.new_network",
        label=_("Log-in from a new network"),
        explanation=_(
            "Somebody who has logged in before does so from a network where they never were in the last 90 days. "
            "A network is a place of the company's own list of IP addresses, otherwise /16 of IPv4 or /32 of IPv6: "
            "about as wide as a provider in one country. The product has no map of countries."
        ),
        severity=Severity.LOW,
        actions=frozenset({_LOGGED_IN}),
        find=_from_elsewhere,
    )
)
ODD_HOUR = register(
    Rule(
        code="logins.odd_hour",
        label=_("Log-in at an unusual time of day"),
        explanation=_(
            "Somebody logs in at a time of day that is far from that of each of their last log-ins, in the company's "
            "time zone. Whoever has logged in too seldom for that is not judged."
        ),
        severity=Severity.LOW,
        actions=frozenset({_LOGGED_IN}),
        find=_at_odd_hour,
        thresholds=(
            Threshold("history", _("log-ins to learn from"), 20, 200),
            Threshold("hours", _("hours apart"), 3, 11),
        ),
    )
)
