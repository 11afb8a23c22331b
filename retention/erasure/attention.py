"""Which erasures did not come to their end in time (R1)."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.attention import MOST, Need, Source, register_needs
from retention.erasure.queries import stuck_erasures


def _needs() -> Iterator[Need]:
    for late in stuck_erasures()[:MOST]:
        yield Need(
            _("Erasure of %(company)s is not finished") % {"company": late.company_code},
            reverse("operator:erasure", args=[late.erasure.id]),
            late.erasure.begin_at,
            due=late.erasure.due_at,
        )


register_needs(Source("erasures", gettext_lazy("Overdue job"), "operator.retention", "hourglass", _needs))
