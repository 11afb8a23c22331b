"""Importing users from a list: upload, look, import all or nothing (A8, T7, ASVS 8.3.3).

The import itself is one transaction of a job. A worker that dies leaves nothing of it, and the job is queued again
(`accounts.people.outstanding`); one that comes twice finds it done.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import ROLES_GIVEN, USER_REGISTERED
from accounts.models import User, UserRole
from accounts.people.actions import (
    IMPORT_COMPLETED,
    IMPORT_DISCARDED,
    IMPORT_REFUSED,
    IMPORT_STARTED,
    IMPORT_UPLOADED,
)
from accounts.people.checking import Checked, NewPerson, check
from accounts.people.models import ImportState, InvitationDue, UserImport
from accounts.people.problems import Problem
from auditlog.actions import Outcome
from auditlog.actors import Actor, ActorKind
from auditlog.services import record, record_many
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import atomic

_CHUNK = 500
_KEPT_PROBLEMS = 2000

Progress = Callable[[int, int], None]


@atomic()
def upload(*, file_name: str, content: bytes, room: int, actor: Actor) -> UserImport:
    """Keep an uploaded list with everything that is wrong with it. `room` is how many more users the plan allows."""
    checked = check(content, room=room)
    row = UserImport(
        file_name=file_name[:200],
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        row_count=checked.row_count,
        uploaded_by_id=actor.id if actor.kind == ActorKind.USER else None,
        uploaded_by_name=actor.name,
    )
    _note(row, checked)
    row.save(force_insert=True)
    facts = {"file": row.file_name, "sha256": row.sha256, "rows": row.row_count, "problems": row.problem_count}
    record(IMPORT_UPLOADED, actor=actor, target=row, after=facts)
    return row


@atomic()
def start(row: UserImport, *, actor: Actor) -> None:
    """Queue the import of a list without problems. Raises ValidationError for any other."""
    if row.state != ImportState.READY:
        raise ValidationError(_("This list cannot be imported."), code="state")
    row.state, row.queued_by_id, row.queued_at = ImportState.QUEUED, actor.id, timezone.now()
    row.save(update_fields=["state", "queued_by", "queued_at"])
    record(IMPORT_STARTED, actor=actor, target=row, after={"sha256": row.sha256, "rows": row.row_count})
    queue_on_commit("accounts.people.tasks.import_users", str(row.id))


@atomic()
def discard(row: UserImport, *, actor: Actor) -> None:
    """Delete an uploaded list, or the note of an import that is over. Raises ValidationError while it runs."""
    if row.state == ImportState.QUEUED:
        raise ValidationError(_("This list is being imported."), code="state")
    record(IMPORT_DISCARDED, actor=actor, target=row, before={"sha256": row.sha256, "state": row.state})
    row.delete()


def claim(key: UUID) -> UserImport | None:
    """The queued import of that key, locked; None if it is done, or in the hands of another worker."""
    queued = UserImport.objects.select_for_update(skip_locked=True, of=("self",)).filter(state=ImportState.QUEUED)
    return queued.filter(id=key).first()


@atomic()
def carry_out(row: UserImport, *, room: int, progress: Progress, actor: Actor) -> bool:
    """Register everybody on the list, or nobody; returns whether it was done.

    Looks at every row again, because the company may have changed since. Each user gets the same events as by hand, and
    an invitation afterwards.
    """
    checked = check(bytes(row.content or b""), room=room)
    if checked.problems:
        refuse(row, checked, actor=actor)
        return False
    for done, chunk in _chunks(checked.people):
        _register(chunk, actor=actor)
        progress(done, len(checked.people))
    row.state, row.content, row.finished_at = ImportState.DONE, None, timezone.now()
    row.save(update_fields=["state", "content", "finished_at"])
    facts = {"file": row.file_name, "sha256": row.sha256, "users": len(checked.people)}
    record(IMPORT_COMPLETED, actor=actor, target=row, after=facts)
    queue_on_commit("accounts.people.tasks.send_due_invitations")
    return True


@atomic()
def refuse(row: UserImport, checked: Checked, *, actor: Actor) -> None:
    """Give a queued list back with what is wrong with it by now."""
    _note(row, checked)
    row.save(update_fields=["state", "problems", "problem_count"])
    facts = {"problems": row.problem_count, "first": checked.problems[0].code}
    record(IMPORT_REFUSED, actor=actor, target=row, outcome=Outcome.FAILURE, after=facts)


def right_lost() -> Checked:
    """What is wrong when the person who started an import may not manage users any more."""
    return Checked(problems=[Problem(0, "right_lost")])


def _note(row: UserImport, checked: Checked) -> None:
    row.state = ImportState.FAULTY if checked.problems else ImportState.READY
    row.problem_count, row.problems = len(checked.problems), [list(one) for one in checked.problems[:_KEPT_PROBLEMS]]


def _chunks(people: list[NewPerson]) -> Iterator[tuple[int, list[NewPerson]]]:
    for start_at in range(0, len(people), _CHUNK):
        chunk = people[start_at : start_at + _CHUNK]
        yield start_at + len(chunk), chunk


def _register(people: list[NewPerson], *, actor: Actor) -> None:
    """As `accounts.users.register_user` and `give_roles`, for many at once."""
    pairs = [
        (
            User(
                user_id=person.user_id,
                name=person.name,
                email=person.email,
                language=person.language,
                password=make_password(None),
            ),
            person,
        )
        for person in people
    ]
    User.objects.bulk_create(user for user, _person in pairs)
    UserRole.objects.bulk_create(UserRole(user=user, role=role) for user, person in pairs for role in person.roles)
    InvitationDue.objects.bulk_create(InvitationDue(user=user, invited_by=actor.user_id) for user, _person in pairs)
    record_many(USER_REGISTERED, actor=actor, entries=((user, _registered(user)) for user, _person in pairs))
    given = ((user, {"roles": sorted(role.recorded_name for role in person.roles)}) for user, person in pairs)
    record_many(ROLES_GIVEN, actor=actor, entries=(entry for entry in given if entry[1]["roles"]))


def _registered(user: User) -> dict[str, Any]:
    return {"user_id": user.user_id, "name": user.name, "email": user.email}
