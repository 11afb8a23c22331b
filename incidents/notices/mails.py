"""A notice by mail, to people of its companies: started when it is published, stopped when it is withdrawn (N6, N7)."""

from collections.abc import Collection
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from incidents.mailing.models import Mailing
from incidents.mailing.queries import mailings_about
from incidents.mailing.services import start_mailing, stop_mailing
from incidents.notices.models import Notice

ABOUT, STEP = "notice", "published"


def start(notice: Notice, tenant_ids: Collection[UUID] | None, *, actor: Actor) -> Mailing:
    """In the platform's transaction that publishes it, with the provider in scope."""
    english = notice.title_en or notice.title_ja
    return start_mailing(
        about=ABOUT,
        about_id=notice.id,
        step=STEP,
        subject_ja=_subject(notice, notice.title_ja, "ja"),
        subject_en=_subject(notice, english, "en"),
        template="incidents/notices/mail/notice.txt",
        context={
            "kind_ja": _kind(notice, "ja"),
            "kind_en": _kind(notice, "en"),
            "title_ja": notice.title_ja,
            "title_en": notice.title_en,
            "body_ja": notice.body_ja,
            "body_en": notice.body_en,
            "short_notice_ja": notice.short_notice_ja,
            "short_notice_en": notice.short_notice_en,
            "takes_effect_at": notice.takes_effect_at,
            "link": notice.get_absolute_url(),
        },
        tenant_ids=tenant_ids,
        audience=notice.mail_to,
        actor=actor,
    )


def stop(notice: Notice, *, actor: Actor) -> None:
    """What was not sent yet stays unsent."""
    for mailing in mailings_about(ABOUT, notice.id):
        stop_mailing(mailing.id, actor=actor)


def _subject(notice: Notice, title: str, language: str) -> str:
    with translation.override(language):
        return _("[Urgent] %(title)s") % {"title": title} if notice.urgent else title


def _kind(notice: Notice, language: str) -> str:
    with translation.override(language):
        return str(notice.get_kind_display())
