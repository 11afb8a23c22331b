"""What must not be removed now, although its time has come: the port by which legal holds reach every removal (R5).

Whoever removes rows or contents asks here first and leaves alone what is named. The ground floor knows nothing of
holds: `retention.holds` registers a keeper. Without one nothing is held. An error of a keeper goes through to the
removal and stops it: what is not known to be free is not removed.
"""

from collections.abc import Collection
from typing import Protocol, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from tenants.isolation.context import require_tenant_id

Row = TypeVar("Row", bound=Model)


class Keeper(Protocol):
    """Whoever may have something kept. Its answers may be too wide, never too narrow."""

    def held_tenants(self, model: type[Model]) -> frozenset[UUID]:
        """The tenants of which some row of the model may be held."""
        ...

    def held_rows(self, model: type[Model], tenant_id: UUID) -> Q | None:
        """Which of the tenant's rows are held, None for none of them."""
        ...

    def is_held(self, tenant_id: UUID) -> bool:
        """Whether anything at all of the tenant is held."""
        ...

    def held_contents(self, tenant_id: UUID, object_names: Collection[str]) -> frozenset[str]:
        """Those of the document store's objects that are held; names without the tenant."""
        ...

    def put_aside(self, model: type[Model], going: Q) -> None:
        """Copy the held rows out of those that are about to go at once."""
        ...


class KeeperFailed(RuntimeError):  # noqa: N818
    """A keeper gave an answer that would let everything go."""


_keepers: list[Keeper] = []


def register_keeper(keeper: Keeper) -> None:
    """Ask this one too, from now on. Once for each keeper, when its app is ready."""
    if keeper not in _keepers:
        _keepers.append(keeper)


def forget_keeper(keeper: Keeper) -> None:
    """Ask this one no more: for tests that bring their own."""
    _keepers.remove(keeper)


def held_tenants(model: type[Model]) -> frozenset[UUID]:
    """The tenants of which some row of the model may be held."""
    return frozenset().union(*(keeper.held_tenants(model) for keeper in _keepers))


def held_rows(model: type[Model], tenant_id: UUID) -> Q | None:
    """The tenant's rows to leave alone, as in `rows.exclude(held)`; None when all of them may go.

    `Q(pk__isnull=False)` stands for all rows.
    """
    held: Q | None = None
    for keeper in _keepers:
        answer = keeper.held_rows(model, tenant_id)
        if answer is None:
            continue
        if not answer:  # an empty Q excludes no row
            raise KeeperFailed(f"A keeper did not say which rows of {model._meta.label} it holds.")
        held = answer if held is None else held | answer
    return held


def not_held(rows: "QuerySet[Row]") -> "QuerySet[Row]":
    """Those of the rows of the tenant in scope that may go."""
    held = held_rows(rows.model, require_tenant_id())
    return rows if held is None else rows.exclude(held)


def is_held(tenant_id: UUID) -> bool:
    """Whether anything at all of the tenant is held."""
    return any(keeper.is_held(tenant_id) for keeper in _keepers)


def held_contents(tenant_id: UUID, object_names: Collection[str]) -> frozenset[str]:
    """The objects of the document store to leave alone, of those named."""
    return frozenset().union(*(keeper.held_contents(tenant_id, object_names) for keeper in _keepers))


def put_aside(model: type[Model], going: Q) -> None:
    """Have a copy made of the held rows among those that meet the condition, of every tenant, because they are about to
    go at once, with their partition. In the transaction of the platform role that removes them."""
    for keeper in _keepers:
        keeper.put_aside(model, going)
