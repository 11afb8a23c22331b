"""The link in a subscriber's mails: signed, so that nothing of it has to be kept (N1).

It opens one subscription and nothing else; who gets hold of a mail can end it. It lasts as long as the subscription and
the secret of this installation (SECRET_KEY).
"""

from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.crypto import salted_hmac

_SALT = "incidents.status.subscription"


def token_of(subscriber_id: UUID) -> str:
    """What stands in the link."""
    return _signer().sign(subscriber_id.hex)


def read_token(token: str) -> UUID | None:
    """The subscription that a link is for; None for a link that is none of ours."""
    try:
        return UUID(hex=_signer().unsign(token))
    except (BadSignature, ValueError):
        return None


def subscription_path(subscriber_id: UUID) -> str:
    """Where a subscription is confirmed and changed."""
    return reverse("status_subscription", args=[token_of(subscriber_id)])


def unsubscribe_path(subscriber_id: UUID) -> str:
    """Where it is ended, by a person or by one click in a mail program (RFC 8058)."""
    return reverse("status_unsubscribe", args=[token_of(subscriber_id)])


def normalize_address(text: str) -> str:
    """A mail address as it is kept."""
    return text.strip().lower()


def digest_of(address: str) -> str:
    """By what an address is found again without being readable."""
    return salted_hmac(_SALT, normalize_address(address), algorithm="sha256").hexdigest()


def _signer() -> Signer:
    return Signer(salt=_SALT, algorithm="sha256")
