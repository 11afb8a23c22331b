"""The tenant does not leak: not by pooled connections, threads, coroutines, exceptions or streams (T1)."""

import asyncio
import contextvars
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.db import close_old_connections, connection, connections, transaction
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.test import RequestFactory

from accounts.middleware import TenantRequestMiddleware
from accounts.models import Role
from tenants.isolation.context import NoTenant, current_tenant_id, tenant_scope
from tenants.isolation.database.base import TransactionRequired
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.factories.people import Person, make_person
from tests.factories.rows import make_row

committing = pytest.mark.django_db(transaction=True)

ROUNDS = 30


@pytest.fixture
def both(acme: Tenant, globex: Tenant) -> tuple[UUID, UUID]:
    """The same committed row in both companies; their keys."""
    for tenant in (acme, globex):
        with tenant_transaction(tenant.id):
            make_row(Role)
    return acme.id, globex.id


def _owners() -> set[UUID]:
    """The tenants whose rows raw SQL sees, with no filter of Django's in front of the policy."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id FROM accounts_role")
        return {tenant_id for (tenant_id,) in cursor.fetchall()}


def _work(tenant_id: UUID) -> set[UUID]:
    """A unit of work of one tenant; twice a look, with a chance for others in between."""
    with tenant_transaction(tenant_id):
        first = _owners()
        return first | _owners()


def _and_close(work: Callable[..., Any], *args: Any) -> Any:
    """Threads of tests end without Django's signal that closes connections."""
    try:
        return work(*args)
    finally:
        connections.close_all()


# --- Connections -------------------------------------------------------------------------------------------------
@pytest.fixture
def pool_of_one(both: tuple[UUID, UUID], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The connections come from a pool with a single one, which everybody gets in turn."""
    wrapper: Any = connections["default"]
    wrapper.close()
    monkeypatch.setitem(wrapper.settings_dict, "CONN_MAX_AGE", 0)
    monkeypatch.setitem(wrapper.settings_dict["OPTIONS"], "pool", {"min_size": 1, "max_size": 1})
    yield
    wrapper.close()
    wrapper.close_pool()


@committing
@pytest.mark.usefixtures("pool_of_one")
def test_a_pooled_connection_forgets_its_tenant(both: tuple[UUID, UUID]) -> None:
    """T1: the same server process serves one tenant after the other, and nobody in between."""

    def visit(tenant_id: UUID | None) -> tuple[int, set[UUID]]:
        try:
            with tenant_scope(tenant_id), transaction.atomic():
                owners = _owners()
                return connection.connection.info.backend_pid, owners
        finally:
            connection.close()

    acme, globex = both
    visits = [visit(tenant_id) for tenant_id in (acme, None, globex, None, acme)]
    assert len({process for process, _ in visits}) == 1
    assert [owners for _, owners in visits] == [{acme}, set(), {globex}, set(), {acme}]


@committing
@pytest.mark.usefixtures("pool_of_one")
def test_a_pooled_connection_that_broke_down_forgets_its_tenant(both: tuple[UUID, UUID]) -> None:
    """T1: an exception, and a connection given back in the middle of a transaction."""
    acme, _ = both
    with pytest.raises(ZeroDivisionError):
        _fail_inside(acme)
    connection.close()
    assert _owners() == set()

    connection.set_autocommit(False)
    with tenant_scope(acme):
        assert _owners() == {acme}
    connection.close()
    assert _owners() == set()


@committing
def test_a_kept_connection_forgets_its_tenant(both: tuple[UUID, UUID]) -> None:
    """T1: CONN_MAX_AGE hands the connection of one request to the next one of the thread."""
    acme, globex = both
    for tenant_id in (acme, globex):
        assert _work(tenant_id) == {tenant_id}
        close_old_connections()
        assert connection.connection is not None
        assert _owners() == set()


# --- Threads -----------------------------------------------------------------------------------------------------
@committing
def test_a_thread_starts_without_a_tenant(acme: Tenant) -> None:
    """T1: whoever wants the tenant in a thread hands it over."""
    found: list[object] = []

    def look() -> None:
        found.append(current_tenant_id())
        try:
            Role.objects.count()
        except NoTenant:
            found.append("refused")

    with tenant_transaction(acme.id):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert found == [None, "refused"]


@committing
def test_threads_side_by_side_keep_apart(both: tuple[UUID, UUID]) -> None:
    """T1: two tenants at the same time, on threads that serve both."""
    barrier = threading.Barrier(2)

    def serve(turn: int) -> list[bool]:
        right = []
        for number in range(ROUNDS):
            tenant_id = both[(turn + number) % 2]
            barrier.wait(timeout=30)
            right.append(_work(tenant_id) == {tenant_id})
        return right

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda turn: _and_close(serve, turn), range(2)))
    assert answers == [[True] * ROUNDS] * 2


@committing
def test_a_copied_context_carries_its_tenant(both: tuple[UUID, UUID]) -> None:
    """T1: and nothing comes back from it."""
    acme, _ = both
    with tenant_scope(acme):
        context = contextvars.copy_context()
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(context.run, _and_close, _owners_inside).result() == {acme}
        assert pool.submit(_and_close, current_tenant_id).result() is None


def _owners_inside() -> set[UUID]:
    with transaction.atomic():
        return _owners()


# --- Coroutines --------------------------------------------------------------------------------------------------
@committing
@pytest.mark.parametrize("thread_sensitive", [True, False])
def test_coroutines_side_by_side_keep_apart(both: tuple[UUID, UUID], thread_sensitive: bool) -> None:
    """T1: asgiref copies the context into the thread; the backend reads it there at BEGIN."""

    async def serve(tenant_id: UUID) -> bool:
        with tenant_scope(tenant_id):
            right = True
            for _ in range(ROUNDS):
                await asyncio.sleep(0)
                seen = await sync_to_async(_and_close, thread_sensitive=thread_sensitive)(_inside_twice)
                right = right and seen == {tenant_id}
            return right

    async def main() -> list[bool]:
        answers = await asyncio.gather(*(serve(tenant_id) for tenant_id in both * 2))
        assert current_tenant_id() is None
        assert await sync_to_async(current_tenant_id, thread_sensitive=thread_sensitive)() is None
        return answers

    assert async_to_sync(main)() == [True] * 4


def _inside_twice() -> set[UUID]:
    with transaction.atomic():
        return _owners() | _owners()


@committing
def test_the_asynchronous_api_needs_a_transaction(acme: Tenant) -> None:
    """T1: it cannot have one, so a unit of work is one synchronous function."""

    async def count() -> int:
        with tenant_scope(acme.id):
            return await Role.objects.acount()

    with pytest.raises(TransactionRequired):
        async_to_sync(count)()


@committing
def test_a_scope_inside_a_thread_of_a_coroutine_ends_with_it(both: tuple[UUID, UUID]) -> None:
    """T1: asgiref copies changes of the context back; a scope that is left behind has changed nothing."""
    acme, _ = both

    async def main() -> UUID | None:
        await sync_to_async(_and_close)(_work, acme)
        with pytest.raises(ZeroDivisionError):
            await sync_to_async(_and_close)(_fail_inside, acme)
        return current_tenant_id()

    assert async_to_sync(main)() is None


def _fail_inside(tenant_id: UUID) -> None:
    with tenant_transaction(tenant_id):
        assert _owners() == {tenant_id}
        raise ZeroDivisionError


# --- Requests and streams ----------------------------------------------------------------------------------------
@pytest.fixture
def alice(acme: Tenant) -> Person:
    """Somebody who makes requests."""
    return make_person(acme, "alice")


def _handle(view: Callable[[HttpRequest], HttpResponseBase], person: Person) -> HttpResponseBase:
    request = RequestFactory().get("/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = person.session_cookie()
    return TenantRequestMiddleware(view)(request)


@committing
def test_a_request_ends_with_its_tenant(alice: Person) -> None:
    """T1: also when the view fails."""

    def fail(request: HttpRequest) -> HttpResponseBase:
        assert current_tenant_id() == alice.tenant.id
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _handle(fail, alice)
    assert current_tenant_id() is None
    assert _owners() == set()


@committing
def test_a_stream_does_not_run_in_the_requests_tenant(alice: Person) -> None:
    """T1: the body is produced after the request has ended; whoever needs the tenant there enters it again."""

    def lazy() -> Iterator[str]:
        yield from (role.code for role in Role.objects.all())

    def prepared(rows: list[str]) -> Iterator[str]:
        assert current_tenant_id() is None
        yield from rows

    with tenant_transaction(alice.tenant.id):
        make_row(Role, code="reader")
        eager = StreamingHttpResponse(prepared([role.code for role in Role.objects.all()]))
        broken = StreamingHttpResponse(lazy())
    assert b"".join(eager) == b"reader"
    with pytest.raises(NoTenant):
        b"".join(broken)


@committing
def test_a_view_that_streams_says_so(alice: Person) -> None:
    """T1: the middleware refuses a stream whose view has the request's transaction."""

    def stream(request: HttpRequest) -> HttpResponseBase:
        return StreamingHttpResponse(iter(["x"]))

    with pytest.raises(RuntimeError, match="own_transactions"):
        _handle(stream, alice)
