"""Django's whole query API, walked by introspection: nothing of it works without a tenant or for another one (T1).

A method that a new version of Django brings is walked too; if it needs arguments, the test fails and says so.
"""

import asyncio
import copy
import pickle
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, models
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Role, Session, User
from tenants.isolation.context import NoTenant, WrongTenant, tenant_scope
from tenants.isolation.models import TenantManager
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db

# What makes no query: a class, a part of somebody else's query (see the tests of subqueries), Django's own bookkeeping.
_OUTSIDE = {
    QuerySet: {"as_manager", "resolve_expression"},
    TenantManager: {"check", "contribute_to_class", "db_manager", "deconstruct", "from_queryset"},
    models.Model: {
        *("check", "clean", "clean_fields", "date_error_message", "from_db", "get_constraints", "get_deferred_fields"),
        *("prepare_database_save", "serializable_value", "unique_error_message"),
    },
}


def _methods(owner: type) -> list[str]:
    names = (name for name in dir(owner) if not name.startswith("_") and name not in _OUTSIDE[owner])
    return [name for name in names if callable(getattr(owner, name))]


def _call(method: Callable[..., Any], name: str, row: Session) -> Any:
    """Call it with what it needs (asynchronous methods take the same), and take the answer to its end."""
    plain = name[1:] if name[:1] == "a" and hasattr(QuerySet, name[1:]) else name
    new = {"user_id": row.user_id, "expires_at": row.expires_at, "token_hash": uuid4().hex, "user_agent": ""}
    args: dict[str, tuple[Any, ...]] = {
        "aggregate": (Count("id"),),
        "bulk_create": ([_twin(row)],),
        "bulk_update": ([row], ["user_agent"]),
        "complex_filter": ({"id": row.id},),
        "contains": (row,),
        "dates": ("created_at", "day"),
        "datetimes": ("created_at", "day"),
        "earliest": ("created_at",),
        "latest": ("created_at",),
        "raw": ("SELECT * FROM accounts_session",),
        "using": ("default",),
    }
    keywords: dict[str, dict[str, Any]] = {
        "update": {"user_agent": "changed"},
        **dict.fromkeys(("create", "get_or_create", "update_or_create"), new),
    }
    return _exhausted(method(*args.get(plain, ()), **keywords.get(plain, {})))


def _twin(row: Session) -> Session:
    twin = copy.copy(row)
    twin.id, twin.token_hash = uuid4(), uuid4().hex
    return twin


def _exhausted(result: Any) -> Any:
    """Lazy things are no answer yet."""
    if isinstance(result, Awaitable):

        async def wait() -> Any:
            return await result

        return _exhausted(asyncio.run(wait()))
    if isinstance(result, AsyncIterable) and not isinstance(result, Iterable):

        async def collect() -> list[Any]:
            return [row async for row in result]

        return asyncio.run(collect())
    return list(result) if isinstance(result, Iterable) else result


@pytest.fixture
def session(acme: Tenant) -> Session:
    """A row of ACME, with a foreign key and a date."""
    person = make_person(acme, "alice")
    with tenant_transaction(acme.id):
        return Session.objects.create(
            user=person.user, token_hash="acme", expires_at=timezone.now() + timedelta(days=1), user_agent="here"
        )


@pytest.fixture
def sessions(session: Session) -> QuerySet[Session]:
    """A queryset that was built for ACME and not evaluated there."""
    with tenant_scope(session.tenant_id):
        return Session.objects.all()


@pytest.fixture
def roles(acme: Tenant) -> QuerySet[Role]:
    """Another one, to be combined with."""
    with tenant_scope(acme.id):
        return Role.objects.all()


# --- Without a tenant --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", _methods(TenantManager))
def test_no_method_of_a_manager_works_without_a_tenant(name: str, session: Session) -> None:
    """T1: it is an error, not an empty answer."""
    with pytest.raises(NoTenant):
        _call(getattr(Session.objects, name), name, session)


@pytest.mark.parametrize("name", _methods(QuerySet))
def test_no_method_of_a_queryset_works_without_a_tenant(
    name: str, sessions: QuerySet[Session], session: Session
) -> None:
    """T1: also when it was built inside a scope that has ended."""
    with pytest.raises(NoTenant):
        _call(getattr(sessions, name), name, session)


@pytest.mark.parametrize("name", _methods(models.Model))
def test_no_method_of_a_row_works_without_a_tenant(name: str, session: Session) -> None:
    """T1: saving, deleting, refreshing, validating."""
    session._state.adding = name == "validate_unique"  # there is nothing unique to look up for an old row
    with pytest.raises(NoTenant):
        _exhausted(getattr(session, name)())


@pytest.mark.parametrize(
    "follow",
    [
        lambda session: session.user,
        lambda session: session.get_next_by_created_at(),
        lambda session: User(id=uuid4(), tenant_id=session.tenant_id).sessions.count(),
        lambda session: User(id=uuid4(), tenant_id=session.tenant_id).roles.count(),
        lambda session: User(id=uuid4(), tenant_id=session.tenant_id).roles.set([]),
        lambda session: models.prefetch_related_objects([session], "user"),
        lambda session: type(session)(),
    ],
)
def test_nothing_is_followed_without_a_tenant(follow: Callable[[Session], Any], session: Session) -> None:
    """T1: relations in both directions, and new rows, which would belong to nobody."""
    fresh = copy.copy(session)
    fresh._state = models.base.ModelState()
    with pytest.raises(NoTenant):
        follow(fresh)


# --- For another tenant ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", _methods(QuerySet))
def test_no_method_of_a_stale_queryset_works(
    name: str, sessions: QuerySet[Session], session: Session, globex: Tenant
) -> None:
    """T1: one that was built for another tenant; row-level security alone would answer with silence."""
    with tenant_scope(globex.id), pytest.raises(WrongTenant):
        _call(getattr(sessions, name), name, session)


@pytest.mark.parametrize(
    "use",
    [list, len, bool, repr, pickle.dumps, lambda rows: rows[0], lambda rows: list(rows[:1]), lambda rows: None in rows],
)
def test_no_operator_on_a_stale_queryset_works(
    use: Callable[[QuerySet[Session]], Any], sessions: QuerySet[Session], globex: Tenant
) -> None:
    """T1: neither for another tenant nor for none."""
    with tenant_scope(globex.id), pytest.raises(WrongTenant):
        use(sessions)
    with pytest.raises(NoTenant):
        use(sessions)


@pytest.mark.parametrize(
    "combine",
    [
        lambda own, stale: own & stale,
        lambda own, stale: own | stale,
        lambda own, stale: own ^ stale,
        lambda own, stale: stale | own,
        lambda own, stale: own.union(stale),
        lambda own, stale: own.intersection(stale),
        lambda own, stale: own.difference(stale),
        lambda own, stale: own.filter(id__in=stale),
        lambda own, stale: own.filter(id__in=stale.values("id")),
        lambda own, stale: own.exclude(id=Subquery(stale.values("id")[:1])),
        lambda own, stale: own.annotate(n=Exists(stale.filter(id=OuterRef("id")))),
        lambda own, stale: own.prefetch_related(models.Prefetch("user_roles__user", queryset=stale)),
    ],
)
def test_a_stale_queryset_poisons_what_it_is_combined_with(
    combine: Callable[[QuerySet[Role], QuerySet[Role]], QuerySet[Role]], roles: QuerySet[Role], globex: Tenant
) -> None:
    """T1: as an operand, as a subquery, as a prefetch."""
    make_person(globex, "gina", "reader")
    with tenant_transaction(globex.id), pytest.raises(WrongTenant):
        list(combine(Role.objects.all(), roles))


def test_stale_raw_sql_sees_the_rows_of_the_tenant_in_scope(session: Session, globex: Tenant) -> None:
    """T1: Django cannot know what raw SQL reads; the policies can."""
    with tenant_transaction(session.tenant_id):
        raw = Session.objects.raw("SELECT * FROM accounts_session")
        assert [row.id for row in raw] == [session.id]
        again = Session.objects.raw("SELECT * FROM accounts_session")
    with tenant_transaction(globex.id):
        assert list(again) == []


def test_a_row_of_another_tenant_is_not_written(session: Session, globex: Tenant) -> None:
    """T1: by no way that Django has; the last one of them ends at the database."""
    session.user_agent = "there"
    with tenant_transaction(globex.id):
        for write in (
            session.save,
            session.delete,
            lambda: Session.objects.bulk_create([session]),
            lambda: Session.objects.bulk_update([session], ["user_agent"]),
            lambda: Session.objects.create(tenant_id=session.tenant_id),
            lambda: Session.objects.update(tenant_id=session.tenant_id),
        ):
            with pytest.raises(WrongTenant):
                write()
        with pytest.raises(Session.DoesNotExist):
            session.refresh_from_db()
        assert Session.objects.filter(id=session.id).update(user_agent="there") == 0
        assert Session.objects.filter(id=session.id).delete() == (0, {})
        with pytest.raises(DatabaseError, match="row-level security"), tenant_transaction(globex.id):
            session.save_base()
    with tenant_transaction(session.tenant_id):
        assert Session.objects.get().user_agent == "here"


def test_a_row_does_not_change_its_tenant(session: Session, globex: Tenant) -> None:
    """T1: a row stays where it was made."""
    with tenant_transaction(session.tenant_id):
        session.tenant_id = globex.id
        for write in (
            session.save,
            lambda: Session.objects.update(tenant_id=globex.id),
            lambda: Session.objects.bulk_update([session], ["tenant_id"]),
            lambda: Session.objects.update_or_create(token_hash="acme", defaults={"tenant_id": globex.id}),
        ):
            with pytest.raises(WrongTenant):
                write()


# --- And inside --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", [name for name in _methods(QuerySet) if name[1:] not in dir(QuerySet)])
def test_inside_its_tenant_every_method_works(name: str, session: Session) -> None:
    """The walks above would prove nothing if the methods failed for another reason."""
    with tenant_transaction(session.tenant_id):
        _call(getattr(Session.objects.all(), name), name, session)
