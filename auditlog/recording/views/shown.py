"""What the pages about recording show, to companies and to the provider (G4)."""

from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.forms import complain
from auditlog.actions import Kind
from auditlog.actors import Actor
from auditlog.recording.forms import RecordingForm
from auditlog.recording.models import OPTIONAL_KINDS, RecordingPolicy
from auditlog.recording.services import change_recording
from auditlog.retention.queries import current_relocation, oldest_event_at

EXPLANATIONS: dict[Kind, Promise] = {
    Kind.LOGIN: _("Log-ins, log-outs and failed attempts."),
    Kind.RIGHTS: _("Policies, menus of roles, second factors, and these settings."),
    Kind.USERS: _("Users and roles that were added, changed, suspended or removed."),
    Kind.EXECUTION: _("What the service did by itself or on request, such as backups."),
    Kind.SCREEN: _("Which page was opened and closed, and by whom."),
    Kind.DATA: _("Files and records that were added, changed, read out or deleted."),
    Kind.SENSITIVE: _("Looks at specially sensitive data, and every step of the provider's staff inside the company."),
    Kind.ERROR: _("What was refused, not found or went wrong."),
    Kind.TRACE: _("Technical steps: requests and background tasks with their durations."),
}


class Captured(NamedTuple):
    """One kind, and whether it is captured; `optional`, whether somebody has a choice."""

    kind: Kind
    explanation: Promise
    captured: bool
    optional: bool


def kinds(policy: RecordingPolicy) -> list[Captured]:
    """Every kind of G3 under this policy."""
    return [Captured(kind, EXPLANATIONS[kind], policy.captures(kind), kind in OPTIONAL_KINDS) for kind in Kind]


def change(form: RecordingForm, actor: Actor) -> bool:
    """Do what the form says; False with the complaint in the form when it is refused."""
    if not form.is_valid():
        return False
    try:
        change_recording(screens=form.cleaned_data["screens"], traced_until=form.traced_until(), actor=actor)
    except ValidationError as error:
        complain(form, error)
        return False
    return True


def context(policy: RecordingPolicy, form: RecordingForm | None) -> dict[str, Any]:
    """What both pages show, in the scope of the company; without a form nothing can be changed by the reader."""
    kept = {"oldest": oldest_event_at(), "relocation": current_relocation()}
    return {"policy": policy, "kinds": kinds(policy), "form": form} | kept
