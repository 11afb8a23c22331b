"""How availability is counted here; each number is shown with it (N8)."""

from datetime import timedelta

from django.conf import settings

from incidents.availability.arithmetic import Rules

# The guideline of METI asks for failures that took a day or longer to deal with.
LONG = timedelta(days=1)
# Looks that were put on paper while the database was away are read in by then.
SETTLED = timedelta(days=1)


def current_rules() -> Rules:
    """Those of the settings. A month that is over keeps the ones by which it was counted."""
    return Rules(timedelta(seconds=settings.AVAILABILITY_IGNORES_SECONDS), settings.AVAILABILITY_DECIMALS)
