"""Somebody of the provider's staff inside a company: who they are to its pages, and what they may open (A14)."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.http import HttpRequest

from accounts.staff.models import StaffAccess
from accounts.staff.scopes import MENUS, Scope, allows
from auditlog.actors import Actor, ActorKind


@dataclass(frozen=True, slots=True)
class StaffMember:
    """In place of a user of the company, who they are not: what pages and services ask of whoever is logged in."""

    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False

    id: UUID
    tenant_id: UUID  # of the company where they work
    user_id: str
    name: str
    language: str
    time_zone: str

    def as_actor(self) -> Actor:
        """An operator, in the company's own log."""
        return Actor(ActorKind.OPERATOR, self.user_id, self.name, self.id)


@dataclass(frozen=True, slots=True)
class Presence:
    """The access by which somebody works here, and the ways back to the provider's own pages."""

    access: StaffAccess
    page: str
    end: str

    @property
    def menus(self) -> frozenset[str]:
        """The company's menus that the scope opens."""
        return MENUS[Scope(self.access.scope)]

    @property
    def repairs(self) -> bool:
        """Whether the scope opens anything but looking."""
        return self.access.scope == Scope.REPAIR

    def allows(self, request: HttpRequest) -> bool:
        """Whether the scope opens the address with this method."""
        address = request.resolver_match.view_name if request.resolver_match else ""
        return allows(self.access.scope, address, request.method or "")
