"""Jobs of usage figures."""

from django.utils import timezone

from tenants.isolation.tasks import platform_task
from tenants.usage import counting


@platform_task
def count_usage() -> int:
    """Count the hours that are over, then the days (T9); returns how many hours were counted."""
    now = timezone.now()
    counted = counting.count_hours(now)
    counting.sum_up_days(now)
    return counted
