"""Feeds of the public notices: Atom (RFC 4287) and JSON Feed 1.1, in Japanese or English (N7)."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import linebreaks, urlize
from django.utils.translation import gettext as _

from incidents.notices.models import Notice
from incidents.notices.queries import public_notices

_MOST = 50


def language_of(request: HttpRequest) -> str:
    """What the address asks for. Programs that collect feeds speak no language, so theirs does not count."""
    return "en" if request.GET.get("lang") == "en" else "ja"


def etag(request: HttpRequest) -> str:
    """Changes when a notice comes or goes; the text of one never does."""
    shown = " ".join(str(notice.id) for notice in public_notices(_MOST))
    return f'"{sha256(f"{language_of(request)} {shown}".encode()).hexdigest()[:32]}"'


def atom(request: HttpRequest) -> HttpResponse:
    """By Django's syndication framework."""
    with translation.override(language_of(request)):
        return _Notices()(request)


def json_feed(request: HttpRequest) -> dict[str, Any]:
    """JSON Feed 1.1 (jsonfeed.org/version/1.1)."""
    language = language_of(request)
    with translation.override(language):
        query = "?lang=en" if language == "en" else ""
        return {
            "version": "https://jsonfeed.org/version/1.1",
            "title": _title(),
            "language": language,
            "home_page_url": request.build_absolute_uri(reverse("news")),
            "feed_url": request.build_absolute_uri(reverse("notices_json") + query),
            "items": [_item(request, notice) for notice in public_notices(_MOST)],
        }


class _Notices(Feed):  # type: ignore[type-arg]  # generic in the stubs only
    """The Atom feed in the language of the moment."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> None:
        self.language = language_of(request)

    def title(self) -> str:
        return _title()

    def subtitle(self) -> str:
        return _("Maintenance, incidents, changes and new functions.")

    def link(self) -> str:
        return reverse("news")

    def feed_url(self) -> str:
        return reverse("notices_atom") + ("?lang=en" if self.language == "en" else "")

    def items(self) -> list[Notice]:
        return public_notices(_MOST)

    def item_title(self, item: Notice) -> str:
        return item.title

    def item_description(self, item: Notice) -> str:
        return _html(item)

    def item_link(self, item: Notice) -> str:
        return reverse("news_item", args=[item.id])

    def item_guid(self, item: Notice) -> str:
        return item.id.urn

    def item_pubdate(self, item: Notice) -> datetime | None:
        return item.published_at

    def item_updateddate(self, item: Notice) -> datetime | None:
        return item.published_at

    def item_categories(self, item: Notice) -> tuple[str, ...]:
        return (item.get_kind_display(),)


def _item(request: HttpRequest, notice: Notice) -> dict[str, Any]:
    published = notice.published_at.isoformat() if notice.published_at else ""
    return {
        "id": notice.id.urn,
        "url": request.build_absolute_uri(reverse("news_item", args=[notice.id])),
        "title": notice.title,
        "content_html": _html(notice),
        "content_text": notice.body,
        "date_published": published,
        "tags": [notice.get_kind_display()],
    }


def _html(notice: Notice) -> str:
    """The text as pages show it: escaped, with paragraphs and links."""
    return linebreaks(urlize(notice.body, nofollow=True, autoescape=True))


def _title() -> str:
    return _("%(product)s: notices") % {"product": settings.PRODUCT_NAME}
