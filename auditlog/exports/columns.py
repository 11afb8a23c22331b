"""The columns of the audit log as CSV, in an order that stays: new ones are added at the end (docs/audit-export.md)."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from auditlog.actions import Kind, Outcome, registered
from auditlog.actors import ActorKind
from auditlog.models import AuditEvent

HEADINGS: tuple[Promise, ...] = (
    _("Event"),
    _("Time (UTC)"),
    _("Time (%(zone)s)"),
    _("Kind"),
    _("Kind (code)"),
    _("Action"),
    _("Action (code)"),
    _("Result"),
    _("Result (code)"),
    _("Acted as"),
    _("Acted as (code)"),
    _("User ID"),
    pgettext_lazy("person", "Name"),
    _("Account (key)"),
    _("Source IP"),
    _("Browser"),
    _("Session"),
    _("Request"),
    _("Target type"),
    _("Target (key)"),
    _("Target"),
    _("Before"),
    _("After"),
)
# Read in this order; the documents of before and after as the database writes them.
_READ = ("id", "at", "kind", "action", "outcome", "actor_kind", "actor_user_id", "actor_name", "actor_id", "ip",
         "user_agent", "session_id", "request_id", "target_type", "target_id", "target_label", "_before",
         "_after")  # fmt: skip


class Columns:
    """How a row looks for a reader: in their language and zone."""

    def __init__(self, *, language: str, time_zone: str) -> None:
        self._zone = ZoneInfo(time_zone)
        with translation.override(language):
            self.headings = [str(heading) % {"zone": time_zone} for heading in HEADINGS]
            self._kinds, self._outcomes, self._actors = (
                {code: str(label) for code, label in choices.choices} for choices in (Kind, Outcome, ActorKind)
            )
            self._actions = {code: str(action.label) for code, action in registered().items()}

    def read(self, chosen: QuerySet[AuditEvent]) -> "QuerySet[AuditEvent, tuple[Any, ...]]":
        """What `row` needs of the chosen events."""
        texts = {f"_{name}": Cast(name, TextField()) for name in ("before", "after")}
        return chosen.annotate(**texts).values_list(*_READ)

    def row(self, values: tuple[Any, ...]) -> list[object]:
        """The cells of one event."""
        key, at, kind, action, outcome, actor = values[:6]
        return [
            key,
            f"{at:%Y-%m-%dT%H:%M:%S.%f}Z",
            f"{at.astimezone(self._zone):%Y-%m-%d %H:%M:%S}",
            self._kinds.get(kind, kind),
            kind,
            self._actions.get(action, action),
            action,
            self._outcomes.get(outcome, outcome),
            outcome,
            self._actors.get(actor, actor),
            actor,
            *("" if value is None else value for value in values[6:]),
        ]
