"""How far a running import is, for the page that shows it. In the cache, because its transaction shows nothing."""

from uuid import UUID

from django.core.cache import cache

from tenants.isolation.context import require_tenant_id

_SECONDS = 3600


def note_progress(key: UUID, done: int, total: int) -> None:
    """Remember how many of the users are registered."""
    cache.set(_name(key), (done, total), _SECONDS)


def progress_of(key: UUID) -> tuple[int, int]:
    """How many of how many; zeros before it has begun."""
    done, total = cache.get(_name(key)) or (0, 0)
    return done, total


def _name(key: UUID) -> str:
    return f"{require_tenant_id()}:people.import:{key}"
