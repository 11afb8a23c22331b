"""How long before it takes effect something has to be announced (N7). Maintenance has a rule of its own (N6)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from incidents.notices.models import Kind


def lead_days(kind: str) -> int:
    """The days that companies are promised between the announcement and the effect; 0 where nothing is promised."""
    promised = {
        Kind.END_OF_SERVICE: settings.NOTICE_END_OF_SERVICE_DAYS,
        Kind.HARMFUL_CHANGE: settings.NOTICE_HARMFUL_CHANGE_DAYS,
    }
    return promised.get(Kind(kind), 0)


def earliest_effect(kind: str, announced_at: datetime) -> datetime:
    """From when on the effect is in time, if it is announced then."""
    return announced_at + timedelta(days=lead_days(kind))


def is_short(kind: str, *, announced_at: datetime, takes_effect_at: datetime | None) -> bool:
    """Whether such an announcement breaks the promise."""
    return takes_effect_at is not None and takes_effect_at < earliest_effect(kind, announced_at)


def complaint(kind: str) -> str:
    """What is said to whoever wants to announce it too late."""
    return _(
        "Companies are promised %(days)d days between the announcement and the effect. Choose a later day, or give the"
        " reason for the short notice, which the companies read."
    ) % {"days": lead_days(kind)}
