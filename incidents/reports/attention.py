"""Which measures after incidents are due (N3)."""

from collections.abc import Iterator
from datetime import datetime, time

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.attention import MOST, Need, Source, register_needs
from config.business_hours import ZONE
from incidents.reports.queries import open_measures


def _needs() -> Iterator[Need]:
    for measure in open_measures(timezone.localdate(timezone=ZONE), MOST):
        yield Need(
            f"{measure.incident}: {measure.text}",
            reverse("operator:incident_review", args=[measure.incident.number]),
            measure.added_at,
            due=datetime.combine(measure.due_on, time.max, ZONE),
        )


register_needs(Source("measures", _("Measure due"), "operator.incidents", "clipboard-check", _needs))
