"""Who issues invoices, with what a qualified invoice must say (適格請求書), and where to pay (T6)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from auditlog.services import record
from tenants.invoices.actions import ISSUER_CHANGED
from tenants.invoices.models import Issuer
from tenants.isolation.transactions import platform_transaction, take_turns

# Without these nothing is issued: a qualified invoice names its issuer, and somebody has to know where to pay.
_NEEDED = ("name", "address", "registration_number", "bank_name", "branch_name", "account_number", "account_holder")
_PRINTED = (*_NEEDED, "postal_code", "phone", "account_kind", "rounding")


def change_issuer(*, actor: Actor, **values: Any) -> Issuer:
    """Say who issues from now on. Raises ValidationError, keyed by field. In the provider's scope, which records it."""
    with platform_transaction():
        take_turns("issuer of invoices")
        issuer = Issuer.objects.first() or Issuer()
        before = described(issuer)
        for name, value in values.items():
            setattr(issuer, name, value)
        issuer.full_clean()
        after = described(issuer)
        if before != after or issuer._state.adding:
            issuer.save()
            changed = {name for name in after if after[name] != before[name]}
            record(
                ISSUER_CHANGED,
                actor=actor,
                target=issuer,
                before={name: before[name] for name in changed},
                after={name: after[name] for name in changed},
            )
    return issuer


def missing(issuer: Issuer) -> list[str]:
    """The names of what has to be filled in before an invoice can be issued."""
    names = {field.name: str(field.verbose_name) for field in Issuer._meta.concrete_fields}
    return [names[name] for name in _NEEDED if not getattr(issuer, name)]


def require_complete(issuer: Issuer) -> None:
    """Raise ValidationError when something is missing."""
    if lacking := missing(issuer):
        raise ValidationError(
            _("No invoice is issued while the issuer is incomplete: %(fields)s."),
            code="issuer",
            params={"fields": ", ".join(lacking)},
        )


def printed(issuer: Issuer) -> dict[str, str]:
    """The issuer as an invoice keeps it."""
    return {name: str(getattr(issuer, name)) for name in _PRINTED}


def described(issuer: Issuer) -> dict[str, Any]:
    """For the audit log."""
    return model_to_dict(issuer, exclude=["id", "only"])
