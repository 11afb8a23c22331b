"""Celery tasks that run for a tenant: its id travels in the message header and is set again round the task."""

from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from celery import Task, current_app, shared_task

from tenants.isolation.context import NoTenant, current_tenant_id, platform_scope, require_tenant_id, tenant_scope
from tenants.isolation.directory import current_company, is_erased
from tenants.isolation.transactions import on_commit

TENANT_HEADER = "tenant_id"
# How long a task waits before it looks again whether its tenant is still being restored.
FROZEN_SECONDS = 30

P = ParamSpec("P")
R = TypeVar("R")


class TenantTask(Task):  # type: ignore[type-arg]  # generic in the stubs only
    """The base of every task, for the whole application.

    A task runs for the tenant that was in scope when it was queued. One that works across tenants is declared with
    `@platform_task` and runs in `platform_scope()`. A message with neither is refused.
    """

    platform = False

    def apply_async(self, args: Any = None, kwargs: Any = None, *rest: Any, **options: Any) -> Any:
        """Queue the task for the tenant in scope; raises NoTenant at the caller when there is none."""
        return super().apply_async(args, kwargs, *rest, **self._addressed(options))

    def apply(self, args: Any = None, kwargs: Any = None, *rest: Any, **options: Any) -> Any:
        """Run the task here and now, as a worker would run it."""
        return super().apply(args, kwargs, *rest, **self._addressed(options))

    def _addressed(self, options: dict[str, Any]) -> dict[str, Any]:
        """The options with the tenant in the header. A retry has it there already."""
        headers = dict(options.get("headers") or {})
        tenant_id = current_tenant_id()
        if not self.platform and TENANT_HEADER not in headers:
            if tenant_id is None:
                raise NoTenant(f"Task {self.name} needs a tenant: queue it inside tenant_scope().")
            headers[TENANT_HEADER] = str(tenant_id)
        return options | {"headers": headers}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task in the scope of its message and no other, or in that of the code that calls it by itself.

        A worker has no scope of its own, but a task that runs at once (`task_always_eager`) is inside its caller's.
        """
        tenant_id = self._tenant_id()
        with platform_scope(self.platform), tenant_scope(tenant_id):
            if tenant_id is not None and (is_erased(tenant_id) or self._must_wait()):
                return None  # of an erased tenant there is nothing to work on, and nothing may come anew (R1)
            return super().__call__(*args, **kwargs)

    def _must_wait(self) -> bool:
        """Whether the tenant is frozen, so that the task comes again later (B6); one that runs at once is left out."""
        company = current_company()
        if company is None or not company.frozen or self.request.called_directly:
            return False
        if not self.request.is_eager:
            raise self.retry(countdown=FROZEN_SECONDS, max_retries=None)
        return True

    def _tenant_id(self) -> UUID | None:
        if self.platform:
            return None
        if self.request.called_directly:
            return require_tenant_id()
        headers: Mapping[str, Any] = self.request.headers or {}
        named = headers.get(TENANT_HEADER)
        if named is None:
            raise NoTenant(f"Task {self.name} arrived without a tenant.")
        return UUID(str(named))


def platform_task(function: Callable[P, R]) -> Task[P, R]:
    """Declare a task that works across tenants, as the platform role."""
    options: dict[str, Any] = {"platform": True}
    task: Task[P, R] = shared_task(**options)(function)
    return task


def queue_on_commit(name: str, *args: Any) -> None:
    """Queue a task by its name for the tenant in scope, once the transaction is committed.

    By name, because rules do not import edges, and a task is one.
    """
    on_commit(lambda: _task(name).delay(*args))


def _task(name: str) -> Any:
    if name not in current_app.tasks:
        current_app.loader.import_default_modules()  # a web process has loaded no task before its first one
    return current_app.tasks[name]
