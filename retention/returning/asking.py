"""Asking for a data return, cancelling it, removing its files early (R3). A job writes them: `making.py`."""

from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from auditlog.services import record
from retention.returning import queries
from retention.returning.actions import RETURN_ASKED, RETURN_CANCELLED, RETURN_REMOVED
from retention.returning.models import DataReturn, ReturnState
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import atomic, take_turns

# Each is as large as everything that the company stores.
KEPT = 3


@atomic()
def ask_return(*, actor: Actor) -> DataReturn:
    """Ask for everything, in the language and zone of now.

    Raises ValidationError while another one is being written, and when there are files of three to be fetched.
    """
    take_turns("retention.returning")
    if queries.is_one_open():
        raise ValidationError(_("A data return is being written. Wait until it is done, or cancel it."), code="busy")
    if queries.with_files() >= KEPT:
        text = _("The files of %(count)d data returns can be fetched. Remove those of one of them first.")
        raise ValidationError(text % {"count": KEPT}, code="full")
    row = DataReturn(
        language=translation.get_language() or "ja",
        time_zone=timezone.get_current_timezone_name(),
        asked_by=actor.id,
        asked_by_name=actor.name,
    )
    row.save(force_insert=True)
    record(RETURN_ASKED, actor=actor, target=row)
    queue_on_commit("retention.returning.tasks.make_return", str(row.id))
    return row


@atomic()
def cancel_return(row: DataReturn, *, actor: Actor) -> None:
    """Stop one that waits or is being written: its worker notices. Raises ValidationError for any other."""
    if not row.is_open:
        raise ValidationError(_("This data return is not running any more."), code="state")
    row.state, row.finished_at = ReturnState.CANCELLED, timezone.now()
    row.save(update_fields=["state", "finished_at"])
    record(RETURN_CANCELLED, actor=actor, target=row)


@atomic()
def remove_files(row: DataReturn, *, actor: Actor) -> None:
    """Remove the files before their time. Raises ValidationError where there are none."""
    if not row.has_files:
        raise ValidationError(_("This data return has no files."), code="state")
    row.state = ReturnState.EXPIRED
    row.save(update_fields=["state"])
    record(RETURN_REMOVED, actor=actor, target=row, before=row.facts)
    queue_on_commit("retention.returning.tasks.remove_run", str(row.run))
