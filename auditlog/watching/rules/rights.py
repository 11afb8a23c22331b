"""Rights that people give themselves, and work of the provider's staff when nobody expects it (G9)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from auditlog.actors import ActorKind
from auditlog.watching.looking import Look, Seen, Sighting, grouped
from auditlog.watching.models import Severity
from auditlog.watching.registry import Rule, register
from config.business_hours import current_calendar

_ROLES_GIVEN, _ROLE_CHANGED = "accounts.roles.given", "accounts.role.changed"


def _to_oneself(look: Look) -> Iterator[Sighting]:
    gifts = [event for event in look.new if event.actor_id and _gives_own(event)]
    for person, events in grouped(gifts, lambda event: event.actor_id).items():
        yield Sighting(str(person), events)


def _gives_own(event: Seen) -> bool:
    """Whether the actor has more rights by it: another role, or another menu of a role that they have."""
    if event.action == _ROLES_GIVEN:
        return event.target_id == str(event.actor_id) and _has_more(event, "roles")
    return bool((event.after or {}).get("held_by_actor")) and _has_more(event, "menus")


def _has_more(event: Seen, name: str) -> bool:
    return not _values(event.after, name) <= _values(event.before, name)


def _values(recorded: dict[str, Any] | None, name: str) -> set[str]:
    return {str(value) for value in (recorded or {}).get(name) or ()}


def _outside_hours(look: Look) -> Iterator[Sighting]:
    theirs = [event for event in look.new if event.actor_kind == ActorKind.OPERATOR]
    calendar = current_calendar() if theirs else None
    late = [event for event in theirs if calendar and not calendar.is_business_time(event.at)]
    for person, events in grouped(late, lambda event: event.actor_id).items():
        yield Sighting(str(person), events)


SELF_GRANT = register(
    Rule(
        code="rights.self_grant",
        label=_("Rights given to oneself"),
        explanation=_("Somebody gives themselves a role, or adds menus to a role that they have."),
        severity=Severity.HIGH,
        actions=frozenset({_ROLES_GIVEN, _ROLE_CHANGED}),
        find=_to_oneself,
    )
)
STAFF_HOURS = register(
    Rule(
        code="staff.off_hours",
        label=_("Staff access outside business hours"),
        explanation=_(
            "The provider's staff works inside the company outside 10:00 to 18:00 Japanese time, on a weekend or on a "
            "Japanese holiday."
        ),
        severity=Severity.MEDIUM,
        actions=frozenset({"staff.access.entered", "staff.page.opened"}),
        find=_outside_hours,
    )
)
