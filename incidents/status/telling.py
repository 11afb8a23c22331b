"""Subscribers are told by mail of what the page tells: once for each publication and person (N1, N6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from incidents.mailing.queries import mailings_about
from incidents.mailing.services import Subscriber as Recipient
from incidents.mailing.services import forget_addresses, start_mailing
from incidents.status.document import StatusDocument, Text
from incidents.status.links import unsubscribe_path
from incidents.status.queries import confirmed_subscribers, inside_provider
from incidents.status.subscribing import address_of
from incidents.status.words import label
from tenants.isolation.transactions import platform_transaction

ABOUT = "status"
_TEMPLATE = "incidents/status/mail/publication.txt"
# What is older is no news: after a rebuild, or when the page is there for the first time.
_NEWS = timedelta(days=1)
# Subscribers' addresses are in clear only as long as the mail server may still say something about them.
_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Publication:
    """Something that subscribers are told: what it is about (`about_id` and `step` stand for it for good), in words."""

    about_id: str
    step: str
    at: datetime
    components: list[str]
    subject: Text
    body: Text
    page: Text


def tell_subscribers(document: StatusDocument, *, actor: Actor) -> int:
    """Start the mails about what is new on the page; how many mailings. In the provider's scope, with no transaction.

    May be called as often as anybody likes: what was told is known by its mailing.
    """
    started = 0
    for publication in publications(document):
        if document.generated_at - publication.at > _NEWS or _is_told(publication):
            continue
        with inside_provider():
            known = [each for each in confirmed_subscribers(publication.at) if each.wants(publication.components)]
            recipients = [Recipient(address_of(each), each.language, unsubscribe_path(each.id)) for each in known]
        if not recipients:
            continue
        context = {
            "product": document.product,
            "body_ja": publication.body.ja,
            "body_en": publication.body.en,
            "page_ja": publication.page.ja,
            "page_en": publication.page.en,
        }
        with platform_transaction():
            start_mailing(
                about=ABOUT,
                about_id=publication.about_id,
                step=publication.step,
                subject_ja=publication.subject.ja,
                subject_en=publication.subject.en,
                template=_TEMPLATE,
                context=context,
                subscribers=recipients,
                actor=actor,
            )
        started += 1
    return started


def forget_told(now: datetime, *, actor: Actor) -> int:
    """Take addresses out of mails that were sent a week ago, when what comes back has come back; how many mails."""
    forgotten = 0
    while some := forget_addresses(ABOUT, before=now - _KEPT, actor=actor):
        forgotten += some
    return forgotten


def publications(document: StatusDocument) -> Iterator[Publication]:
    """Every report and every announced maintenance of the document."""
    for incident in document.incidents:
        page = _both(f"{document.page}{{language}}/incidents/{incident.number}.html")
        for report in incident.reports:
            yield Publication(
                incident.number,
                f"{report.kind}-{report.number}",
                report.published_at,
                list(incident.components),
                _subject(document.product, incident.title, report.kind),
                report.body,
                page,
            )
    for one in document.news:
        if one.mailed:
            yield Publication(
                f"maintenance-{one.maintenance}",
                one.id,
                one.published_at,
                list(one.components),
                _subject(document.product, one.title),
                one.body,
                _both(f"{document.page}{{language}}/index.html#maintenance-{one.maintenance}"),
            )


def _is_told(publication: Publication) -> bool:
    return any(each.step == publication.step for each in mailings_about(ABOUT, publication.about_id))


def _subject(product: str, title: Text, report: str = "") -> Text:
    said = {}
    for language in ("ja", "en"):
        with translation.override(language):
            words = title.en or title.ja if language == "en" else title.ja
            named = {"product": product, "kind": label("report", report), "title": words}
            pattern = _("[%(product)s] %(kind)s: %(title)s") if report else _("[%(product)s] %(title)s")
            said[language] = pattern % named
    return Text(**said)


def _both(pattern: str) -> Text:
    return Text(pattern.format(language="ja"), pattern.format(language="en"))
