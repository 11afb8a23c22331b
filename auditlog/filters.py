"""What a person can look for in the audit log (G2)."""

import ipaddress
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

import django_filters as filters
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.utils.functional import Promise, cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, Outcome, registered
from auditlog.models import AuditEvent
from auditlog.periods import EARLIEST, LATEST, Period, days_of, span_of
from auditlog.spans import Span
from tenants.isolation.models import TenantModel

_ALL_KINDS = tuple(Kind.values)
_PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
_LONGEST = 200


class NetworkField(forms.CharField):
    """An address, or a network with its length behind a slash: its first and its last address."""

    def clean(self, value: Any) -> tuple[str, str] | None:
        """Both addresses; None for nothing typed. Raises ValidationError for what is neither."""
        typed = unicodedata.normalize("NFKC", str(super().clean(value))).strip()
        if not typed:
            return None
        try:
            network = ipaddress.ip_network(typed, strict=False)
        except ValueError as error:
            raise ValidationError(
                gettext("Write an address or a network, such as 203.0.113.5 or 203.0.113.0/24.")
            ) from error
        return str(network[0]), str(network[-1])


class NetworkFilter(filters.Filter):  # type: ignore[misc]  # django-filter has no types
    """Events that came from an address, or from within a network.

    By comparison and not by `<<=`: an index serves the one behind the wall, but not the other.
    """

    field_class = NetworkField

    def filter(self, qs: QuerySet[AuditEvent], value: tuple[str, str] | None) -> QuerySet[AuditEvent]:
        """As the class says."""
        if not value:
            return qs
        first, last = value
        return qs.filter(ip=first) if first == last else qs.filter(ip__gte=first, ip__lte=last)


def _actions() -> list[tuple[str, list[tuple[str, str]]]]:
    """The actions by kind, in the reader's language."""
    by_label = sorted(((str(action.label), action) for action in registered().values()), key=itemgetter(0))
    groups = ((kind, [(action.code, label) for label, action in by_label if action.kind is kind]) for kind in Kind)
    return [(str(kind.label), actions) for kind, actions in groups if actions]


def _target_types() -> list[tuple[str, str]]:
    """What can be acted upon: rows of the product, and pages."""
    models = (model for model in apps.get_models() if issubclass(model, TenantModel))
    named = [(model._meta.label_lower, str(capfirst(model._meta.verbose_name))) for model in models]
    return sorted([*named, ("page", gettext("Page"))], key=itemgetter(1))


def _day(label: Promise) -> filters.DateFilter:
    return filters.DateFilter(
        label=label,
        method="unchanged",
        widget=forms.DateInput({"type": "date"}),
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
    )


def _text(label: Promise, **options: Any) -> filters.CharFilter:
    widget = forms.TextInput(_PLAIN | {"placeholder": options.pop("placeholder", "")})
    return filters.CharFilter(label=label, max_length=_LONGEST, widget=widget, **options)


class EventFilter(filters.FilterSet):  # type: ignore[misc]  # no types
    """Which events are asked for. The query string is an interface: saved filters, exports and links are made of it.

    period       today, 7d, 30d, this-month, last-month or all; 30d where nothing is said about time
    since, until first and last day (YYYY-MM-DD) in the reader's zone; either one overrules `period`
    user         a whole user ID
    kind, action, outcome  codes, as they are in the log
    ip           an address, or a network such as 203.0.113.0/24
    target_type  what was acted upon, such as documents.document
    target       its key, or the beginning of its name
    session      a key of a session, or of an access of the provider's staff (A14)
    q            the beginning of a user ID or of a target's name

    What is not understood is not applied; `form.errors` says so, and the page does. `qs` is always bounded by time.
    """

    period = filters.ChoiceFilter(choices=Period.choices, method="unchanged", widget=forms.HiddenInput)
    since = _day(_("From"))
    until = _day(_("To"))
    user = _text(_("User ID"), method="by_user")
    kind = filters.ChoiceFilter(label=_("Kind"), choices=Kind.choices, empty_label=_("All"))
    action = filters.ChoiceFilter(label=_("Action"), choices=_actions, empty_label=_("All"), method="of_action")
    outcome = filters.ChoiceFilter(label=_("Result"), choices=Outcome.choices, empty_label=_("All"))
    ip = NetworkFilter(
        label=_("Source IP"),
        max_length=60,
        widget=forms.TextInput(_PLAIN | {"placeholder": "203.0.113.0/24"}),
    )
    target_type = filters.ChoiceFilter(label=_("Kind of target"), choices=_target_types, empty_label=_("All"))
    target = _text(_("Target"), method="on_target", placeholder=_("Beginning of its name, or its key"))
    session = filters.UUIDFilter(field_name="session_id", widget=forms.HiddenInput)
    q = _text(_("Begins with"), method="beginning", placeholder=_("User ID or target"))

    class Meta:
        model = AuditEvent
        fields: tuple[str, ...] = ()

    def __init__(
        self, *args: Any, without: Iterable[str] = (), default_period: Period = Period.MONTH, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._default_period = default_period
        for name in without:
            del self.filters[name]

    @cached_property
    def asked(self) -> dict[str, Any]:
        """What was understood, by the names of the query string."""
        if not self.is_bound:
            return {}
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "")}

    @property
    def named_period(self) -> Period | None:
        """The period by its name; None where days are given."""
        if {"since", "until"} & self.asked.keys():
            return None
        return Period(self.asked.get("period", self._default_period))

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day. Of days of which only one is given, the other is thirty days away, or today."""
        named = self.named_period
        if named is not None:
            return days_of(named)
        today = days_of(Period.TODAY)[1]
        last = self.asked.get("until") or today
        first = self.asked.get("since") or last - timedelta(days=29)
        return first, max(first, last) if "until" not in self.asked else last

    @cached_property
    def span(self) -> Span:
        """The period as moments. Nothing is in it when it ends before it begins."""
        return span_of(*self.days)

    def filter_queryset(self, queryset: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        """Only what happened in the period, then what else was asked for."""
        bounded = queryset.filter(at__gte=self.span.since, at__lt=self.span.until)
        chosen: QuerySet[AuditEvent] = super().filter_queryset(bounded)
        return chosen

    def unchanged(self, queryset: QuerySet[AuditEvent], _name: str, _value: Any) -> QuerySet[AuditEvent]:
        """Nothing more: the period is looked at in `filter_queryset`."""
        return queryset

    def by_user(self, queryset: QuerySet[AuditEvent], _name: str, value: str) -> QuerySet[AuditEvent]:
        """Events of a user ID, in the form in which user IDs are kept, or as a job of the product has its name."""
        return queryset.filter(actor_user_id__in=[unicodedata.normalize("NFKC", value).strip().casefold(), value])

    def of_action(self, queryset: QuerySet[AuditEvent], _name: str, value: str) -> QuerySet[AuditEvent]:
        """Events of one action. Its index begins with the kind, and an action may have had another one formerly."""
        return queryset.filter(action=value, kind__in=_ALL_KINDS)

    def on_target(self, queryset: QuerySet[AuditEvent], _name: str, value: str) -> QuerySet[AuditEvent]:
        """Events about a thing by its key, or about everything whose name begins like this."""
        try:
            return queryset.filter(target_id=str(UUID(value)))
        except ValueError:
            return queryset.filter(target_label__istartswith=value)

    def beginning(self, queryset: QuerySet[AuditEvent], _name: str, value: str) -> QuerySet[AuditEvent]:
        """Events of whose user ID or target this is the beginning."""
        return queryset.filter(Q(actor_user_id__istartswith=value) | Q(target_label__istartswith=value))
