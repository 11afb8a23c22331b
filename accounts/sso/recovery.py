"""Letting passwords work again from outside, when the identity provider fails and nobody is left inside (A6).

By the provider only, with a reason, on record on both sides, told to the administrators.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.sso import queries
from accounts.sso.actions import SSO_SWITCHED_OFF
from auditlog.actors import Actor
from auditlog.services import Target, record
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import Company, provider_company
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import tenant_transaction


def switch_off_requirement(company: Company, *, reason: str, actor: Actor) -> None:
    """Let the company's people in by password again; links and settings stay. Call it with no transaction open.

    Raises ValidationError, keyed by field, when single sign-on is not required or the reason is missing.
    """
    reason = reason.strip()[:300]
    if not reason:
        raise ValidationError({"reason": _("Write down why: the company reads it in its own log.")})
    with tenant_transaction(company.tenant_id):
        connection = queries.connection_for_change()
        if connection is None or not connection.enforced:
            message = _("%(company)s does not require single sign-on, so there is nothing to switch off.")
            raise ValidationError({"company_code": message % {"company": company.name}})
        connection.enforced = False
        connection.save(update_fields=["enforced"])
        after = {"enforced": False, "reason": reason}
        record(SSO_SWITCHED_OFF, actor=actor, target=connection, before={"enforced": True}, after=after)
        provider = provider_company()
        if provider is not None and provider.tenant_id != company.tenant_id:
            with tenant_scope(provider.tenant_id):
                target = Target("tenants.tenant", label=company.code)
                record(SSO_SWITCHED_OFF, actor=actor, target=target, after=after)
        queue_on_commit("accounts.sso.tasks.tell_switched_off", actor.name, reason)
