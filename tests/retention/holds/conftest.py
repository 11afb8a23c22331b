"""Two operators, a company with things to hold, and its neighbour with the same."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone, translation

from accounts.menus import ADMINISTRATOR, EDITOR, OPERATOR
from retention.holds import services
from retention.holds.models import Hold, KeptRow, Scope
from retention.holds.scopes import Reach
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.documents.making import add_file
from tests.factories.people import Person, make_person

FILES = ("cases/2026/a.txt", "cases/b.txt", "plans/c.txt", "d.txt")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages are compared in the language in which they are written."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def stores(settings: LazySettings, tmp_path: Path) -> None:
    """An empty store of documents, and one of backups."""
    settings.VAULT_DOCUMENT_STORE = f"file://{tmp_path}/documents"
    settings.VAULT_BACKUP_STORE = f"file://{tmp_path}/backups"


@pytest.fixture
def olga(provider: Tenant) -> Person:
    """The operator who places."""
    return make_person(provider, "olga", OPERATOR)


@pytest.fixture
def otto(provider: Tenant) -> Person:
    """The operator who reviews and confirms."""
    return make_person(provider, "otto", OPERATOR)


@dataclass(frozen=True)
class Furnished:
    """A company with the files of FILES, all of them Anna's but `d.txt`, which is Emil's."""

    tenant: Tenant
    anna: Person
    emil: Person
    objects: dict[str, str]


def furnish(tenant: Tenant) -> Furnished:
    """Give a company two people and files."""
    anna, emil = make_person(tenant, "anna", ADMINISTRATOR), make_person(tenant, "emil", EDITOR)
    with tenant_transaction(tenant.id):
        objects = {
            path: add_file(path, path.encode(), actor=(emil if path == "d.txt" else anna).actor).object_name
            for path in FILES
        }
    return Furnished(tenant, anna, emil, objects)


@pytest.fixture
def ours(acme: Tenant) -> Furnished:
    """ACME, of which something is held."""
    return furnish(acme)


@pytest.fixture
def theirs(globex: Tenant) -> Furnished:
    """GLOBEX, of which nothing is."""
    return furnish(globex)


def an_order(scope: Scope, name: str = "", *, sealing: str = "", **days: date) -> services.Order:
    """An order of a court."""
    return services.Order(
        reach=Reach(scope=scope, name=name, **days),
        authority="Tokyo District Court",
        reference="2026 (wa) 1234",
        legal_ground="Code of Civil Procedure, article 234",
        reason="Preservation of evidence",
        requested_on=timezone.localdate(),
        sealing_ground=sealing,
    )


Place = Callable[..., Hold]


@pytest.fixture
def place(olga: Person, otto: Person) -> Place:
    """Places a hold as Olga, with Otto as its reviewer."""

    def placing(tenant: Tenant, scope: Scope, name: str = "", **options: Any) -> Hold:
        return services.place_hold(
            tenant,
            an_order(scope, name, **options),
            reviewer=otto.user,
            review_on=timezone.localdate() + timedelta(days=90),
            typed_code=tenant.company_code.lower(),
            operator=olga.user,
            actor=olga.actor,
        )

    return placing


@pytest.fixture
def release(olga: Person, otto: Person) -> Callable[[Hold], Hold]:
    """Releases a hold as both of them."""

    def releasing(hold: Hold) -> Hold:
        code = hold.company_code
        services.ask_release(hold.id, reason="Lifted", typed_code=code, operator=olga.user, actor=olga.actor)
        return services.confirm_release(hold.id, typed_code=code, operator=otto.user, actor=otto.actor)

    return releasing


def kept_rows(table: str = "") -> list[dict[str, Any]]:
    """What holds have kept, in the order in which it came."""
    with platform_transaction():
        rows = KeptRow.objects.order_by("kept_at", "id")
        return list((rows.filter(table_name=table) if table else rows).values_list("row", flat=True))
