"""Passwords where single sign-on is required, and codes of companies that have none (A6).

A refused password gets the answer of a wrong one. One administrator keeps the way back in for the day on which the
identity provider is down; every use of it is on record and told to all administrators.
"""

import base64
import hashlib
import hmac
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import menus_of
from accounts.sso import addresses
from accounts.sso.actions import SSO_BREAK_GLASS
from accounts.sso.models import Connection
from auditlog.services import record
from tenants.isolation.directory import normalize_code, resolve_company
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import tenant_transaction

_NOBODY = UUID(int=0)


def password_refused(user: User | None) -> bool:
    """Whether the user's company lets nobody in by password but somebody else. Asked for nobody, it costs the same."""
    return _enforced().exclude(break_glass_id=user.id if user else _NOBODY).exists()


def note_password_login(user: User) -> None:
    """Put it on record, and tell the administrators, when the way back in is used."""
    if _enforced().filter(break_glass=user).exists():
        record(SSO_BREAK_GLASS, actor=user.as_actor(), target=user)
        queue_on_commit("accounts.sso.tasks.tell_break_glass", str(user.id))


def ensure_way_back_without(user: User) -> None:
    """Raise ValidationError if the user keeps the way back in, which must not be lost while it is needed."""
    if _enforced().filter(break_glass=user).exists():
        raise ValidationError(
            _("This user keeps the way back in while single sign-on is required. Choose somebody else for it first."),
            code="way_back",
        )


def ensure_way_back_repairs() -> None:
    """Raise ValidationError when whoever keeps the way back in could no longer change single sign-on."""
    connection = _enforced().select_related("break_glass").first()
    if connection and connection.break_glass and "console.sso" not in menus_of(connection.break_glass):
        raise ValidationError(
            _(
                "%(user)s keeps the way back in while single sign-on is required, so needs the menu Single sign-on. "
                "Choose somebody else for it first."
            ),
            code="way_back",
            params={"user": connection.break_glass},
        )


def public_name_of(company_code: str) -> str:
    """The opaque name of a company's connection; a decoy of the same form for every other code.

    The decoy depends on the code alone, so that asking twice tells nothing.
    """
    company = resolve_company(company_code)
    connection = None
    if company is not None:
        with tenant_transaction(company.tenant_id):
            connection = next((row for row in Connection.objects.all() if row.ready), None)
    return addresses.public_name(connection) if connection else _decoy(normalize_code(company_code))


def _enforced() -> QuerySet[Connection]:
    return Connection.objects.filter(enforced=True)


def _decoy(code: str) -> str:
    seed = hmac.new(settings.SECRET_KEY.encode(), b"sso decoy " + code.encode(), hashlib.sha512).digest()
    # The bits that make a UUIDv7: a tenant's id has them, and its time is in this century.
    moment = (0x019A0000_0000 + int.from_bytes(seed[:4], "big") % 0x1000_0000).to_bytes(6, "big")
    rest = bytearray(seed[4:14])
    rest[0], rest[2] = rest[0] & 0x0F | 0x70, rest[2] & 0x3F | 0x80
    opaque = base64.urlsafe_b64encode(seed[14:30]).rstrip(b"=").decode()
    return f"{(moment + bytes(rest)).hex()}.{opaque}"
