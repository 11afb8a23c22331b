"""Which deletions wait for a second operator (T3)."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.attention import Need, Source, register_needs
from retention.deletion.queries import waiting_requests


def _needs() -> Iterator[Need]:
    for request in waiting_requests():
        title = _("Deletion of %(company)s, asked for by %(person)s")
        yield Need(
            title % {"company": request.company_name, "person": request.asked_by_name},
            reverse("operator:deletion", args=[request.id]),
            request.asked_at,
            due=request.answer_until,
        )


register_needs(Source("deletions", gettext_lazy("Waits for a second operator"), "operator.deletion", "trash", _needs))
