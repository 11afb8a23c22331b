"""The registry of kinds of second factor (A5).

A sub-app plugs its kind in where it starts:

    class PasskeysConfig(AppConfig):
        def ready(self) -> None:
            from accounts.factors.kinds import Kind, register
            from accounts.passkeys.models import Passkey

            register(Kind(code="passkey", label=_("Passkey"), icon="fingerprint", devices=Passkey.objects.all, ...))

From then on the rest follows: a log-in stops half-way for users who have one and sends them to `challenge`; that page
calls `accounts.factors.entering.prove(request.pending_login, method="passkey")` when the proof is good and hands the
answer to `accounts.views.entrance.admitted`. The enrolment wall and the profile link to `enrol`, whose view carries
`@before_enrolment`; it calls `accounts.factors.enrolment.added(…)` when the user has a new one. The page "Confirm it is
you" links to `confirm`, whose view calls `accounts.factors.stepping.confirm(…)`. A reset by an administrator calls
`remove_all`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils.functional import Promise

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of second factor.

    `code` is its word in `Session.method`. `devices` gives the rows in scope that work, each with its `user`;
    it is asked once in a process for the query of sessions, so it compares with no time of its own.
    `challenge`, `enrol`, `confirm` are URL names; `confirm` is empty for a kind that proves nothing later on.
    `is_factor` is False for a kind that only stands in for others (recovery codes). `proves_alone` is for a kind that
    confirms even somebody who has a password.
    """

    code: str
    label: Promise | str
    icon: str
    devices: Callable[[], "QuerySet[Any]"]
    challenge: str
    enrol: str
    remove_all: Callable[[User], int]
    confirm: str = ""
    is_factor: bool = True
    proves_alone: bool = False


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind; called once, at the start."""
    if _kinds.setdefault(kind.code, kind) is not kind:
        raise ValueError(f"There are two kinds of factor named {kind.code}.")


def kinds() -> list[Kind]:
    """Every kind, in the order in which they were added."""
    return list(_kinds.values())


def kinds_of(user: User) -> list[Kind]:
    """The kinds of which the user has one."""
    return [kind for kind in kinds() if kind.devices().filter(user=user).exists()]


def has_factor(user: User) -> bool:
    """Whether the user has a second factor."""
    return any(kind.devices().filter(user=user).exists() for kind in kinds() if kind.is_factor)


def has_factor_of(user_reference: str) -> "ExpressionWrapper[Q]":
    """The same as part of a query about something else, whose column with the user's key is named."""
    found = Q(pk__in=[])
    for kind in kinds():
        if kind.is_factor:
            found |= Q(Exists(kind.devices().filter(user=OuterRef(user_reference))))
    return ExpressionWrapper(found, output_field=BooleanField())
