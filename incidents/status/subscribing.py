"""Subscribing by mail: asked for by anybody, confirmed by who reads the mail, ended by one click (N1).

Nothing that a browser gets tells whether an address is known: the same statements and the same job for every address.
The job looks, and what it finds only goes to the address itself.
"""

import base64
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.policy.throttle import TooManyAttempts, count_in_span, network_of
from auditlog.actors import Actor
from auditlog.context import current_origin
from auditlog.services import record
from incidents.components import BY_CODE
from incidents.mailing.services import forget_address
from incidents.status import actions
from incidents.status.links import digest_of, normalize_address, subscription_path
from incidents.status.models import ADDRESS_PURPOSE, UNCONFIRMED_DAYS, Subscriber
from incidents.status.queries import inside_provider, subscriber_for_change
from tenants.isolation.context import require_tenant_id
from tenants.isolation.directory import provider_company
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import atomic
from vault.keys import key_store

_ASKED = "incidents.status.asked"
_TASK = "incidents.status.tasks.take_up_subscription"
# So often from one network, and from everywhere, before askers have to wait.
_OF_NETWORK, _NETWORK_SECONDS = 10, 600
_OF_ALL, _ALL_SECONDS = 500, 3600
# One address gets a link an hour, three of them, then one a day: nobody's mail box is filled through us.
_PAUSE, _LONG_PAUSE, _QUICK = timedelta(hours=1), timedelta(days=1), 3


def ask(*, address: str, language: str, components: Iterable[str], actor: Actor) -> None:
    """Take what somebody typed, whoever's address it is. Raises TooManyAttempts."""
    _count("network:" + network_of(current_origin().ip), _OF_NETWORK, _NETWORK_SECONDS)
    _count("all", _OF_ALL, _ALL_SECONDS)
    provider = provider_company()
    if provider is None:
        return
    chosen = _known(components)
    with inside_provider(provider.tenant_id):
        record(actions.SUBSCRIPTION_ASKED, actor=actor, after={"language": language, "components": chosen})
        sealed = key_store().seal_secret(provider.tenant_id, _ASKED, normalize_address(address).encode())
        # The queue is no place for addresses in clear.
        queue_on_commit(_TASK, base64.b64encode(sealed).decode(), language, chosen)


def take_up(sealed: str, language: str, components: list[str], *, actor: Actor) -> bool:
    """Send the link to the address, unless one has just gone there; whether one was sent. In the provider's scope.

    Sent first and noted then: who is killed in between sends one link twice.
    """
    address = key_store().open_secret(require_tenant_id(), _ASKED, base64.b64decode(sealed)).decode()
    with atomic():
        subscriber = _entered(address, language, components, actor=actor)
        if _must_wait(subscriber):
            return False
    _mail_link(subscriber, address)
    now = timezone.now()
    with atomic():
        is_new_day = subscriber.asked_at is None or now - subscriber.asked_at >= _LONG_PAUSE
        subscriber.asked_at, subscriber.asks = now, 1 if is_new_day else subscriber.asks + 1
        subscriber.save(update_fields=["asked_at", "asks"])
        record(actions.SUBSCRIPTION_MAILED, actor=actor, target=subscriber)
    return True


def confirm(subscriber_id: UUID, *, actor: Actor) -> bool:
    """Mails go there from now on; False when there is no such subscription any more."""
    with inside_provider():
        subscriber = subscriber_for_change(subscriber_id)
        if subscriber is not None and subscriber.confirmed_at is None:
            subscriber.confirmed_at = timezone.now()
            subscriber.save(update_fields=["confirmed_at"])
            record(actions.SUBSCRIPTION_CONFIRMED, actor=actor, target=subscriber)
        return subscriber is not None


def change(subscriber_id: UUID, *, language: str, components: Iterable[str], actor: Actor) -> bool:
    """Choose anew what to be told of; False when there is no such subscription any more."""
    with inside_provider():
        subscriber = subscriber_for_change(subscriber_id)
        if subscriber is not None:
            before = _choice(subscriber)
            subscriber.language, subscriber.components = language, _known(components)
            subscriber.save(update_fields=["language", "components"])
            record(
                actions.SUBSCRIPTION_CHANGED, actor=actor, target=subscriber, before=before, after=_choice(subscriber)
            )
        return subscriber is not None


def end(subscriber_id: UUID, *, actor: Actor) -> None:
    """No more mails, and the address is forgotten, also in what was sent. Ending what has ended is fine."""
    with inside_provider():
        subscriber = subscriber_for_change(subscriber_id)
        if subscriber is not None:
            forget_address(address_of(subscriber), actor=actor)
            record(actions.SUBSCRIPTION_ENDED, actor=actor, target=subscriber)
            subscriber.delete()


def address_of(subscriber: Subscriber) -> str:
    """The address in clear. Raises VaultError."""
    purpose = ADDRESS_PURPOSE.format(row=subscriber)
    return key_store().open_secret(subscriber.tenant_id, purpose, bytes(subscriber.address_sealed)).decode()


def _entered(address: str, language: str, components: list[str], *, actor: Actor) -> Subscriber:
    """The row of an address, locked. What somebody typed changes it only as long as nobody has confirmed it."""
    digest = digest_of(address)
    known = Subscriber.objects.select_for_update().filter(address_digest=digest).first()
    subscriber = known or Subscriber(address_digest=digest)
    chosen = {"language": language, "components": components}
    if known is not None and (known.confirmed_at or _must_wait(known) or chosen == _choice(known)):
        return known
    if known is None:
        purpose = ADDRESS_PURPOSE.format(row=subscriber)
        subscriber.address_sealed = key_store().seal_secret(require_tenant_id(), purpose, address.encode())
    subscriber.language, subscriber.components = language, components
    subscriber.save()
    record(actions.SUBSCRIPTION_ENTERED, actor=actor, target=subscriber, after=chosen)
    return subscriber


def _choice(subscriber: Subscriber) -> dict[str, object]:
    return {"language": subscriber.language, "components": subscriber.components}


def _must_wait(subscriber: Subscriber) -> bool:
    pause = _PAUSE if subscriber.asks < _QUICK else _LONG_PAUSE
    return subscriber.asked_at is not None and timezone.now() - subscriber.asked_at < pause


def _mail_link(subscriber: Subscriber, address: str) -> None:
    context = {
        "subscriber": subscriber,
        "product": settings.PRODUCT_NAME,
        "link": settings.PUBLIC_URL + subscription_path(subscriber.id),
        "days": UNCONFIRMED_DAYS,
    }
    with translation.override(subscriber.language):
        subject = _("Mails about the status of %(product)s") % context
        message = render_to_string("incidents/status/mail/link.txt", context)
    send_mail(subject=subject, message=message, from_email=None, recipient_list=[address])


def _known(components: Iterable[str]) -> list[str]:
    """Codes that exist, in their order; all of them chosen is the same as none, so that later ones are included."""
    chosen = [code for code in BY_CODE if code in set(components)]
    return [] if len(chosen) == len(BY_CODE) else chosen


def _count(name: str, allowed: int, seconds: int) -> None:
    count, left = count_in_span(f"status-subscribe:{name}", seconds)
    if count > allowed:
        raise TooManyAttempts(left)
