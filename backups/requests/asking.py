"""Asking for a restore, and taking that back (B6). A job does what was asked: `bringing.py`, `companies.py`."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from auditlog.actors import Actor
from auditlog.services import record
from backups.models import Archive
from backups.requests import queries
from backups.requests.actions import RESTORE_ASKED, RESTORE_WITHDRAWN
from backups.requests.generation import Generation
from backups.requests.models import RestoreKind, RestoreRequest, RestoreState
from backups.requests.records import facts_of, record_at_provider
from documents.returning import require_room
from tenants.isolation.directory import normalize_code, resolve_company
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import atomic, take_turns
from tenants.models import Tenant
from tenants.queries import current_tenant

MOST_FILES = 10_000
_AT_ONCE = {RestoreKind.FILES: 3, RestoreKind.COMPANY: 1}
_NAMES_SHOWN = 3
_PREFIX = 14
BRING_FILES = "backups.requests.tasks.bring_files"
RESTORE_COMPANY = "backups.requests.tasks.restore_company"
TELL = "backups.requests.tasks.tell"


@atomic()
def ask_for_files(
    archive: Archive,
    generation: Generation,
    *,
    documents: Collection[UUID],
    folders: Collection[UUID],
    actor: Actor,
    reason: str = "",
) -> RestoreRequest:
    """Ask for deleted files of a generation, singly and by whole folders; a job brings them back at once.

    Raises ValidationError when nothing or too much is chosen, or when the newest versions alone are more than the plan
    has room for.
    """
    chosen = generation.chosen(documents, folders)
    if not chosen:
        raise ValidationError(_("Choose at least one file that is deleted."), code="nothing")
    if len(chosen) > MOST_FILES:
        text = _("These are %(count)d files; %(most)d can be brought back at once. Choose fewer.")
        raise ValidationError(text % {"count": len(chosen), "most": MOST_FILES}, code="many")
    require_room(sum(file.size for file in chosen))
    _require_turn(RestoreKind.FILES)
    names = [generation.path_of(file.folder_id, file.name) for file in chosen[:_NAMES_SHOWN]]
    request = _request(RestoreKind.FILES, archive, reason, actor)
    request.state = RestoreState.APPROVED
    request.label = _label(names, len(chosen) - len(names))
    request.chosen = {"documents": sorted(map(str, documents)), "folders": sorted(map(str, folders))}
    request.save(force_insert=True)
    facts = facts_of(request, files=len(chosen), reason=request.reason)
    record(RESTORE_ASKED, actor=actor, target=request, after=facts)
    queue_on_commit(BRING_FILES, str(request.id))
    return request


@atomic()
def ask_for_company(archive: Archive, *, company_code: str, reason: str, actor: Actor) -> RestoreRequest:
    """Ask for everything of a generation as a company of its own beside this one, under a code that nobody has.

    Where the plan says so it starts at once, else an operator decides. Raises ValidationError, keyed by field.
    """
    code = normalize_code(company_code)
    _check_code(code)
    if not reason.strip():
        raise ValidationError({"reason": _("Say what you need it for: whoever decides reads this.")})
    _require_turn(RestoreKind.COMPANY)
    request = _request(RestoreKind.COMPANY, archive, reason, actor)
    request.company_code = code
    if may_start():
        request.state, request.decided_at = RestoreState.APPROVED, timezone.now()
        request.decided_by_kind, request.decided_by_name = actor.kind, actor.name
    request.save(force_insert=True)
    facts = facts_of(request, reason=request.reason, state=request.state)
    record(RESTORE_ASKED, actor=actor, target=request, after=facts)
    record_at_provider(RESTORE_ASKED, request, actor=actor, after=facts)
    queue_on_commit(TELL, str(request.id), request.state)
    if request.state == RestoreState.APPROVED:
        queue_on_commit(RESTORE_COMPANY, str(request.id))
    return request


@atomic()
def withdraw(request: RestoreRequest, *, actor: Actor) -> None:
    """Take a request back that nothing was done of yet. Raises ValidationError for any other."""
    current = queries.request_for_change(request.id)
    if current is None or not current.may_be_withdrawn:
        raise ValidationError(_("It has begun already, or has ended."), code="state")
    current.state, current.finished_at = RestoreState.WITHDRAWN, timezone.now()
    current.save(update_fields=["state", "finished_at"])
    record(RESTORE_WITHDRAWN, actor=actor, target=current, after=facts_of(current))
    record_at_provider(RESTORE_WITHDRAWN, current, actor=actor, after=facts_of(current))


def code_prefix() -> str:
    """What codes of restored companies begin with: nobody tries out by them which other codes there are."""
    return current_tenant().company_code[:_PREFIX].rstrip("-") + "-"


def may_start() -> bool:
    """Whether the company's administrators start the restore of the whole company themselves."""
    return current_tenant().plan.may_restore


def _request(kind: RestoreKind, archive: Archive, reason: str, actor: Actor) -> RestoreRequest:
    return RestoreRequest(
        kind=kind,
        archive_id=archive.id,
        snapshot_at=archive.snapshot_at or archive.created_at,
        reason=reason.strip(),
        language=translation.get_language() or "ja",
        asked_by=actor.id,
        asked_by_name=actor.name,
    )


def _check_code(code: str) -> None:
    field: Any = Tenant._meta.get_field("company_code")
    validators: list[RegexValidator] = field.validators
    try:
        for validator in validators:
            validator(code)
    except ValidationError as error:
        raise ValidationError({"company_code": error}) from error
    prefix = code_prefix()
    if not code.startswith(prefix):
        text = _("Begin with your own company code: %(prefix)s…") % {"prefix": prefix}
        raise ValidationError({"company_code": text})
    if resolve_company(code) is not None:
        raise ValidationError({"company_code": _("This code is taken. Choose another one.")})


def _require_turn(kind: RestoreKind) -> None:
    take_turns("backups.requests")
    if queries.open_count(kind) >= _AT_ONCE[kind]:
        raise ValidationError(_("Another restore is under way. Wait until it has ended."), code="busy")


def _label(names: list[str], others: int) -> str:
    text = ", ".join(name if len(name) <= 80 else f"…{name[-79:]}" for name in names)
    if others:
        text += " " + ngettext("and %(count)d other", "and %(count)d others", others) % {"count": others}
    return text
