"""Which alerts nobody has taken on yet (N9)."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.attention import MOST, Need, Source, register_needs
from incidents.alerts.queries import label_of, open_alerts


def _alerts() -> Iterator[Need]:
    waiting = [alert for alert in open_alerts() if alert.acknowledged_at is None]
    for alert in waiting[:MOST]:
        yield Need(
            f"{alert.get_level_display()}: {label_of(alert)}",
            reverse("operator:alert", args=[alert.id]),
            alert.opened_at,
        )


register_needs(Source("alerts", _("Alert"), "operator.monitoring", "alert-triangle", _alerts))
