"""What can be recorded: each app registers its actions in its own `actions.py`, once, with kind and label (G1, G3)."""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """The kinds of G3, which a tenant or the provider can choose to capture (G4)."""

    LOGIN = "login", _("Log-in and log-out")
    RIGHTS = "rights", _("Changes of rights")
    USERS = "users", _("Users and roles")
    EXECUTION = "execution", _("Service execution")
    SCREEN = "screen", _("Screens")
    DATA = "data", _("Data access")
    SENSITIVE = "sensitive", _("Specially sensitive data")
    ERROR = "error", _("Errors and refusals")
    TRACE = "trace", _("Traces")


class Outcome(models.TextChoices):
    """How it ended."""

    SUCCESS = "success", _("Success")
    FAILURE = "failure", _("Failure")
    DENIED = "denied", _("Denied")


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can happen: a stable code (`accounts.login.failed`), its kind, its label for people."""

    code: str
    kind: Kind
    label: Promise


_actions: dict[str, Action] = {}


def register(code: str, kind: Kind, label: Promise) -> Action:
    """Declare an action; a code stands for one action only."""
    if code in _actions:
        raise ValueError(f"Audit action {code} is registered twice.")
    _actions[code] = Action(code, kind, label)
    return _actions[code]


def registered() -> dict[str, Action]:
    """Every action by its code."""
    return dict(_actions)


def label_of(code: str) -> str:
    """The label of an action; the code itself for one that a newer or older release wrote."""
    action = _actions.get(code)
    return str(action.label) if action else code


ACCESS_DENIED = register("access.denied", Kind.ERROR, _("Opened a page without the right to it"))
NOT_FOUND = register("access.not_found", Kind.ERROR, _("Asked for something that is not there"))
REQUEST_REFUSED = register("access.refused", Kind.ERROR, _("Sent a request that was refused"))
AUDIT_EXPORTED = register("auditlog.exported", Kind.DATA, _("Exported the audit log"))
