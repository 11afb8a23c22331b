"""Short transactions beside one that is held open: in a thread with a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self
from uuid import UUID

from django.db import connections

from tenants.isolation.context import tenant_scope


class Aside:
    """A context in which `run` carries out a function for a tenant, outside of the open transaction, and waits."""

    def __init__(self, tenant_id: UUID) -> None:
        self._tenant_id = tenant_id
        self._thread = ThreadPoolExecutor(max_workers=1)

    def run(self, deed: Callable[[], None]) -> None:
        """Carry it out. Raises what it raises."""
        self._thread.submit(self._inside, deed).result()

    def _inside(self, deed: Callable[[], None]) -> None:
        with tenant_scope(self._tenant_id):
            deed()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.submit(connections.close_all).result()
        self._thread.shutdown()
