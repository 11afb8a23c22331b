"""The page is made anew: every minute, and at each publication (N1)."""

from django.utils import timezone

from auditlog.actors import Actor
from incidents.status.document import StatusDocument
from incidents.status.filling import current_document
from incidents.status.outage import still_seen
from incidents.status.publishing import publish, published_document
from incidents.status.rendering import render
from incidents.status.store import status_store
from incidents.status.telling import tell_subscribers
from tenants.isolation.transactions import platform_transaction, take_turns


def refresh(*, actor: Actor) -> StatusDocument:
    """Make the page from what is known now, and have subscribers told of what is new on it.

    In the provider's scope, with no transaction open. One at a time, and each reads what the one before has written:
    an older page never replaces a newer one. Raises StoreUnavailable.
    """
    store = status_store()
    with platform_transaction():
        take_turns("status page")
        now = timezone.now()
        before = published_document(store)
        document = current_document(now, outage=still_seen(before.outage if before else None, now))
        publish(store, document, render(document))
    tell_subscribers(document, actor=actor)
    return document
