"""Celery: the tenant travels in the header of the message, through retries too, and nothing else sets it (T1)."""

from collections.abc import Callable, Iterator
from queue import Queue
from typing import Any
from uuid import UUID

import pytest
from celery.contrib.testing.worker import start_worker
from django.db import connection, transaction

from config.celery import app
from tenants.isolation.context import NoTenant, current_tenant_id, on_platform, platform_scope, tenant_scope
from tenants.isolation.tasks import TENANT_HEADER, TenantTask, platform_task, queue_on_commit
from tenants.isolation.transactions import atomic, current_connection, tenant_transaction
from tenants.models import Tenant

Seen = tuple[UUID | None, str, Any]

# What the tasks of this module saw, in the order in which they ran: tenant, database role, and more.
seen: "Queue[Seen]" = Queue()


def _look(more: Any = None) -> None:
    with atomic(), current_connection().cursor() as cursor:
        cursor.execute("SELECT nullif(current_setting('app.tenant', true), '')::uuid, current_user")
        told, role = cursor.fetchone()
    assert told == current_tenant_id()
    seen.put((told, role, more))


@app.task(name="tests.isolation.look")
def look(more: Any = None) -> None:
    """Say who and where one is."""
    _look(more)


@app.task(name="tests.isolation.stumble", bind=True, max_retries=2, default_retry_delay=0)
def stumble(self: Any, more: Any = None) -> None:
    """Fail twice, once by retry() and once by an exception that is retried, and succeed."""
    _look((more, self.request.retries))
    if self.request.retries == 0:
        raise self.retry(countdown=0)
    if self.request.retries == 1:
        raise self.retry(exc=ConnectionError(), countdown=0)


@app.task(name="tests.isolation.flaky", autoretry_for=(ConnectionError,), retry_backoff=False, default_retry_delay=0)
def flaky(more: Any = None) -> None:
    """Fail once; Celery retries by itself."""
    _look((more, flaky.request.retries))
    if flaky.request.retries == 0:
        raise ConnectionError


@platform_task
def survey() -> None:
    """Work across tenants."""
    _look()


@pytest.fixture
def not_eager() -> Iterator[None]:
    """Messages go to the broker."""
    app.conf.task_always_eager = False
    yield
    app.conf.task_always_eager = True


@pytest.fixture
def without_propagation() -> Iterator[None]:
    """A task that runs at once keeps its exceptions, `Retry` among them."""
    app.conf.task_eager_propagates = False
    yield
    app.conf.task_eager_propagates = True


@pytest.fixture
def worker(transactional_db: None, not_eager: None) -> Iterator[None]:
    """A real worker of Celery on the real broker, in a thread of this process."""
    app.control.purge()
    celery: Any = app  # its stubs know one class of tasks only
    with start_worker(celery, perform_ping_check=False, pool="solo", loglevel="ERROR"):
        yield
    assert seen.empty()


def _next() -> Seen:
    return seen.get(timeout=30)


@pytest.mark.django_db(transaction=True, databases=["default", "platform"])
def test_a_worker_serves_each_message_for_its_tenant(worker: None, acme: Tenant, globex: Tenant) -> None:
    """T1: one thread, one connection, tenant after tenant, and the platform role in between."""
    order = [acme.id, globex.id, globex.id, acme.id]
    for number, tenant_id in enumerate(order):
        with tenant_scope(tenant_id):
            look.delay(number)
        survey.delay()
    answers = [_next() for _ in range(2 * len(order))]
    assert answers[::2] == [(tenant_id, "sekisho_app", number) for number, tenant_id in enumerate(order)]
    assert answers[1::2] == [(None, "sekisho_platform", None)] * len(order)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("task", "attempts"), [(stumble, 3), (flaky, 2)])
def test_a_retry_stays_with_its_tenant(
    worker: None, acme: Tenant, globex: Tenant, task: TenantTask, attempts: int
) -> None:
    """T1: by retry(), with an exception and by itself; between the attempts other tenants are served."""
    for tenant in (acme, globex):
        with tenant_scope(tenant.id):
            task.delay(tenant.company_code)
    answers = [_next() for _ in range(2 * attempts)]
    for tenant in (acme, globex):
        own = [(more[1], role) for tenant_id, role, more in answers if tenant_id == tenant.id]
        assert own == [(number, "sekisho_app") for number in range(attempts)]
    assert all(
        more[0] == {acme.id: "ACME", globex.id: "GLOBEX"}[tenant_id] for tenant_id, _, more in answers if tenant_id
    )


@pytest.mark.django_db(transaction=True)
def test_a_message_without_a_tenant_is_not_run(worker: None, acme: Tenant, caplog: pytest.LogCaptureFixture) -> None:
    """T1: however it got into the queue; and the worker goes on."""
    app.send_task("tests.isolation.look", ["unasked"])
    app.send_task("tests.isolation.look", ["forged"], headers={TENANT_HEADER: "nobody"})
    with tenant_scope(acme.id):
        look.delay("asked")
    assert _next() == (acme.id, "sekisho_app", "asked")
    assert "arrived without a tenant" in caplog.text


@pytest.mark.usefixtures("not_eager")
def test_nothing_is_queued_for_nobody(acme: Tenant) -> None:
    """T1: the mistake is told where it is made, not in the worker."""
    for queue in (look.delay, look.apply_async, look.s().delay):
        with pytest.raises(NoTenant, match=r"tests\.isolation\.look"):
            queue()


@pytest.mark.django_db(transaction=True)
def test_a_task_is_queued_after_the_commit(acme: Tenant) -> None:
    """T1: by name and for the tenant in scope; a rollback takes it back."""
    with tenant_transaction(acme.id):
        queue_on_commit("tests.isolation.look", "committed")
        assert seen.empty()
    assert _next() == (acme.id, "sekisho_app", "committed")
    with tenant_transaction(acme.id):
        queue_on_commit("tests.isolation.look", "rolled back")
        transaction.set_rollback(True)
    assert seen.empty()


@pytest.mark.django_db(transaction=True)
def test_a_task_is_queued_for_the_tenant_that_asked_for_it(acme: Tenant, globex: Tenant) -> None:
    """T1, A14: although the transaction is committed in another one's scope."""
    with tenant_transaction(globex.id):
        with tenant_transaction(acme.id):
            queue_on_commit("tests.isolation.look", "nested")
        assert seen.empty()
    assert _next() == (acme.id, "sekisho_app", "nested")


@pytest.mark.django_db(transaction=True, databases=["default", "platform"])
@pytest.mark.parametrize("run", [lambda task: task.delay(), lambda task: task.apply()])
def test_a_task_that_runs_at_once_has_its_own_scope(run: Callable[[Any], Any], acme: Tenant, globex: Tenant) -> None:
    """T1: `task_always_eager` must not give it more than a worker would."""
    with tenant_scope(acme.id):
        run(survey)
        assert _next() == (None, "sekisho_platform", None)
    with platform_scope(), tenant_scope(globex.id):
        run(look)
        assert _next() == (globex.id, "sekisho_app", None)
        assert (current_tenant_id(), on_platform()) == (globex.id, True)
    with tenant_scope(acme.id):
        look.apply_async(headers={TENANT_HEADER: str(globex.id)})
        assert _next() == (globex.id, "sekisho_app", None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("without_propagation")
def test_a_retry_at_once_stays_with_its_tenant(acme: Tenant) -> None:
    """T1: the tasks of the suite run like this, so it must be like a worker's."""
    with tenant_scope(acme.id):
        stumble.delay("eager")
    assert [_next() for _ in range(3)] == [(acme.id, "sekisho_app", ("eager", number)) for number in range(3)]


@pytest.mark.django_db(transaction=True, databases=["default", "platform"])
def test_a_task_that_is_called_works_for_its_caller(acme: Tenant) -> None:
    """T1: like a function, and still not for nobody."""
    with tenant_scope(acme.id):
        look("called")
    assert _next() == (acme.id, "sekisho_app", "called")
    survey()
    assert _next() == (None, "sekisho_platform", None)
    with pytest.raises(NoTenant):
        look()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.tenant', true)")
        assert cursor.fetchone() in {("",), (None,)}
