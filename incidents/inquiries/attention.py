"""Inquiries that wait for support, those first whose deadline is next (N4, N9)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.attention import MOST, Need, Source, register_needs
from incidents.inquiries import deadlines, queries
from incidents.inquiries.models import WAITING
from incidents.inquiries.queue import Wanted, queue_page


def _needs() -> Iterator[Need]:
    for listed in queue_page(Wanted(states=WAITING), size=MOST):
        inquiry = listed.inquiry
        yield Need(
            _("Inquiry %(number)s of %(company)s") % {"number": inquiry.reference, "company": listed.company_name},
            deadlines.link_of(inquiry),
            inquiry.last_message_at,
            inquiry.first_answer_due_at if inquiry.waits_for_first_answer else None,
        )


register_needs(Source("inquiries", gettext_lazy("Waits for an answer"), queries.OPERATOR_MENU, "lifebuoy", _needs))
