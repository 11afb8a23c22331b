"""The list of allowed networks, and whether it is enforced (A4). Nobody saves a list that keeps themselves out."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.network.actions import NETWORK_ADDED, NETWORK_CHANGED, NETWORK_REMOVED, NETWORK_SWITCHED
from accounts.network.addresses import parse_network
from accounts.network.admission import is_listed
from accounts.network.models import MOST_NETWORKS, AllowedNetwork
from accounts.network.queries import current_restriction
from auditlog.actors import Actor, ActorKind
from auditlog.context import current_origin
from auditlog.services import record
from tenants.isolation.transactions import atomic, take_turns

_TURN = "accounts.network"


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody typed for one network."""

    cidr: str
    name: str
    note: str = ""


@atomic()
def add_network(entry: Entry, *, actor: Actor) -> AllowedNetwork:
    """Put a network on the list. Raises ValidationError, keyed by field."""
    take_turns(_TURN)
    network = _checked(AllowedNetwork(), entry)
    network.save(force_insert=True)
    _ensure_room()
    record(NETWORK_ADDED, actor=actor, target=network, after=_described(network))
    _keep_actor_inside(actor)
    return network


@atomic()
def add_networks(entries: Sequence[tuple[int, Entry]], *, actor: Actor) -> int:
    """Put several networks, with the number of the line of each, on the list; all of them or none.

    Raises ValidationError with one message a line that is wrong.
    """
    take_turns(_TURN)
    complaints: list[str] = []
    added: list[AllowedNetwork] = []
    for number, entry in entries:
        try:
            network = _checked(AllowedNetwork(), entry)
            network.save(force_insert=True)
        except ValidationError as error:
            reason = " ".join(error.messages)
            complaints.append(_("Line %(number)d: %(reason)s") % {"number": number, "reason": reason})
        else:
            added.append(network)
    if complaints:
        raise ValidationError(complaints)
    _ensure_room()
    for network in added:
        record(NETWORK_ADDED, actor=actor, target=network, after=_described(network))
    _keep_actor_inside(actor)
    return len(added)


@atomic()
def change_network(network: AllowedNetwork, entry: Entry, *, actor: Actor) -> None:
    """Correct an entry of the list. Raises ValidationError, keyed by field."""
    take_turns(_TURN)
    before = _described(network)
    _checked(network, entry).save(update_fields=["cidr", "name", "note"])
    after = _described(network)
    changed = [key for key in after if after[key] != before[key]]
    if changed:
        old, new = ({key: values[key] for key in changed} for values in (before, after))
        record(NETWORK_CHANGED, actor=actor, target=network, before=old, after=new)
    _keep_actor_inside(actor)


@atomic()
def remove_network(network: AllowedNetwork, *, actor: Actor) -> None:
    """Take an entry off the list. Raises ValidationError when that would keep out whoever does it."""
    take_turns(_TURN)
    record(NETWORK_REMOVED, actor=actor, target=network, before=_described(network))
    network.delete()
    _keep_actor_inside(actor)


@atomic()
def switch_restriction(*, restricted: bool, actor: Actor) -> None:
    """Enforce the list from the next request on, or let everybody in again; an emergency opening is over with it.

    Raises ValidationError for an empty list, and for one that would keep out whoever does it.
    """
    take_turns(_TURN)
    policy = current_restriction()
    if restricted and not AllowedNetwork.objects.exists():
        raise ValidationError(_("The list is empty: nobody could come in. Add your own network first."), code="empty")
    if policy.restricted == restricted:
        return
    policy.restricted, policy.open_until, policy.opened_for = restricted, None, ""
    policy.save()
    record(NETWORK_SWITCHED, actor=actor, target=policy, after={"restricted": restricted})
    _keep_actor_inside(actor)


def _checked(network: AllowedNetwork, entry: Entry) -> AllowedNetwork:
    """The network with what was typed, if that is complete and new."""
    try:
        cidr = parse_network(entry.cidr)
    except ValidationError as error:
        raise ValidationError({"cidr": error}) from error
    if AllowedNetwork.objects.filter(cidr=cidr).exclude(id=network.id).exists():
        message = _("%(network)s is on the list already.")
        raise ValidationError({"cidr": message % {"network": cidr}})
    network.cidr, network.name, network.note = cidr, entry.name.strip(), entry.note.strip()
    network.full_clean(validate_unique=False, validate_constraints=False)
    return network


def _ensure_room() -> None:
    if AllowedNetwork.objects.count() > MOST_NETWORKS:
        message = _("The list holds %(most)d networks at most. Join neighbouring ones into larger ones.")
        raise ValidationError(message % {"most": MOST_NETWORKS}, code="full")


def _keep_actor_inside(actor: Actor) -> None:
    """Refuse what would keep out the user who does it. Others come by ways that the list does not guard."""
    if actor.kind is not ActorKind.USER or not current_restriction().restricted:
        return
    address = current_origin().ip
    if address is None:
        message = _("Nobody can tell from which address you come, so the list cannot be enforced. Ask the provider.")
        raise ValidationError(message, code="unknown_address")
    if not is_listed(address):
        message = _("Your own address %(address)s would be outside of the list, and you would be shut out at once.")
        raise ValidationError(message % {"address": address}, code="own_address")


def _described(network: AllowedNetwork) -> dict[str, str]:
    return {"cidr": network.cidr, "name": network.name, "note": network.note}
