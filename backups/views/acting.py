"""Who acts upon a company's backups from outside of it."""

from dataclasses import replace

from accounts.access import MemberRequest
from auditlog.actors import Actor, ActorKind


def as_operator(request: MemberRequest) -> Actor:
    """A user of the provider is an operator to everybody else, also in the log of the company (G10)."""
    return replace(request.user.as_actor(), kind=ActorKind.OPERATOR)
