"""Creating tenants, closing and opening them (T1, T3, T4): each in one transaction of the platform role."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.links import issue_invitation
from accounts.menus import ADMINISTRATOR, OPERATOR
from accounts.models import Role, User
from accounts.roles import make_built_in_roles
from accounts.sessions import remove_every_session
from accounts.users import register_user
from auditlog.actors import Actor
from auditlog.services import record
from tenants.actions import TENANT_CREATED, TENANT_FROZEN, TENANT_SUSPENDED, TENANT_THAWED
from tenants.furnishing import furnish_all
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import normalize_code
from tenants.isolation.transactions import platform_transaction
from tenants.models import State, Tenant
from tenants.plans import PlanCode
from vault.keys import key_store


@dataclass(frozen=True, slots=True)
class FirstUser:
    """Who administers a new tenant."""

    user_id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class CreatedTenant:
    """A new tenant, its first user, and the address by which that user sets a password, shown once."""

    tenant: Tenant
    admin: User
    invitation: str


def create_tenant(*, company_code: str, name: str, plan: PlanCode, admin: FirstUser, actor: Actor) -> CreatedTenant:
    """A new tenant with its keys, the built-in roles, and a first administrator invited by a single-use link.

    Recorded in the provider's log and in the new tenant's own. Raises ValidationError, keyed by field.
    """
    with platform_transaction():
        provider = Tenant.objects.filter(is_provider=True).first()
        if provider is None:
            raise ValidationError(_("There is no provider yet. Run manage.py setup first."), code="no_provider")
        tenant = _add_tenant(company_code, name, plan)
        user, invitation = _furnish(tenant, admin, actor=actor)
        with tenant_scope(provider.id):
            record(TENANT_CREATED, actor=actor, target=tenant, after=_described(tenant, user))
    return CreatedTenant(tenant, user, invitation)


def create_provider(*, company_code: str, name: str, operator: FirstUser, actor: Actor) -> CreatedTenant:
    """The provider's own tenant and its first operator, once on a fresh installation.

    Raises ValidationError when there is a provider already.
    """
    with platform_transaction():
        if Tenant.objects.filter(is_provider=True).exists():
            raise ValidationError(_("The provider exists already."), code="provider_exists")
        tenant = _add_tenant(company_code, name, PlanCode.ENTERPRISE, is_provider=True)
        user, invitation = _furnish(tenant, operator, actor=actor)
    return CreatedTenant(tenant, user, invitation)


def freeze_tenant(tenant_id: UUID, *, actor: Actor) -> bool:
    """Let nobody enter the tenant and its jobs wait, until it is thawed; whether it was open before (B6).

    Sessions live on and open nothing meanwhile. Recorded in the tenant's log.
    """
    with platform_transaction(), tenant_scope(tenant_id):
        changed = Tenant.objects.filter(id=tenant_id, frozen_at=None).update(frozen_at=timezone.now())
        if changed:
            record(TENANT_FROZEN, actor=actor, target=Tenant.objects.get(id=tenant_id))
    return bool(changed)


def thaw_tenant(tenant_id: UUID, *, actor: Actor) -> bool:
    """Open a frozen tenant again; whether it was frozen. Recorded in the tenant's log."""
    with platform_transaction(), tenant_scope(tenant_id):
        changed = Tenant.objects.filter(id=tenant_id, frozen_at__isnull=False).update(frozen_at=None)
        if changed:
            record(TENANT_THAWED, actor=actor, target=Tenant.objects.get(id=tenant_id))
    return bool(changed)


def suspend_tenant(tenant: Tenant, *, last_day: date, actor: Actor) -> bool:
    """End the use of a company for good, `last_day` having been the last one; whether it was in use before (T4).

    Nobody is logged in any more and its jobs stop; whoever may take its data along can log in for that. Recorded in
    the company's own log; the caller records why in the provider's.
    """
    with platform_transaction(), tenant_scope(tenant.id):
        closed = (State.SUSPENDED, State.ERASED)
        changed = Tenant.objects.filter(id=tenant.id).exclude(state__in=closed)
        if not changed.update(state=State.SUSPENDED, last_day=last_day):
            return False
        ended = remove_every_session()
        tenant.refresh_from_db()
        after = {"last_day": last_day.isoformat(), "sessions": ended}
        record(TENANT_SUSPENDED, actor=actor, target=tenant, after=after)
    return True


def _add_tenant(company_code: str, name: str, plan: PlanCode, *, is_provider: bool = False) -> Tenant:
    state = State.TRIAL if plan == PlanCode.TRIAL else State.ACTIVE
    tenant = Tenant(
        company_code=normalize_code(company_code),
        name=name.strip(),
        plan_code=plan,
        state=state,
        is_provider=is_provider,
    )
    tenant.full_clean()
    tenant.save(force_insert=True)
    return tenant


def _furnish(tenant: Tenant, first: FirstUser, *, actor: Actor) -> tuple[User, str]:
    """What a tenant needs before anybody can enter it."""
    with tenant_scope(tenant.id):
        roles = make_built_in_roles(provider=tenant.is_provider, actor=actor)
        codes = (ADMINISTRATOR, OPERATOR) if tenant.is_provider else (ADMINISTRATOR,)
        user = _register_first(first, [roles[code] for code in codes], actor=actor)
        invitation = issue_invitation(user, actor=actor)
        furnish_all(tenant, user)
        record(TENANT_CREATED, actor=actor, target=tenant, after=_described(tenant, user))
        # Last, because keys cannot be rolled back: keys without a tenant do no harm, a tenant without keys would.
        key_store().create_tenant_keys(tenant.id)
    return user, invitation


def _register_first(first: FirstUser, roles: list[Role], *, actor: Actor) -> User:
    """The first user; complaints about them are told apart from those about the tenant, which has a name as well."""
    try:
        return register_user(
            user_id=first.user_id, name=first.name, email=first.email, roles=roles, actor=actor, by_mail=False
        )
    except ValidationError as error:
        raise ValidationError({f"admin_{field}": found for field, found in error.error_dict.items()}) from error


def _described(tenant: Tenant, admin: User) -> dict[str, str]:
    return {"company_code": tenant.company_code, "name": tenant.name, "plan": tenant.plan_code, "admin": admin.user_id}
