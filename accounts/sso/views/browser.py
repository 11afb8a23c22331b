"""What a browser carries through single sign-on: the nonce, and the page that sends it away."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.sso.pending import Departure

_NONCE_SECONDS = 12 * 3600


def nonce_of(request: HttpRequest) -> str:
    """The nonce in the browser's cookie; empty when there is none that we could have made."""
    nonce = request.COOKIES.get(settings.SSO_COOKIE_NAME, "")
    return nonce if 20 <= len(nonce) <= 100 and nonce.isascii() else ""


def depart(request: HttpRequest, departure: Departure) -> HttpResponse:
    """A page that goes on to the identity provider by itself.

    Not a redirect: our content security policy lets forms lead to our own pages only, and browsers hold every redirect
    behind a form against it, also those that the identity provider makes.
    """
    context = {"url": departure.url, "host": urlsplit(departure.url).hostname}
    response = render(request, "accounts/sso/departing.html", context)
    response["Cache-Control"] = "no-store, private"
    response.set_cookie(
        settings.SSO_COOKIE_NAME,
        departure.nonce,
        max_age=_NONCE_SECONDS,
        secure=settings.SECURE_COOKIES,
        httponly=True,
        # The answer comes by POST from another site. Browsers take None with Secure only, so a plain local server has
        # to do with Lax, and with an identity provider on the same host.
        samesite="None" if settings.SECURE_COOKIES else "Lax",
    )
    return response
