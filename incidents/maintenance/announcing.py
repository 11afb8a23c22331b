"""The notices that tell companies of maintenance, in both languages, in Japanese time (N6)."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from auditlog.actors import Actor
from config.business_hours import ZONE
from incidents.maintenance.models import Maintenance
from incidents.notices.content import Content
from incidents.notices.models import Kind, MailTo, Notice
from incidents.notices.services import draft_notice, publish_notice

Say = Callable[[Maintenance], tuple[str, str]]


def content_of_announcement(maintenance: Maintenance) -> Content:
    """What companies will read of it."""
    return _content(maintenance, _announced, takes_effect_at=maintenance.begins_at)


def announce(maintenance: Maintenance, *, actor: Actor) -> Notice:
    """To all companies, in public, and by mail to their contacts."""
    return publish_notice(draft_notice(content_of_announcement(maintenance), actor=actor), actor=actor)


def tell_of_prolonging(maintenance: Maintenance, reason: tuple[str, str], *, actor: Actor) -> Notice:
    """It ends later than they know: urgent while it is under way."""
    return _tell(maintenance, lambda one: _prolonged(one, reason), urgent=one_is_under_way(maintenance), actor=actor)


def tell_of_cancellation(maintenance: Maintenance, reason: tuple[str, str], *, actor: Actor) -> Notice:
    """It does not take place."""
    return _tell(maintenance, lambda one: _cancelled(one, reason), actor=actor)


def tell_of_end(maintenance: Maintenance, *, actor: Actor) -> Notice:
    """It is over. In the product and in public; nobody gets a mail for it."""
    return _tell(maintenance, _ended, mail_to=MailTo.NOBODY, actor=actor)


def one_is_under_way(maintenance: Maintenance) -> bool:
    """Whether it has begun and not ended."""
    return maintenance.started_at is not None and maintenance.ended_at is None


def _tell(
    maintenance: Maintenance, say: Say, *, actor: Actor, urgent: bool = False, mail_to: str = MailTo.CONTACTS
) -> Notice:
    content = _content(maintenance, say, urgent=urgent, mail_to=mail_to)
    return publish_notice(draft_notice(content, actor=actor), actor=actor)


def _content(
    maintenance: Maintenance,
    say: Say,
    *,
    urgent: bool = False,
    mail_to: str = MailTo.CONTACTS,
    takes_effect_at: datetime | None = None,
) -> Content:
    said = {}
    for language in ("ja", "en"):
        with translation.override(language), timezone.override(ZONE):
            said[language] = say(maintenance)
    first = takes_effect_at is not None
    return Content(
        kind=Kind.MAINTENANCE,
        title_ja=said["ja"][0],
        body_ja=said["ja"][1],
        title_en=said["en"][0],
        body_en=said["en"][1],
        tenant_ids=None,
        public=True,
        urgent=urgent,
        mail_to=mail_to,
        takes_effect_at=takes_effect_at,
        short_notice_ja=maintenance.short_notice_ja if first else "",
        short_notice_en=maintenance.short_notice_en if first else "",
        about="maintenance",
        about_id=str(maintenance.id),
    )


def _announced(one: Maintenance) -> tuple[str, str]:
    return _("Maintenance: %(title)s") % {"title": one.title}, _body(one, one.impact)


def _prolonged(one: Maintenance, reason: tuple[str, str]) -> tuple[str, str]:
    return _("Maintenance takes longer: %(title)s") % {"title": one.title}, _body(one, _in_language(reason))


def _cancelled(one: Maintenance, reason: tuple[str, str]) -> tuple[str, str]:
    return _("Maintenance cancelled: %(title)s") % {"title": one.title}, _body(one, _in_language(reason))


def _ended(one: Maintenance) -> tuple[str, str]:
    ended = timezone.localtime(one.ended_at) if one.ended_at else None
    said = _("The maintenance ended at %(time)s (Japanese time). Thank you for your patience.")
    return _("Maintenance done: %(title)s") % {"title": one.title}, _body(one, said % {"time": _time(ended)})


def _body(one: Maintenance, said: str) -> str:
    """What is said, then the facts, each on a line."""
    times = {"begins": _time(one.begins_at), "ends": _time(one.ends_at)}
    components = pgettext("between items of a list", ", ").join(one.component_labels)
    facts = (
        _("When: %(begins)s to %(ends)s (Japanese time)") % times,
        _("What is concerned: %(components)s") % {"components": components},
    )
    return said.strip() + "\n\n" + "\n".join(facts)


def _time(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else ""


def _in_language(both: tuple[str, str]) -> str:
    japanese, english = both
    return english if (translation.get_language() or "ja").startswith("en") and english else japanese
