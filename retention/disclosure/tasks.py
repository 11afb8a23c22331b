"""Jobs of disclosures. Each may run twice."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from auditlog.actors import Actor
from retention.disclosure import making, queries
from tenants.isolation.tasks import platform_task

_JOB = Actor.system("disclosures")
# A package of everything that a company has takes hours at the most.
SILENCE = timedelta(hours=6)


@platform_task
def make_package(disclosure_key: str) -> None:
    """Make the package of an approved disclosure."""
    making.make_package(UUID(disclosure_key), actor=_JOB)


@platform_task
def look_after_disclosures() -> None:
    """Begin anew what a dead worker left, and remove packages whose days are over."""
    for key in queries.waiting_since(timezone.now() - SILENCE):
        make_package.delay(str(key))
    for key in queries.past_their_days(timezone.now()):
        making.remove_package(key, actor=_JOB)
    making.remove_orphans()
