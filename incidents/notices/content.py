"""What a notice says and to whom, before it is one; and what is wrong with it (N7)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from incidents.notices.lead import lead_days
from incidents.notices.models import BODY_LENGTH, TITLE_LENGTH, Kind, MailTo, Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Text as people write it: plain, with paragraphs and addresses; pages and mails escape it.

    `tenant_ids` has no default on purpose: None is every company, the later ones too. A reason for short notice is what
    companies read when something is announced later than promised. See `Notice` for the other fields.
    """

    kind: str
    title_ja: str
    body_ja: str
    tenant_ids: Collection[UUID] | None
    title_en: str = ""
    body_en: str = ""
    urgent: bool = False
    public: bool = False
    mail_to: str = MailTo.CONTACTS
    takes_effect_at: datetime | None = None
    short_notice_ja: str = ""
    short_notice_en: str = ""
    about: str = ""
    about_id: str = ""
    link: str = ""

    def fields(self) -> dict[str, Any]:
        """The columns of the notice."""
        return {
            "kind": self.kind,
            "title_ja": self.title_ja.strip(),
            "title_en": self.title_en.strip(),
            "body_ja": self.body_ja.strip(),
            "body_en": self.body_en.strip(),
            "urgent": self.urgent,
            "public": self.public,
            "to_all": self.tenant_ids is None,
            "mail_to": self.mail_to,
            "takes_effect_at": self.takes_effect_at,
            "short_notice_ja": self.short_notice_ja.strip(),
            "short_notice_en": self.short_notice_en.strip(),
            "about": self.about,
            "about_id": self.about_id,
            "link": self.link,
        }

    def check(self) -> None:
        """Raise ValidationError, keyed by field, for what cannot be a notice."""
        wrong: dict[str, str] = {}
        if not self.title_ja.strip():
            wrong["title_ja"] = _("The title is needed in Japanese.")
        if not self.body_ja.strip():
            wrong["body_ja"] = _("The text is needed in Japanese.")
        if bool(self.title_en.strip()) != bool(self.body_en.strip()):
            wrong["title_en"] = _("Write both title and text in English, or neither.")
        if max(len(self.title_ja), len(self.title_en)) > TITLE_LENGTH:
            wrong["title_ja"] = _("A title has at most %(length)d characters.") % {"length": TITLE_LENGTH}
        if max(len(self.body_ja), len(self.body_en)) > BODY_LENGTH:
            wrong["body_ja"] = _("A text has at most %(length)d characters.") % {"length": BODY_LENGTH}
        if self.tenant_ids is not None and not self.tenant_ids:
            wrong["companies"] = _("Choose at least one company.")
        if self.public and self.tenant_ids is not None:
            wrong["public"] = _("Only what is for all companies can be public.")
        if lead_days(self.kind) and self.takes_effect_at is None:
            wrong["takes_effect_at"] = _("Say from when on it takes effect.")
        if wrong:
            raise ValidationError(wrong)


def content_of(notice: Notice, tenant_ids: Collection[UUID] | None) -> Content:
    """What a notice says, to be changed."""
    same = (name for name in Content.__slots__ if name not in {"kind", "tenant_ids"})
    return Content(kind=Kind(notice.kind), tenant_ids=tenant_ids, **{name: getattr(notice, name) for name in same})
