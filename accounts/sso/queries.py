"""Reads of single sign-on that more than one place needs."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Session, User, UserState
from accounts.queries import active_holders_of
from accounts.sso.models import Connection, ExternalIdentity, PendingRequest, Purpose, SsoSession
from auditlog.models import AuditEvent
from auditlog.queries import events, events_of_days

_ERROR_DAYS = 30


def connection_named(public_id: str) -> Connection | None:
    """The connection of that opaque name in this tenant, if an identity provider is pinned to it."""
    found = Connection.objects.filter(public_id=public_id).first()
    return found if found and found.ready else None


def any_connection_named(public_id: str) -> Connection | None:
    """The same, set up or not: for its metadata, which the other side needs first."""
    return Connection.objects.filter(public_id=public_id).first()


def connection_of_tenant() -> Connection | None:
    """The connection of this tenant; there is one at most, for now."""
    return Connection.objects.select_related("default_role", "break_glass").order_by("id").first()


def sso_is_ready() -> bool:
    """Whether an identity provider is pinned, so that users can link themselves to it."""
    connection = connection_of_tenant()
    return connection is not None and connection.ready


def connection_for_change() -> Connection | None:
    """The same, locked until the transaction ends."""
    return Connection.objects.select_for_update().order_by("id").first()


def identities() -> QuerySet[ExternalIdentity]:
    """Who is linked to the identity provider, by user ID."""
    return ExternalIdentity.objects.select_related("user").order_by("user__user_id")


def may_confirm(user: User) -> bool:
    """Whether the identity provider can be asked who the user is."""
    connection = connection_of_tenant()
    if connection is None or not connection.ready:
        return False
    return ExternalIdentity.objects.filter(user=user, entity_id=connection.entity_id).exists()


def is_confirmed(user: User, key: UUID) -> bool:
    """Whether the identity provider has just said that it is this user, and nothing was done with that yet."""
    asked = PendingRequest.objects.filter(id=key, user=user, purpose=Purpose.CONFIRM, expires_at__gt=timezone.now())
    return asked.exclude(result=None).exists()


def unlinked_users(entity_id: str) -> QuerySet[User]:
    """The active users who could not log in if single sign-on were required now."""
    active = User.objects.filter(state=UserState.ACTIVE)
    return active.exclude(identities__entity_id=entity_id).order_by("user_id")


def administrators() -> QuerySet[User]:
    """Those who look after single sign-on."""
    return active_holders_of("console.sso")


def failures(action: str, count: int) -> list[AuditEvent]:
    """The newest refused log-ins."""
    return list(events_of_days(events(), _ERROR_DAYS).filter(action=action)[:count])


def test_of(user: User, key: UUID) -> PendingRequest | None:
    """A test log-in that this administrator started."""
    found = PendingRequest.objects.filter(id=key, purpose=Purpose.TEST, user=user)
    return found.select_related("connection").first()


def sso_session_of(session: Session) -> SsoSession | None:
    """What the identity provider calls that session, if it was opened by it."""
    return SsoSession.objects.filter(session=session).first()
