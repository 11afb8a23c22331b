"""System checks of the stores of backups: two sites that are two, and locks that end in time (B3, R1)."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

from tenants.plans import PLANS
from vault.stores.locks import MODES

# Erased within 30 days of cancellation, backups included: what is written on the last day of a company may be locked
# for no longer than is left. Keys of companies die at once, but names of companies and staff stand in archives of the
# platform, too, which no company's key opens. A week of it is for point-in-time recovery, a day for the job (ops 1.3).
LONGEST_LOCK = 22
_STORES = ("VAULT_BACKUP_STORE", "VAULT_BACKUP_COPY_STORE")


@register
def locks_end_in_time(**_options: Any) -> list[CheckMessage]:
    """backups.E010-E012, W010: BACKUP_LOCK_DAYS and BACKUP_LOCK_MODE keep neither more nor less than was promised."""
    days, found = settings.BACKUP_LOCK_DAYS, list[CheckMessage]()
    if not 0 <= days <= LONGEST_LOCK:
        hint = "An erased company is gone from backups within 30 days; an object that is locked longer is not."
        found.append(Error(f"BACKUP_LOCK_DAYS is {days}: 0 to {LONGEST_LOCK} days.", hint=hint, id="backups.E010"))
    if settings.BACKUP_LOCK_MODE not in MODES:
        found.append(Error(f"BACKUP_LOCK_MODE is one of {', '.join(MODES)}.", id="backups.E011"))
    if not days:
        return found
    found += [
        Error(f"BACKUP_LOCK_DAYS is set, but {name} is a folder, which locks nothing.", id="backups.E012")
        for name in _STORES
        if getattr(settings, name).startswith("file:")
    ]
    shortest = min(plan.generations for plan in PLANS.values())
    if days > shortest:
        text = f"Locks of {days} days outlast the {shortest} generation(s) of the smallest plan."
        hint = "Such archives stay listed until their lock ends, and take up space; nothing else is wrong with it."
        found.append(checks.Info(text, hint=hint, id="backups.I010"))
    return found


@register
def sites_apart(**_options: Any) -> list[CheckMessage]:
    """backups.E013, W013: what is lost together is one site."""
    first, second = settings.VAULT_BACKUP_STORE, settings.VAULT_BACKUP_COPY_STORE
    if not second:
        return []
    if first.startswith("s3:") and _bucket(first) == _bucket(second):
        hint = "Give the second site a bucket of its own, best in another region and another account."
        return [Error("Both sites of backups are the same bucket.", hint=hint, id="backups.E013")]
    if settings.PRODUCTION and (_same_disk(first, second) or _region(first) == _region(second)):
        hint = "Another region, another machine: what happens to one must not happen to the other."
        return [checks.Warning("Both sites of backups are at the same place.", hint=hint, id="backups.W013")]
    return []


@register(Tags.security, deploy=True)
def there_is_a_second_site(**_options: Any) -> list[CheckMessage]:
    """backups.W014: a service for companies keeps its backups at more than one site."""
    if settings.VAULT_BACKUP_COPY_STORE:
        return []
    hint = "Set VAULT_BACKUP_COPY_STORE; docs/backup-stores.md says how."
    return [checks.Warning("Backups are kept at one site only.", hint=hint, id="backups.W014")]


def _bucket(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parse_qs(parts.query).get("endpoint", [settings.S3_ENDPOINT_URL])[0], parts.netloc


def _region(url: str) -> tuple[str, str] | str:
    """The server and the region of a bucket; the address of a folder, which is a place of its own."""
    if not url.startswith("s3:"):
        return url
    options = parse_qs(urlsplit(url).query)
    return (
        options.get("endpoint", [settings.S3_ENDPOINT_URL])[0],
        options.get("region", [settings.S3_REGION])[0],
    )


def _same_disk(first: str, second: str) -> bool:
    """Whether both are folders on one disk, as far as they are there."""
    folders = [Path(unquote(urlsplit(url).path)) for url in (first, second) if url.startswith("file:")]
    return len(folders) == 2 and all(map(Path.exists, folders)) and len({f.stat().st_dev for f in folders}) == 1
