"""Which disclosures wait for a second operator (R5)."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.attention import MOST, Need, Source, register_needs
from retention.disclosure.queries import asked_disclosures


def _needs() -> Iterator[Need]:
    for disclosure in asked_disclosures(MOST):
        title = _("Disclosure %(reference)s about %(company)s, asked for by %(person)s")
        facts = {
            "reference": disclosure.reference,
            "company": disclosure.company_name,
            "person": disclosure.asked_by_name,
        }
        yield Need(title % facts, reverse("operator:disclosure", args=[disclosure.id]), disclosure.asked_at)


register_needs(Source("disclosures", gettext_lazy("Waits for a second operator"), "operator.holds", "gavel", _needs))
