"""Opening and closing of pages, as events (G3)."""

from uuid import UUID

from django.urls import ResolverMatch
from django.utils import timezone

from auditlog.actors import Actor
from auditlog.context import current_origin
from auditlog.queries import events, find_event
from auditlog.recording.actions import SCREEN_CLOSED, SCREEN_OPENED
from auditlog.recording.pages import SCREEN
from auditlog.services import Target, record
from tenants.isolation.transactions import atomic, take_turns


def screen_of(match: ResolverMatch) -> Target:
    """The page of an address: its name, and the key of the thing that it shows, if it names one.

    Of several things the last one: a list of accounts of a review is the account. Never the address itself, in which
    a secret could stand.
    """
    keys = [value for value in match.kwargs.values() if isinstance(value, UUID)]
    return Target(SCREEN, str(keys[-1]) if keys else "", match.view_name)


@atomic()
def close_screen(opened: UUID, *, actor: Actor) -> bool:
    """Record that a page was left: once for each opening, and by the session that opened it alone.

    False where there is no such opening or it is closed already; whoever sends such things by hand leaves nothing.
    """
    take_turns(f"auditlog.screen:{opened}")
    event = find_event(opened)
    if event is None or event.action != SCREEN_OPENED.code or event.session_id is None:
        return False
    if (event.actor_id, event.session_id) != (actor.id, current_origin().session_id):
        return False
    closings = events().filter(at__gte=event.at, actor_id=actor.id, action=SCREEN_CLOSED.code)
    if closings.filter(after__opened=str(opened)).exists():
        return False
    target = Target(event.target_type, event.target_id, event.target_label)
    stayed = round((timezone.now() - event.at).total_seconds())
    record(SCREEN_CLOSED, actor=actor, target=target, after={"opened": str(opened), "seconds": stayed})
    return True
