"""Sessions in the database, behind the wall (A11). The cookie is a bearer secret that names its tenant."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Exists, Func, OuterRef, QuerySet
from django.http import HttpResponseBase
from django.utils import timezone

from accounts.actions import SESSIONS_ENDED
from accounts.factors.kinds import has_factor_of
from accounts.factors.models import EnrolmentDemand
from accounts.models import Session, User, UserState
from accounts.network.admission import admitted, shut_out
from accounts.network.queries import name_of_place
from accounts.policy.models import SecurityPolicy
from accounts.policy.queries import current_policy, stored_values
from auditlog.actions import Kind
from auditlog.actors import Actor
from auditlog.context import current_origin
from auditlog.recording.queries import as_kinds, captured_kinds
from auditlog.services import record
from tenants.isolation.context import require_tenant_id
from tenants.isolation.placement import current_alias
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.statements import Statement
from tenants.isolation.transactions import atomic, current_connection

# The time of last use is a courtesy to people; writing it at every request would not be one to the database.
_TOUCH_SECONDS = 60
# How long somebody may look for the second factor after the right password.
PENDING_MINUTES = 10


def start_session(
    user: User, *, method: str = "password", proved: bool = True, awaiting_factor: bool = False
) -> BearerSecret:
    """Open a session for somebody who has proved who they are; returns the secret for the cookie.

    `proved` is whether that was just now and to us; `awaiting_factor`, whether the second factor is still missing.
    """
    secret = BearerSecret.new(user.tenant_id)
    where = current_origin()
    session = Session.objects.create(
        user=user,
        token_hash=secret.hash,
        expires_at=timezone.now() + timedelta(hours=current_policy().absolute_hours),
        ip=where.ip,
        user_agent=where.user_agent[:400],
        method=method,
        proved_at=timezone.now() if proved else None,
        awaiting_factor=awaiting_factor,
    )
    where.session_id = session.id
    return secret


def renew_secret(session: Session, *also: str) -> BearerSecret:
    """Give the session a new secret, and save the fields named; the old secret is worth nothing (ASVS 7.2.4)."""
    secret = BearerSecret.new(session.tenant_id)
    session.token_hash = secret.hash
    session.save(update_fields=["token_hash", *also])
    current_origin().session_id = session.id
    return secret


@dataclass(frozen=True, slots=True)
class Found:
    """The living session of a cookie. `shut_out`: the address at hand is not one of the company's (A4).

    `captured`: which optional kinds of events the company records (G4). `open`: the company is in use (T4).
    """

    session: Session
    policy: SecurityPolicy
    shut_out: bool
    captured: frozenset[Kind]
    open: bool


def find_session(secret: BearerSecret, *, note_use: bool = True) -> Found | None:
    """The living session of a cookie with its user, the policy and the allowed networks, in one query.

    Notes that and whence it was used, which keeps it alive; not for an address that is shut out, nor for what a page
    asks by itself (`note_use` False), or else a page that lies open would never log anybody out.

    The session comes with `has_factor`, whether the user has a second factor, `is_operator`, whether the company is the
    provider's, and `is_demanded`, whether an administrator wants a new factor set up.
    """
    now = timezone.now()
    session = _read(secret, now)
    if session is None:
        return None
    found: dict[str, Any] = vars(session)
    if found["is_frozen"]:
        return None
    policy = SecurityPolicy(**(found["policy_values"] or {}))
    oldest = _oldest(policy, now)
    if session.created_at <= oldest["created_at__gt"] or session.last_used_at <= oldest["last_used_at__gt"]:
        return None
    if session.awaiting_factor and session.created_at <= now - timedelta(minutes=PENDING_MINUTES):
        return None
    if note_use and not found["shut_out"]:
        _note_use(session, now)
    return Found(session, policy, found["shut_out"], as_kinds(found["captured"]), found["is_open"])


def _read(secret: BearerSecret, now: datetime) -> Session | None:
    """The session as the ORM would give it, with user and answers; an address that nobody knows is in no network."""
    for row in LIVING.rows(token_hash=secret.hash, now=now, address=current_origin().ip):
        of_session, of_user = row[: len(_SESSION)], row[len(_SESSION) : -len(_ANSWERS)]
        session = Session.from_db(current_alias(), _SESSION, of_session)
        session.user = User.from_db(current_alias(), _USER, of_user)
        vars(session).update(zip(_ANSWERS, row[-len(_ANSWERS) :], strict=True))
        return session
    return None


def _living(token_hash: str, now: datetime, address: str) -> QuerySet[Session, Any]:
    """The session that is neither ended nor too old, of somebody who may log in; the answers in `_ANSWERS`' order."""
    living = Session.objects.filter(
        token_hash=token_hash, ended_at=None, expires_at__gt=now, user__state=UserState.ACTIVE
    ).annotate(
        policy_values=stored_values(),
        shut_out=shut_out(address, now),
        has_factor=has_factor_of("user_id"),
        is_operator=_OfCompany("tenant_id", answer="is_provider"),
        is_frozen=_OfCompany("tenant_id", answer="frozen"),
        is_open=_OfCompany("tenant_id", answer="open"),
        is_demanded=Exists(EnrolmentDemand.objects.filter(user=OuterRef("user_id"))),
        captured=captured_kinds(now),
    )
    return living.values_list(*_SESSION, *(f"user__{name}" for name in _USER), *_ANSWERS)


_SESSION, _USER = ([field.attname for field in model._meta.concrete_fields] for model in (Session, User))
_ANSWERS = ("policy_values", "shut_out", "has_factor", "is_operator", "is_frozen", "is_open", "is_demanded", "captured")
LIVING = Statement(_living, token_hash=str, now=datetime, address=str)


def _note_use(session: Session, now: datetime) -> None:
    """Write down the time once a minute, the address whenever it is another one."""
    address = current_origin().ip
    if (now - session.last_used_at).total_seconds() > _TOUCH_SECONDS or address != session.ip:
        Session.objects.filter(id=session.id).update(last_used_at=now, ip=address)


class _OfCompany(Func):
    """One of the answers of the directory about a tenant: whether it is the provider's own, frozen, in use."""

    template = "(SELECT %(answer)s FROM company_of(%(expressions)s))"
    output_field = BooleanField()


def alive(sessions: QuerySet[Session], policy: SecurityPolicy, now: datetime) -> QuerySet[Session]:
    """Those that are neither ended, nor too old, nor idle for too long; a stricter policy reaches open ones as well."""
    return sessions.filter(ended_at=None, expires_at__gt=now, **_oldest(policy, now))


def _oldest(policy: SecurityPolicy, now: datetime) -> dict[str, datetime]:
    """When a session that still lives was opened and used, at the earliest."""
    return {
        "created_at__gt": now - timedelta(hours=policy.absolute_hours),
        "last_used_at__gt": now - timedelta(minutes=policy.idle_minutes),
    }


@atomic()
def end_sessions(user: User, *, actor: Actor, keep: Session | None = None) -> int:
    """End the sessions of a user, but for the one to keep; returns how many."""
    sessions = alive(user.sessions.all(), current_policy(), timezone.now())
    if keep is not None:
        sessions = sessions.exclude(id=keep.id)
    count = sessions.update(ended_at=timezone.now())
    if count:
        record(SESSIONS_ENDED, actor=actor, target=user, after={"count": count})
    return count


@atomic()
def end_session(session: Session, *, actor: Actor) -> None:
    """End one session, so that its cookie is worth nothing from now on."""
    if Session.objects.filter(id=session.id, ended_at=None).update(ended_at=timezone.now()):
        record(SESSIONS_ENDED, actor=actor, target=session.user, after={"count": 1, "session": session.id})


@atomic()
def end_every_session(*, actor: Actor, keep: Session) -> int:
    """End the sessions of everybody in the tenant, but for the one to keep (ASVS 7.4.5); returns how many.

    One event a user, so that each finds it among what happened to their own account.
    """
    people = User.objects.filter(id__in=every_session().exclude(id=keep.id).values("user_id")).order_by("user_id")
    return sum(end_sessions(person, actor=actor, keep=keep) for person in people)


def remove_every_session() -> int:
    """Delete the sessions of everybody in the tenant in scope, in the transaction of the platform role that is open.

    For a company whose use ends; that is recorded by whoever ends it. Returns how many there were.
    """
    with current_connection().cursor() as cursor:
        cursor.execute("DELETE FROM sso_ssosession WHERE tenant_id = %s", [require_tenant_id()])  # they refer to those
        cursor.execute("DELETE FROM accounts_session WHERE tenant_id = %s", [require_tenant_id()])
        return int(cursor.rowcount)


def set_cookie(response: HttpResponseBase, secret: BearerSecret) -> None:
    """Hand the secret to the browser, until it is closed."""
    response.set_cookie(
        settings.SESSION_COOKIE_NAME,
        str(secret),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(response: HttpResponseBase) -> None:
    """Take the secret back."""
    response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")


def living_sessions(user: User) -> QuerySet[Session]:
    """The sessions of a user for their own list, with the name of the `place` if it is known, newest use first."""
    return (
        alive(user.sessions.filter(awaiting_factor=False), current_policy(), timezone.now())
        .annotate(place=name_of_place("ip"))
        .order_by("-last_used_at")
    )


def every_session() -> QuerySet[Session]:
    """The sessions of everybody in the tenant, with their users and `place`, newest use first."""
    living = alive(
        Session.objects.filter(user__state=UserState.ACTIVE, awaiting_factor=False), current_policy(), timezone.now()
    )
    return living.select_related("user").annotate(place=name_of_place("ip")).order_by("-last_used_at", "id")


def sessions_outside() -> QuerySet[Session]:
    """Those of everybody in the tenant that were last used at an address of no allowed network (A4)."""
    return every_session().exclude(admitted("ip"))
