"""Devices from which somebody logged in before (research/identity.md 4.3; ASVS 6.3.5).

The signed cookie admits nobody. It gives the device a counter of failed attempts of its own, for each user who logged
in there, and a log-in from a device without it is told to the user.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from accounts.actions import NEW_DEVICE
from accounts.browsers import describe
from accounts.models import User
from auditlog.context import current_origin
from auditlog.services import record
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import atomic

_SALT = "accounts.devices"
_MOST_USERS = 8  # people who share a computer; the cookie must stay small


def known_devices(request: HttpRequest) -> dict[str, str]:
    """The name of the device for each user, by key, who logged in there before; the last one first."""
    try:
        value = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""),
            salt=_SALT,
            max_age=timedelta(days=settings.DEVICE_DAYS),
        )
        return {str(user): str(device) for user, device in value}
    except (signing.BadSignature, ValueError, TypeError):
        return {}


def remember_device(request: HttpRequest, response: HttpResponseBase, user_key: str) -> bool:
    """Hand the cookie to a browser in which this user has just logged in; returns whether it was known already."""
    known: Mapping[str, str] = known_devices(request)
    others = [(user, device) for user, device in known.items() if user != user_key][: _MOST_USERS - 1]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps([(user_key, known.get(user_key) or secrets.token_urlsafe(16)), *others], salt=_SALT),
        max_age=timedelta(days=settings.DEVICE_DAYS),
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Lax",
    )
    return user_key in known


@atomic()
def tell_of_new_device(user_key: str) -> None:
    """Put on record, and mail to the user, that they have just logged in from a device that was not known before."""
    user, where = User.objects.get(id=UUID(user_key)), current_origin()
    event = record(NEW_DEVICE, actor=user.as_actor(), target=user, after={"device": describe(where.user_agent)})
    queue_on_commit("accounts.tasks.send_new_device", user_key, where.ip, where.user_agent[:400], event.at.isoformat())
