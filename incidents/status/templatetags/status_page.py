"""Tags of the public page: words in the reader's language, bars of days, lengths of time."""

import math
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import escape, format_html, linebreaks, urlize
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext

from incidents.status import drawing, words
from incidents.status.days import ZONE
from incidents.status.document import ComponentStatus, Day, Text

register = template.Library()
_MINUTES_A_DAY = 24 * 60


@register.filter
def said(text: Text) -> SafeString:
    """One line in the language of the page; where there is no English, the Japanese, marked as such."""
    line, foreign = _chosen(text)
    return format_html('<span lang="ja">{}</span>', line) if foreign else escape(line)


@register.filter
def told(text: Text) -> SafeString:
    """Paragraphs in the language of the page; addresses in them become links, and nothing else becomes markup."""
    body, foreign = _chosen(text)
    paragraphs = SafeString(linebreaks(urlize(body, nofollow=True, autoescape=True)))
    return format_html('<div lang="ja">{}</div>', paragraphs) if foreign else paragraphs


def _chosen(text: Text) -> tuple[str, bool]:
    """The words, and whether they are in another language than the page."""
    if get_language() == "en":
        return (text.en, False) if text.en else (text.ja, True)
    return text.ja, False


@register.filter
def clock(moment: datetime) -> SafeString:
    """A moment by the clock of Japan, which the page goes by wherever its reader is."""
    local = timezone.localtime(moment, ZONE)
    shown, exact = f"{local:%Y-%m-%d %H:%M} JST", local.isoformat(timespec="seconds")
    return format_html('<time datetime="{}">{}</time>', exact, shown)


@register.filter
def called(code: str, what: str) -> str:
    """The word for a code: `{{ incident.status|called:"incident" }}`."""
    return words.label(what, code)


@register.filter
def picture(component: ComponentStatus) -> drawing.Picture:
    """The bars of a component."""
    return drawing.draw(component.days)


@dataclass(frozen=True, slots=True)
class Line:
    """Something to say of a day; or of several, one after the other, on which nobody watched at all."""

    first: date
    day: Day


@register.filter
def remarkable(component: ComponentStatus) -> int:
    """Of how many days of a component there is something to say."""
    return sum(day.is_remarkable for day in component.days)


@register.filter
def lines(component: ComponentStatus) -> list[Line]:
    """What there is to say, the newest first."""
    found: list[Line] = []
    for day in reversed(component.days):
        if found and _unwatched(day) and _unwatched(found[-1].day) and found[-1].first - day.day == timedelta(days=1):
            before = found[-1].day
            found[-1] = Line(day.day, replace(before, unknown=before.unknown + day.unknown))
        elif day.is_remarkable:
            found.append(Line(day.day, day))
    return found


def _unwatched(day: Day) -> bool:
    return bool(day.unknown) and not (day.up or day.degraded or day.down or day.planned)


@register.filter
def percent(value: float) -> str:
    """A percentage with three digits, cut off and never rounded up: 99.9999 % is not 100 %."""
    return f"{math.floor(value * 1000) / 1000:.3f}"


@register.filter
def duration(seconds: int | timedelta) -> str:
    """A length of time in words, in whole minutes; what is shorter than one counts as one."""
    whole = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
    minutes = max(1, round(whole / 60))
    days, rest = divmod(minutes, _MINUTES_A_DAY)
    hours, minutes = divmod(rest, 60)
    parts = [
        ngettext("%(count)d day", "%(count)d days", days) % {"count": days} if days else "",
        ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours} if hours else "",
        ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes} if minutes else "",
    ]
    return ("" if get_language() == "ja" else " ").join(filter(None, parts))
