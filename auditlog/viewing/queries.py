"""Reads of saved filters."""

from uuid import UUID

from django.db.models import Q, QuerySet

from auditlog.viewing.models import SavedFilter


def filters_for(reader_id: UUID) -> QuerySet[SavedFilter]:
    """One's own and what others share, by name."""
    return SavedFilter.objects.filter(Q(owner=reader_id) | Q(shared=True)).order_by("name", "id")


def own_filter(owner_id: UUID, id: UUID) -> SavedFilter | None:  # noqa: A002 - it is the id
    """The filter of that key, if it is theirs."""
    return SavedFilter.objects.filter(owner=owner_id, id=id).first()
