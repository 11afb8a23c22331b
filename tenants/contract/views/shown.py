"""What the company's page of its contract and the operators' page show alike."""

from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from accounts.forms import complain
from accounts.menus import CLOSABLE
from auditlog.actors import Actor
from backups.models import State as ArchiveState
from backups.queries import archives
from tenants.contract import services
from tenants.contract.editions import POWERS
from tenants.contract.forms import MenusForm, OrganisationForm, TimeZoneForm
from tenants.contract.models import Organisation
from tenants.contract.queries import plan_use
from tenants.models import Tenant
from tenants.months import month_of


def terms(tenant: Tenant) -> dict[str, Any]:
    """Plan with limits and use, edition and who sets what by it, and the month; within the tenant's scope."""
    return {
        "tenant": tenant,
        "use": plan_use(tenant),
        "generations": kept_generations(),
        "powers": POWERS,
        **month_context(tenant),
    }


def kept_generations() -> int:
    """How many backups of the tenant in scope count as generations."""
    return archives().filter(state=ArchiveState.VERIFIED).count()


def month_context(tenant: Tenant, form: TimeZoneForm | None = None) -> dict[str, Any]:
    """The month that is running in the company's zone, and the form for another zone."""
    month = month_of(timezone.now(), tenant.time_zone)
    zone_form = form or TimeZoneForm(initial={"time_zone": tenant.time_zone})
    return {"month": month, "zone_now": timezone.now().astimezone(ZoneInfo(tenant.time_zone)), "zone_form": zone_form}


def save_organisation(form: OrganisationForm, organisation: Organisation, actor: Actor) -> bool:
    """Whether the record was changed as typed; what is wrong is said at its field, and stays as it was typed."""
    if not form.is_valid():
        return False
    typed = {name: str(value) for name, value in form.cleaned_data.items()}
    try:
        services.change_organisation(organisation.tenant_id, changes=typed, actor=actor)
    except ValidationError as error:
        complain(form, error)
        return False
    return True


def menus_form(tenant: Tenant, posted: QueryDict | None) -> MenusForm:
    """The menus with those ticked that are open."""
    return MenusForm(posted, initial={"open": sorted(CLOSABLE.difference(tenant.closed_menus))})


def save_menus(form: MenusForm, tenant: Tenant, actor: Actor) -> bool:
    """Whether the menus were closed and opened as ticked."""
    if not form.is_valid():
        return False
    try:
        services.change_closed_menus(tenant.id, closed=form.closed(), actor=actor)
    except ValidationError as error:
        complain(form, error)
        return False
    return True


def save_zone(form: TimeZoneForm, tenant: Tenant, actor: Actor) -> bool:
    """Whether the company's months are counted in another zone from now on."""
    if not form.is_valid():
        return False
    services.change_time_zone(tenant.id, zone=form.cleaned_data["time_zone"], actor=actor)
    return True
