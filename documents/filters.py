"""Searching by name (D1, D4). What it costs under the wall: `documents.fields.SearchField`."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from documents.names import folded

_BEGINS, _ACTIVE, _INACTIVE = "begins", "active", "inactive"


class NameFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Folders or documents by their name: all words of it anywhere, or how it begins."""

    name = django_filters.CharFilter(label=_("Name, in all folders"), method="filter_name", max_length=200)
    match = django_filters.ChoiceFilter(
        label=_("Compare with"),
        choices=[(_BEGINS, _("Beginning"))],
        empty_label=_("Any part"),
        method="leave",
    )

    def filter_name(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Rows whose name fits."""
        text = folded(value.strip())
        if self.form.cleaned_data.get("match") == _BEGINS:
            return queryset.filter(search_name__begins_with=text)
        for word in text.split():
            queryset = queryset.filter(search_name__contains=word)
        return queryset

    def leave(self, queryset: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        """Nothing: it only says how the name is meant."""
        return queryset


class CounterpartyFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Counterparties by code, name or reading, and by whether they are in use."""

    q = django_filters.CharFilter(label=_("Code, name or reading"), method="filter_text", max_length=200)
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[(_ACTIVE, _("Active")), (_INACTIVE, _("Inactive"))],
        empty_label=_("All"),
        method="filter_state",
    )

    def filter_text(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Rows that have every word somewhere."""
        for word in folded(value).split():
            queryset = queryset.filter(search_name__contains=word)
        return queryset

    def filter_state(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Active or inactive ones."""
        return queryset.filter(active=value == _ACTIVE)
