"""Codes of an authenticator app (A5; RFC 6238; ASVS 6.5.1, 6.5.5, 6.5.8).

The arithmetic is django-otp's. A code is good for its own 30 seconds and the 30 after them, so that nobody has to race
the clock; it works once, however many try at the same time. The time is the server's.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django_otp.oath import TOTP

from accounts.factors.models import SEED_PURPOSE, TotpDevice
from accounts.models import User
from tenants.isolation.directory import current_company
from vault.errors import SecretUnreadable
from vault.keys import key_store

SEED_BYTES = 20
STEP_SECONDS = 30
TOLERANCE_STEPS = 1  # backwards only
DIGITS = 6


def new_seed() -> bytes:
    """A fresh seed (RFC 4226 asks for 160 bits)."""
    return secrets.token_bytes(SEED_BYTES)


def seal(user: User, seed: bytes) -> bytes:
    """The seed, sealed for this user with the keys of the tenant."""
    return key_store().seal_secret(user.tenant_id, _purpose(user), seed)


def unseal(user: User, sealed: bytes) -> bytes | None:
    """The seed in the clear; None if it was not sealed for this user."""
    try:
        return key_store().open_secret(user.tenant_id, _purpose(user), sealed)
    except SecretUnreadable:
        return None


def devices() -> "QuerySet[TotpDevice]":
    """The apps in scope."""
    return TotpDevice.objects.all()


def spend(user: User, code: str) -> bool:
    """Use a code up; of several who try the same one, one succeeds. Call inside a transaction."""
    device = TotpDevice.objects.filter(user=user).first()
    seed = unseal(user, bytes(device.seed_sealed)) if device else None
    if device is None or seed is None:
        return False
    step = matching_step(seed, code, timezone.now())
    if step is None:
        return False
    unspent = TotpDevice.objects.filter(id=device.id, last_step__lt=step)
    return unspent.update(last_step=step, last_used_at=timezone.now()) == 1


def matching_step(seed: bytes, code: str, now: datetime) -> int | None:
    """The time step whose code it is, if that is near enough to now."""
    for steps_ago in range(TOLERANCE_STEPS + 1):
        clock = _clock(seed, now, steps_ago)
        if compare_digest(f"{clock.token():0{DIGITS}}", code):
            return int(clock.t())
    return None


def code_at(seed: bytes, now: datetime) -> str:
    """The code that the app shows at that time."""
    return f"{_clock(seed, now).token():0{DIGITS}}"


def typed_seed(seed: bytes) -> str:
    """The seed in groups of four, for apps without a camera."""
    text = base64.b32encode(seed).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def seed_of(typed: str) -> bytes:
    """The seed that such a text stands for."""
    return base64.b32decode(typed.replace(" ", ""))


def address(user: User, seed: bytes) -> str:
    """The `otpauth:` address by which an app takes the seed over."""
    company = current_company()
    label = f"{settings.PRODUCT_NAME}:{company.code if company else ''} {user.user_id}"
    query = {"secret": base64.b32encode(seed).decode(), "issuer": settings.PRODUCT_NAME}
    return f"otpauth://totp/{quote(label)}?{urlencode(query, quote_via=quote)}"


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code for an SVG of the page: its width and height in modules, and the path of the dark ones."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    """Draw a text. The page puts the path into its own SVG, so nothing needs to pass unescaped (strict CSP)."""
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=4)]
    dark = ((x, y) for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    return QrCode(len(rows), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark))


def _clock(seed: bytes, now: datetime, steps_ago: int = 0) -> TOTP:
    clock = TOTP(seed, step=STEP_SECONDS, digits=DIGITS, drift=-steps_ago)
    clock.time = now.timestamp()
    return clock


def _purpose(user: User) -> str:
    return SEED_PURPOSE.format(row=TotpDevice(tenant_id=user.tenant_id, user_id=user.id))
