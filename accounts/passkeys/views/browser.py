"""What a browser carries through a ceremony: the cookie with the challenge."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from accounts.passkeys import challenges
from accounts.passkeys.keeping import Begun
from accounts.passkeys.relying_party import works_here


def hand_out(begun: Begun) -> HttpResponse:
    """The options for the browser, which keeps the challenge until the device has answered."""
    response = JsonResponse(begun.options)
    response["Cache-Control"] = "no-store"
    response.set_cookie(
        settings.PASSKEY_COOKIE_NAME,
        begun.token,
        max_age=timedelta(minutes=challenges.MINUTES),
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Strict",
    )
    return response


def token_of(request: HttpRequest) -> str:
    """The challenge that this browser keeps."""
    return request.COOKIES.get(settings.PASSKEY_COOKIE_NAME, "")


def about(request: HttpRequest) -> dict[str, Any]:
    """What every page with a ceremony shows."""
    return {"works_here": works_here(), "own_address": settings.PUBLIC_URL, "query": request.GET.urlencode()}
