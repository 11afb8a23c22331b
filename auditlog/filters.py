"""What a person can look for in the audit log (G2)."""

from datetime import date, datetime, time, timedelta
from operator import itemgetter
from typing import Any

import django_filters as filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, Outcome, registered
from auditlog.models import AuditEvent

DEFAULT_DAYS = 30


def default_since() -> date:
    """The first day of the period that is shown when nobody asked for another."""
    return timezone.localdate() - timedelta(days=DEFAULT_DAYS)


def _actions() -> list[tuple[str, list[tuple[str, str]]]]:
    """The actions by kind, in the reader's language."""
    by_label = sorted(((str(action.label), action) for action in registered().values()), key=itemgetter(0))
    groups = ((kind, [(action.code, label) for label, action in by_label if action.kind is kind]) for kind in Kind)
    return [(str(kind.label), actions) for kind, actions in groups if actions]


def _day(label: Promise) -> filters.DateFilter:
    return filters.DateFilter(
        label=label,
        method="unchanged",
        widget=forms.DateInput({"type": "date"}),
        validators=[MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
    )


class EventFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Period, user, kind, action, result, and the beginning of a user ID or a target.

    The period is in days of the reader's zone. It has a beginning even when the reader gave none.
    """

    since = _day(_("From"))
    until = _day(_("To"))
    kind = filters.ChoiceFilter(label=_("Kind"), choices=Kind.choices, empty_label=_("All"))
    action = filters.ChoiceFilter(label=_("Action"), choices=_actions, empty_label=_("All"))
    outcome = filters.ChoiceFilter(label=_("Result"), choices=Outcome.choices, empty_label=_("All"))
    user = filters.CharFilter(label=_("User ID"), field_name="actor_user_id", lookup_expr="iexact")
    # Of everything that was done in one session of somebody, or by one access of the provider's staff (A14).
    session = filters.UUIDFilter(field_name="session_id", widget=forms.HiddenInput)
    q = filters.CharFilter(
        label=_("Begins with"), method="beginning", widget=forms.TextInput({"placeholder": _("User ID or target")})
    )

    class Meta:
        model = AuditEvent
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, without: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in without:
            del self.filters[name]

    def filter_queryset(self, queryset: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        """Only what happened in the period, then what else was asked for."""
        asked = self.form.cleaned_data
        queryset = queryset.filter(at__gte=_midnight(asked.get("since") or default_since()))
        if asked.get("until"):
            queryset = queryset.filter(at__lt=_midnight(asked["until"] + timedelta(days=1)))
        chosen: QuerySet[AuditEvent] = super().filter_queryset(queryset)
        return chosen

    def unchanged(self, queryset: QuerySet[AuditEvent], _name: str, _value: date) -> QuerySet[AuditEvent]:
        """Nothing more: the period is looked at in `filter_queryset`."""
        return queryset

    def beginning(self, queryset: QuerySet[AuditEvent], _name: str, value: str) -> QuerySet[AuditEvent]:
        """Events of whose user ID or target this is the beginning."""
        return queryset.filter(Q(actor_user_id__istartswith=value) | Q(target_label__istartswith=value))


def _midnight(day: date) -> datetime:
    """The beginning of the day in the reader's zone."""
    return timezone.make_aware(datetime.combine(day, time.min))
