"""How many archives are kept: by plan, counted on verified ones, and never is the last good one removed (B2)."""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from auditlog.actors import Actor
from backups.locks import exclusive
from backups.models import Archive, State
from backups.queries import archives
from backups.recovery.queries import safety_archives
from backups.removal import prune, remove, remove_unreferred_objects
from tenants.isolation.context import require_tenant_id
from tenants.isolation.keeping import not_held
from tenants.isolation.transactions import atomic
from tenants.queries import current_tenant
from vault.stores import backup_store


def apply_generations(*, actor: Actor) -> int:
    """Remove what the plan of the tenant in scope does not keep, after a run that ended verified; returns how many."""
    store = backup_store()
    with exclusive(require_tenant_id()):
        with atomic():
            counted = archives().exclude(id__in=safety_archives())
            surplus = beyond(counted, current_tenant().plan.generations)
            free = set(not_held(Archive.objects.all()).values_list("id", flat=True)) if surplus else set()
        removed = sum(remove(store, archive, actor=actor) for archive in surplus if archive.id in free)
        prune(store)
        remove_unreferred_objects(store)
    return removed


def beyond(archives: Iterable[Archive], generations: int) -> list[Archive]:
    """Of a tenant's archives, newest first, those that are not kept.

    Kept are the newest verified ones, and the last verified one of each of as many days: somebody who makes one by hand
    every hour does not lose last week by it. Damaged and unchecked ones go once they are older than all of these; as
    long as there are fewer verified ones than the plan has generations, everything stays.
    """
    listed = list(archives)
    verified = [archive for archive in listed if archive.state == State.VERIFIED]
    days: dict[date, Archive] = {}
    for archive in verified:
        days.setdefault(japanese_day(archive), archive)
    kept = {archive.id for archive in (*verified[:generations], *list(days.values())[:generations])}
    if len(verified) < generations:
        return []
    oldest = min(archive.created_at for archive in verified if archive.id in kept)
    return [
        archive
        for archive in listed
        if archive.id not in kept and (archive.state == State.VERIFIED or archive.created_at < oldest)
    ]


def japanese_day(archive: Archive) -> date:
    """The day to which an archive belongs, by the clock of the nightly run."""
    return timezone.localdate(archive.created_at, ZoneInfo(settings.CELERY_TIMEZONE))
