"""An operator asks a company for access (A14)."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.staff import queries
from accounts.staff.actions import ACCESS_ASKED
from accounts.staff.models import StaffAccess
from accounts.staff.records import as_operator, record_at_provider
from auditlog.actors import Actor
from auditlog.services import record
from tenants.isolation.directory import Company
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import atomic, take_turns, tenant_transaction


@atomic()
def ask(
    company: Company | None,
    *,
    operator: User,
    purpose: str,
    ticket: str,
    scope: str,
    minutes: int,
    emergency: bool,
    actor: Actor,
) -> StaffAccess:
    """Put a request before a company; its deciders are told by mail. In the provider's scope.

    Raises ValidationError, keyed by field, when there is no such company, or when this operator has asked already.
    """
    if company is None or company.is_provider or not company.open:
        raise ValidationError({"company_code": _("No company in use has this code.")})
    with tenant_transaction(company.tenant_id):
        take_turns("staff.ask")
        if queries.in_hand(timezone.now()).filter(operator_id=operator.id).exists():
            raise ValidationError(_("You have a request or an access at this company already."), code="twice")
        access = StaffAccess(
            operator_id=operator.id,
            operator_user_id=operator.user_id,
            operator_name=operator.name,
            operator_email=operator.email,
            purpose=purpose.strip(),
            ticket=ticket.strip(),
            scope=scope,
            minutes=minutes,
            emergency=emergency,
        )
        access.full_clean(validate_unique=False)
        access.save(force_insert=True)
        facts = {"purpose": access.purpose, "scope": scope, "minutes": minutes, "emergency": emergency}
        record(ACCESS_ASKED, actor=as_operator(actor), target=access, after=facts)
        queue_on_commit("accounts.staff.tasks.tell_of_request", str(access.id))
    record_at_provider(ACCESS_ASKED, access, company_code=company.code, actor=actor, after=facts)
    return access
