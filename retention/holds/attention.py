"""Which legal holds wait for their review, or for a second operator to release them (R5)."""

from collections.abc import Iterator
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.attention import MOST, Need, Source, register_needs
from retention.holds.queries import asked_releases, awaiting_review


def _reviews() -> Iterator[Need]:
    zone = ZoneInfo(settings.CELERY_TIMEZONE)
    for hold in awaiting_review(timezone.localdate(timezone=zone), MOST):
        yield Need(
            _("Review of the legal hold %(reference)s (%(company)s)")
            % {"reference": hold.reference, "company": hold.company_name},
            reverse("operator:hold", args=[hold.id]),
            hold.reviewed_at or hold.placed_at,
            due=datetime.combine(hold.review_on, time.max, zone),
        )


def _releases() -> Iterator[Need]:
    for hold in asked_releases(MOST):
        yield Need(
            _("Release of the legal hold %(reference)s (%(company)s), asked for by %(person)s")
            % {"reference": hold.reference, "company": hold.company_name, "person": hold.release_asked_by_name},
            reverse("operator:hold", args=[hold.id]),
            hold.release_asked_at or hold.placed_at,
        )


register_needs(Source("hold_reviews", gettext_lazy("Review due"), "operator.holds", "gavel", _reviews))
register_needs(
    Source("hold_releases", gettext_lazy("Waits for a second operator"), "operator.holds", "gavel", _releases)
)
