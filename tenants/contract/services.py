"""Changing what was agreed with a company: its record, plan, edition and time zone (T2, T5, T7, T10).

The directory of tenants and the organisation records are the provider's tables, so each change is a transaction of the
platform role. It stands in the company's log, and in the provider's too when an operator made it (G10).
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from accounts.menus import CLOSABLE
from accounts.models import User
from accounts.zones import TIME_ZONES
from auditlog.actions import Action
from auditlog.actors import Actor, ActorKind
from auditlog.services import record
from documents.locks import lock_tree
from tenants.contract.actions import EDITION_CHANGED, MENUS_CHANGED, ORGANISATION_CHANGED, PLAN_CHANGED, ZONE_CHANGED
from tenants.contract.countries import clean_phone, clean_postal_code
from tenants.contract.models import Organisation
from tenants.contract.queries import PlanUse, organisation_of, uses_of
from tenants.furnishing import register_furnishing
from tenants.invoices.terms import note_plan_change
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import provider_company
from tenants.isolation.transactions import platform_transaction, take_turns
from tenants.limits import USERS_TURN
from tenants.models import Edition, State, Tenant
from tenants.plans import PLANS, PlanCode

OWN_FIELDS = (
    "name",
    *(f"{contact}_{part}" for contact in ("system", "billing") for part in ("department", "name", "phone", "email")),
    *("country", "postal_code", "address"),
)
# Prices are agreed with the provider, so only its operators say in which currency.
OPERATOR_FIELDS = (*OWN_FIELDS, "currency")
CLOSED = frozenset({State.SUSPENDED, State.ERASED})


@register_furnishing
def make_organisation(tenant: Tenant, first_user: User) -> None:
    """The record of a new tenant: its first user has signed, and is the contact until one is named."""
    Organisation(
        tenant_id=tenant.id,
        name=tenant.name,
        first_user_name=first_user.name,
        first_user_email=first_user.email,
        system_name=first_user.name,
        system_email=first_user.email,
    ).save(force_insert=True)


def change_organisation(tenant_id: UUID, *, changes: Mapping[str, str], actor: Actor) -> Organisation:
    """Set these fields of the record; a new name is the tenant's from then on.

    Raises ValidationError, keyed by field, and for a field that is not the actor's to set.
    """
    allowed = OPERATOR_FIELDS if actor.kind is not ActorKind.USER else OWN_FIELDS
    if foreign := set(changes) - set(allowed):
        message = _("Only the provider can change this: %(fields)s.")
        raise ValidationError(message, code="not_yours", params={"fields": ", ".join(sorted(foreign))})
    with platform_transaction(), tenant_scope(tenant_id):
        tenant = _locked(tenant_id)
        organisation = organisation_of(tenant)
        before = {field: getattr(organisation, field) for field in changes}
        _set(organisation, changes)
        after = {field: getattr(organisation, field) for field in changes}
        if changed := {field for field in changes if before[field] != after[field]}:
            organisation.save()
            Tenant.objects.filter(id=tenant_id).update(name=organisation.name)
            _record_change(
                ORGANISATION_CHANGED,
                tenant,
                actor=actor,
                before={field: before[field] for field in sorted(changed)},
                after={field: after[field] for field in sorted(changed)},
            )
    return organisation


def change_plan(tenant_id: UUID, *, plan: PlanCode, actor: Actor) -> Tenant:
    """Put the company on another plan, which holds from its next click on; leaving the trial makes it active.

    Nobody registers a user or stores a file meanwhile. Backups beyond the generations of a smaller plan go with the
    next nightly run. Raises ValidationError when more is in use than the plan allows, and what `obstacles` names.
    """
    with platform_transaction(), tenant_scope(tenant_id):
        take_turns(USERS_TURN)
        lock_tree()
        tenant = _locked(tenant_id)
        if found := obstacles(tenant, plan, uses_of([tenant])[tenant.id]):
            raise ValidationError({"plan": found})
        before = {"plan": tenant.plan_code, "state": tenant.state}
        tenant.plan_code = plan
        if tenant.state == State.TRIAL and plan is not PlanCode.TRIAL:
            tenant.state = State.ACTIVE
        after = {"plan": tenant.plan_code, "state": tenant.state}
        if after != before:
            tenant.save(update_fields=["plan_code", "state"])
            note_plan_change(tenant, before=before["plan"], after=after["plan"])
            _record_change(PLAN_CHANGED, tenant, actor=actor, before=before, after=after)
    return tenant


def obstacles(tenant: Tenant, plan: PlanCode, use: PlanUse) -> list[str]:
    """Why the company cannot go to the plan, each as a sentence; none when it can."""
    wanted, found = PLANS[plan], []
    if tenant.state in CLOSED:
        found.append(_("The company is not in use any more."))
    if plan is PlanCode.TRIAL and tenant.plan_code != PlanCode.TRIAL:
        found.append(_("A contract begins with a trial and does not go back to it."))
    if use.users.used > wanted.users:
        found.append(
            _("%(used)d users are registered, and the plan allows %(allowed)d. Some must be suspended first.")
            % {"used": use.users.used, "allowed": wanted.users}
        )
    if use.storage.used > wanted.storage_bytes:
        found.append(
            _("%(used)s are stored, and the plan allows %(allowed)s. Something must be deleted first.")
            % {"used": filesizeformat(use.storage.used), "allowed": filesizeformat(wanted.storage_bytes)}
        )
    return found


def change_edition(tenant_id: UUID, *, edition: Edition, actor: Actor) -> Tenant:
    """Give the company the other edition; who may set what follows from it at once (`tenants.contract.editions`).

    What is set stays as it is until whoever may set it now changes it. The data stay in their database: a move is a
    deed of its own. Raises ValidationError for a company that is not in use any more, and for the provider itself.
    """
    with platform_transaction(), tenant_scope(tenant_id):
        tenant = _locked(tenant_id)
        if tenant.state in CLOSED:
            raise ValidationError({"edition": _("The company is not in use any more.")})
        if tenant.is_provider:
            raise ValidationError({"edition": _("The provider itself has no edition to choose.")})
        before = tenant.edition
        if before != edition:
            tenant.edition = edition
            tenant.save(update_fields=["edition"])
            _record_change(
                EDITION_CHANGED, tenant, actor=actor, before={"edition": before}, after={"edition": edition.value}
            )
    return tenant


def change_closed_menus(tenant_id: UUID, *, closed: Collection[str], actor: Actor) -> None:
    """Close these menus for everybody in the company, whatever roles grant, and open the others again (T2).

    It holds from the next click on. Raises ValidationError when the other side decides in this edition, and for a menu
    that cannot be closed.
    """
    if not set(closed) <= CLOSABLE:
        raise ValidationError({"open": _("These menus cannot be closed.")})
    with platform_transaction(), tenant_scope(tenant_id):
        tenant = _locked(tenant_id)
        _ensure_may_set_menus(tenant, actor)
        before, after = tenant.closed_menus, sorted(closed)
        if before != after:
            tenant.closed_menus = after
            tenant.save(update_fields=["closed_menus"])
            _record_change(MENUS_CHANGED, tenant, actor=actor, before={"closed": before}, after={"closed": after})


def _ensure_may_set_menus(tenant: Tenant, actor: Actor) -> None:
    """As with the audit log: the company in the Private edition, the provider in the Public one."""
    if (tenant.edition == Edition.PRIVATE) != (actor.kind is ActorKind.USER):
        if actor.kind is ActorKind.USER:
            raise ValidationError(_("In the Public edition the provider decides which menus are open."), code="public")
        message = _("In the Private edition the company itself decides which menus are open.")
        raise ValidationError(message, code="private")


def change_time_zone(tenant_id: UUID, *, zone: str, actor: Actor) -> None:
    """Count the company's months in another zone, beginning with the month-end that comes next (T10).

    Months that have ended stay as they were counted. Raises ValidationError for a zone that nobody can choose.
    """
    if zone not in TIME_ZONES:
        raise ValidationError({"time_zone": _("There is no such time zone.")})
    with platform_transaction(), tenant_scope(tenant_id):
        tenant = _locked(tenant_id)
        before = tenant.time_zone
        if before != zone:
            tenant.time_zone = zone
            tenant.save(update_fields=["time_zone"])
            _record_change(ZONE_CHANGED, tenant, actor=actor, before={"time_zone": before}, after={"time_zone": zone})


def _locked(tenant_id: UUID) -> Tenant:
    """The tenant, locked until the transaction of the platform role ends. Raises Tenant.DoesNotExist."""
    return Tenant.objects.select_for_update().get(id=tenant_id)


def _record_change(
    action: Action, tenant: Tenant, *, actor: Actor, before: dict[str, Any], after: dict[str, Any]
) -> None:
    """In the company's log; in the provider's too, when it was not the company's own doing."""
    places = {tenant.id}
    provider = provider_company()
    if provider is not None and actor.kind is not ActorKind.USER:
        places.add(provider.tenant_id)
    for place in places:
        with tenant_scope(place):
            record(action, actor=actor, target=tenant, before=before, after=after)


def _set(organisation: Organisation, changes: Mapping[str, str]) -> None:
    """Set the fields in one way of writing. Raises ValidationError, keyed by field."""
    for field, value in changes.items():
        setattr(organisation, field, " ".join(value.split()) if field != "address" else value.strip())
    complaints: dict[str, Any] = {}
    try:
        organisation.full_clean(validate_unique=False)
    except ValidationError as error:
        complaints = dict(error.error_dict)
    for field in ("system_phone", "billing_phone", "postal_code"):
        if field in changes and "country" not in complaints:
            value = getattr(organisation, field)
            try:
                cleaned = (
                    clean_postal_code(value, organisation.country) if field == "postal_code" else clean_phone(value)
                )
            except ValidationError as error:
                complaints[field] = error
            else:
                setattr(organisation, field, cleaned)
    if complaints:
        raise ValidationError(complaints)
