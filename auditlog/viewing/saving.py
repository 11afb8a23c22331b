"""Keeping filters of the audit log under a name (G2)."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from auditlog.services import record
from auditlog.viewing.actions import FILTER_CHANGED, FILTER_DELETED, FILTER_SAVED
from auditlog.viewing.models import NAME_LENGTH, SavedFilter
from tenants.isolation.transactions import atomic, take_turns

MOST_FILTERS = 30
_MOST_CONDITIONS, _LONGEST = 20, 300
_TURN = "auditlog.viewing"


@atomic()
def save_filter(name: str, conditions: Mapping[str, str], *, shared: bool, actor: Actor) -> SavedFilter:
    """Keep these conditions for the actor, who is a user of the company. Raises ValidationError, keyed by field."""
    take_turns(_TURN)
    if actor.id is None:
        raise ValidationError(_("Only somebody with an account can keep a filter."))
    if SavedFilter.objects.filter(owner=actor.id).count() >= MOST_FILTERS:
        message = _("You have %(most)d saved filters, which is as many as there can be. Delete one first.")
        raise ValidationError(message % {"most": MOST_FILTERS}, code="many")
    if len(conditions) > _MOST_CONDITIONS or any(len(value) > _LONGEST for value in conditions.values()):
        raise ValidationError(_("These are more conditions than a filter holds."), code="long")
    saved = SavedFilter(owner_id=actor.id, owner_name=actor.name, conditions=dict(conditions), shared=shared)
    saved.name = _free_name(saved, name)
    saved.save(force_insert=True)
    record(FILTER_SAVED, actor=actor, target=saved, after=_described(saved))
    return saved


@atomic()
def change_filter(saved: SavedFilter, *, name: str, shared: bool, actor: Actor) -> None:
    """Another name, or other readers. Raises ValidationError, keyed by field."""
    take_turns(_TURN)
    before = _described(saved)
    saved.name, saved.shared = _free_name(saved, name), shared
    saved.save(update_fields=["name", "shared"])
    record(FILTER_CHANGED, actor=actor, target=saved, before=before, after=_described(saved))


@atomic()
def delete_filter(saved: SavedFilter, *, actor: Actor) -> None:
    """Delete it, for everybody whom it was shared with as well."""
    record(FILTER_DELETED, actor=actor, target=saved, before=_described(saved))
    saved.delete()


def _free_name(saved: SavedFilter, name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH:
        message = _("A name has 1 to %(most)d characters.") % {"most": NAME_LENGTH}
        raise ValidationError({"name": message})
    if SavedFilter.objects.filter(owner=saved.owner_id, name=name).exclude(id=saved.id).exists():
        raise ValidationError({"name": _("You have a filter of this name already.")})
    return name


def _described(saved: SavedFilter) -> dict[str, object]:
    return {"name": saved.name, "conditions": saved.conditions, "shared": saved.shared}
