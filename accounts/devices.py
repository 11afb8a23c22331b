"""Devices from which somebody logged in before (research/identity.md 4.3).

The signed cookie admits nobody. It only gives the device a counter of failed attempts of its own, for that user.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

_SALT = "accounts.devices"


def known_device(request: HttpRequest) -> tuple[str, str]:
    """The key of the user and the name of the device in the cookie; empty texts without a good one."""
    try:
        value = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""),
            salt=_SALT,
            max_age=timedelta(days=settings.DEVICE_DAYS),
        )
        user, device = value
    except (signing.BadSignature, ValueError, TypeError):
        return "", ""
    return str(user), str(device)


def remember_device(request: HttpRequest, response: HttpResponseBase, user_key: str) -> None:
    """Hand the cookie to a browser in which this user has just logged in."""
    known_user, device = known_device(request)
    if known_user != user_key:
        device = secrets.token_urlsafe(16)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps([user_key, device], salt=_SALT),
        max_age=timedelta(days=settings.DEVICE_DAYS),
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Lax",
    )
