"""The port by which legal holds reach every removal (R5)."""

from collections.abc import Callable, Collection, Iterator
from uuid import UUID, uuid4

import pytest
from django.db.models import Model, Q

from documents.models import Document, Folder
from tenants.isolation import keeping


class _Keeper:
    """Holds some rows and contents of one tenant."""

    def __init__(self, tenant_id: UUID, rows: Q, contents: frozenset[str] = frozenset()) -> None:
        self.tenant_id, self.rows, self.contents = tenant_id, rows, contents

    def held_tenants(self, model: type[Model]) -> frozenset[UUID]:
        return frozenset({self.tenant_id}) if model is Document else frozenset()

    def held_rows(self, model: type[Model], tenant_id: UUID) -> Q | None:
        return self.rows if tenant_id in self.held_tenants(model) else None

    def is_held(self, tenant_id: UUID) -> bool:
        return tenant_id == self.tenant_id

    def held_contents(self, tenant_id: UUID, object_names: Collection[str]) -> frozenset[str]:
        return self.contents.intersection(object_names)

    def put_aside(self, model: type[Model], going: Q) -> None:
        raise ConnectionError("The copy was not made.")


class _Broken(_Keeper):
    def held_rows(self, model: type[Model], tenant_id: UUID) -> Q | None:
        raise ConnectionError("The holds cannot be read.")


@pytest.fixture
def register() -> Iterator[Callable[[_Keeper], None]]:
    """Has keepers of the test's own asked beside the product's."""
    mine: list[_Keeper] = []

    def add(keeper: _Keeper) -> None:
        mine.append(keeper)
        keeping.register_keeper(keeper)

    yield add
    for keeper in mine:
        keeping.forget_keeper(keeper)


@pytest.mark.django_db(databases="__all__")
def test_answers_of_all_keepers_together(register: Callable[[_Keeper], None]) -> None:
    """R5: what any keeper holds stays; a second registration changes nothing."""
    acme, globex = uuid4(), uuid4()
    assert keeping.held_rows(Document, acme) is None
    assert not keeping.is_held(acme)
    first, second = _Keeper(acme, Q(name="a"), frozenset({"x"})), _Keeper(acme, Q(name="b"), frozenset({"y"}))
    register(first)
    register(second)
    keeping.register_keeper(second)

    assert keeping.held_rows(Document, acme) == Q(name="a") | Q(name="b")
    assert keeping.held_rows(Folder, acme) is None
    assert keeping.held_rows(Document, globex) is None
    assert keeping.held_tenants(Document) == {acme}
    assert keeping.held_tenants(Folder) == frozenset()
    assert keeping.is_held(acme)
    assert not keeping.is_held(globex)
    assert keeping.held_contents(acme, ["x", "y", "z"]) == {"x", "y"}


@pytest.mark.django_db(databases="__all__")
def test_an_error_stops_the_removal(register: Callable[[_Keeper], None]) -> None:
    """R5: a keeper that fails, or that names no rows, is no leave to remove everything."""
    acme = uuid4()
    register(_Keeper(acme, Q()))
    with pytest.raises(keeping.KeeperFailed):
        keeping.held_rows(Document, acme)
    with pytest.raises(ConnectionError):
        keeping.put_aside(Document, Q(pk__isnull=False))
    register(_Broken(acme, Q(pk__isnull=False)))
    with pytest.raises((ConnectionError, keeping.KeeperFailed)):
        keeping.held_rows(Document, acme)
