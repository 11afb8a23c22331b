"""Open alerts that nobody sees to yet (N9)."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.attention import MOST, Need, Source, register_needs
from incidents.alerts.queries import label_of, open_alerts


def _needs() -> Iterator[Need]:
    unseen = [alert for alert in open_alerts() if alert.acknowledged_at is None]
    for alert in unseen[:MOST]:
        title = f"{label_of(alert)} – {alert.get_level_display()}"
        yield Need(title, reverse("operator:alert", args=[alert.id]), alert.opened_at)


register_needs(Source("alerts", _("Open alert"), "operator.monitoring", "gauge", _needs))
