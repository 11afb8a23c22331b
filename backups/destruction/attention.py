"""Which destructions of keys wait for a second operator (P5)."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backups.destruction.queries import waiting_requests
from config.attention import Need, Source, register_needs


def _needs() -> Iterator[Need]:
    for request in waiting_requests():
        title = _("Destruction of the keys of %(company)s, asked for by %(person)s")
        yield Need(
            title % {"company": request.company_name, "person": request.asked_by_name},
            reverse("operator:keys_destruction", args=[request.id]),
            request.asked_at,
            due=request.answer_until,
        )


register_needs(Source("destructions", gettext_lazy("Waits for a second operator"), "operator.keys", "key", _needs))
