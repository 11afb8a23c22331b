"""What the probe outside writes when the application does not answer, and when it does again (N1, N8).

It needs the store and this code, and neither database nor broker: it changes the document that is there, and renders.
The application keeps what the probe has written when it renders anew (`still_seen`).
"""

import logging
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.utils import translation

from incidents.components import COMPONENTS
from incidents.status.document import (
    CONFIRMED_FOR,
    ComponentStatus,
    Outage,
    State,
    StatusDocument,
    Text,
)
from incidents.status.publishing import publish, published_document
from incidents.status.rendering import LANGUAGES, render
from incidents.status.store import StatusStore

logger = logging.getLogger(__name__)


def render_outage(store: StatusStore, since: datetime, now: datetime) -> None:
    """Say on the page that the application has not answered since then. To be called at each run that finds it so.

    Where the page tells of an outage already, its beginning stays as it is. Raises StoreUnavailable.
    """
    document = published_document(store) or empty_document(now)
    begun = document.outage.since if document.outage else since
    _publish(store, replace(document, outage=Outage(since=begun, seen_at=now)), now)


def render_recovery(store: StatusStore, now: datetime) -> bool:
    """Say that it answers again; whether the page told of an outage. To be called at each run. Raises StoreUnavailable.

    The page stays as old as its document: the application brings it up to date when it renders for the next time.
    """
    document = published_document(store)
    if document is None or document.outage is None:
        return False
    _publish(store, replace(document, outage=None), now)
    return True


def still_seen(outage: Outage | None, now: datetime) -> Outage | None:
    """The outage that the page tells of, unless the probe has not confirmed it for five minutes: nobody looks then."""
    return outage if outage is not None and now - outage.seen_at <= CONFIRMED_FOR else None


def empty_document(now: datetime) -> StatusDocument:
    """A document of a service of which nothing is known yet."""
    return StatusDocument(
        generated_at=now,
        product=settings.PRODUCT_NAME,
        home=settings.PUBLIC_URL,
        page=settings.STATUS_URL,
        components=tuple(
            ComponentStatus(
                code=component.code,
                name=in_both(component.label),
                explanation=in_both(component.explanation),
                state=State.UNKNOWN,
            )
            for component in COMPONENTS
        ),
    )


def in_both(words: object) -> Text:
    """Words of the product in both languages."""
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = str(words)
    return Text(**said)


def _publish(store: StatusStore, document: StatusDocument, now: datetime) -> None:
    publish(store, document, render(document, now=now))
