"""Which companies wait for an answer to their request for a restore (B6)."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backups.requests.directory import asked_requests
from config.attention import MOST, Need, Source, register_needs


def _needs() -> Iterator[Need]:
    for listed in asked_requests(MOST):
        yield Need(
            _("Restore of a whole company, asked for by %(company)s") % {"company": listed.company_name},
            reverse("operator:restore", args=[listed.request.tenant_id, listed.request.id]),
            listed.request.asked_at,
        )


register_needs(Source("restores", gettext_lazy("Waits for approval"), "operator.backups", "database-import", _needs))
