"""One company of the demonstration leaves, so that its way out can be looked at."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from retention.cancellation.models import Reason, Side
from retention.cancellation.services import request_cancellation
from retention.promise.dates import today_in
from tenants.models import Tenant

_LEAVES = "GLOBEX"
_DAYS = 14


def leave(tenant: Tenant, admin: User) -> None:
    """Cancelled by its administrator to a day in two weeks, if it is the one that leaves."""
    if tenant.company_code == _LEAVES:
        request_cancellation(
            tenant,
            last_day=today_in(tenant.time_zone, timezone.now()) + timedelta(days=_DAYS),
            reason=Reason.ORGANISATION,
            comment="We merge with our parent company, which has an archive of its own. Thank you for everything.",
            typed_code=tenant.company_code,
            side=Side.COMPANY,
            actor=admin.as_actor(),
        )
