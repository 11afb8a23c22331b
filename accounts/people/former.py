"""User IDs of removed users: nobody gets one again while the audit log still speaks of its former owner (A8)."""

from collections.abc import Collection
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from accounts.people.models import FORMER_DAYS, FormerUserId, former_hash

# A statement with more values than this is slower than reading all of the few former ones.
_MANY = 500


def keep_user_id(user_id: str) -> None:
    """Remember, as a hash, that somebody who is removed now had this user ID."""
    FormerUserId.objects.create(user_id_hash=former_hash(user_id))


def former_among(user_ids: Collection[str]) -> set[str]:
    """Those that belonged to a removed user too short a time ago to be given again."""
    asked = {former_hash(user_id): user_id for user_id in user_ids}
    found = FormerUserId.objects.filter(removed_at__gt=timezone.now() - timedelta(days=FORMER_DAYS))
    if len(asked) <= _MANY:
        found = found.filter(user_id_hash__in=asked)
    return {asked[key] for key in found.values_list("user_id_hash", flat=True) if key in asked}


def forget_returned() -> int:
    """Forget those whose owners are users again, after a restore; returns how many."""
    if not FormerUserId.objects.exists():
        return 0
    present = {former_hash(user_id) for user_id in User.objects.values_list("user_id", flat=True).iterator()}
    back = [one.id for one in FormerUserId.objects.all() if one.user_id_hash in present]
    return FormerUserId.objects.filter(id__in=back).delete()[0]
