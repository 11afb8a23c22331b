"""Jobs of invoices."""

import logging

from django.core.exceptions import ValidationError
from django.utils import timezone

from auditlog.actors import Actor
from tenants.invoices import issuing, notices
from tenants.isolation.tasks import platform_task

logger = logging.getLogger(__name__)


@platform_task
def issue_invoices() -> int:
    """Issue what the ended months owe, and tell the billing contacts (T6); returns how many were issued."""
    now, issued = timezone.now(), 0
    try:
        issued = len(issuing.issue_missing(now, actor=Actor.system("invoices")))
    except ValidationError as error:  # no issuer yet: the operators' page says so as well
        logger.warning("No invoice was issued: %s", " ".join(error.messages))
    notices.tell_of_invoices(now)
    return issued
