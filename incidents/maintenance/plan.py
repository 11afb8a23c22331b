"""What maintenance is to be, before it is announced; and how early that has to happen (N6)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from config.business_hours import current_calendar
from incidents.components import BY_CODE
from incidents.maintenance.models import IMPACT_LENGTH, TITLE_LENGTH, Maintenance

BUSINESS_DAYS = 5  # whole ones, between the announcement and the beginning


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Both languages are needed: it is announced in both. The reason is for what can no longer be in time."""

    title_ja: str
    title_en: str
    components: list[str]
    impact_ja: str
    impact_en: str
    begins_at: datetime
    ends_at: datetime
    short_notice_ja: str = ""
    short_notice_en: str = ""

    def fields(self) -> dict[str, Any]:
        """The columns."""
        return {name: getattr(self, name) for name in self.__slots__} | {"promised_ends_at": self.ends_at}

    def check(self, now: datetime) -> None:
        """Raise ValidationError, keyed by field, for what cannot be maintenance."""
        wrong: dict[str, str] = {}
        for words, length in (("title", TITLE_LENGTH), ("impact", IMPACT_LENGTH)):
            for name in (f"{words}_ja", f"{words}_en"):
                if not 0 < len(getattr(self, name).strip()) <= length:
                    wrong[name] = _("Write something, at most %(length)d characters.") % {"length": length}
        if not self.components or not set(self.components) <= BY_CODE.keys():
            wrong["components"] = _("Choose what is concerned.")
        if self.ends_at <= self.begins_at:
            wrong["ends_at"] = _("It has to end after it begins.")
        if self.begins_at <= now:
            wrong["begins_at"] = _("This moment is over.")
        if wrong:
            raise ValidationError(wrong)


def plan_of(maintenance: Maintenance) -> Plan:
    """What was planned, to be changed."""
    return Plan(**{name: getattr(maintenance, name) for name in Plan.__slots__})


def is_in_time(announced_at: datetime, begins_at: datetime) -> bool:
    """Whether five whole business days lie between (N6)."""
    return current_calendar().whole_business_days_between(announced_at, begins_at) >= BUSINESS_DAYS


def latest_announcement(begins_at: datetime) -> datetime:
    """Until when it has to be announced to be in time."""
    return current_calendar().latest_announcement(begins_at, BUSINESS_DAYS)
