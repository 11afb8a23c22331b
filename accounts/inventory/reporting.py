"""The report of a completed inventory, as PDF and CSV, in the reader's language; each export is recorded (A12)."""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.inventory import queries
from accounts.inventory.actions import REPORT_EXPORTED
from accounts.inventory.models import AccountReview, Decision, ReviewedAccount
from auditlog.actors import Actor
from auditlog.exports.spreadsheet import BOM, csv_rows
from auditlog.services import record
from tenants.isolation.directory import current_company
from tenants.isolation.transactions import atomic

_TEMPLATE = Path(__file__).with_name("report.typ")
# Stable: new columns are added at the end.
_HEADINGS: tuple[Promise, ...] = (
    _("User ID"),
    pgettext_lazy("person", "Name"),
    _("State"),
    _("Registered"),
    _("Last use"),
    _("Roles"),
    _("Menus"),
    _("Second factors"),
    _("Single sign-on"),
    _("Decision"),
    _("Comment"),
    _("Decided by"),
    _("Time of the decision"),
    _("Decided about oneself"),
    _("Carried out"),
)
_PRINTED = (0, 1, 2, 4, 5, 7, 9, 10, 11, 14)


@atomic()
def csv_report(review: AccountReview, *, actor: Actor) -> bytes:
    """All accounts with all that was written down. Raises ValidationError for a review in progress."""
    _note(review, "csv", actor)
    return BOM + csv_rows([_HEADINGS]) + csv_rows(_row(account) for account in queries.accounts_of(review).iterator())


@atomic()
def report_data(review: AccountReview, *, actor: Actor) -> dict[str, Any]:
    """What stands in the PDF, for `pdf`. Raises ValidationError for a review in progress."""
    _note(review, "pdf", actor)
    company, counts, rows = current_company(), Counter[str](), []
    for account in queries.accounts_of(review).iterator():
        row = _row(account)
        counts[account.decision] += 1
        rows.append([row[index] for index in _PRINTED])
    facts = [
        (_("Company"), company.name if company else ""),
        (_("Started"), f"{_moment(review.started_at)}, {review.started_by_name}"),
        (_("Completed"), f"{_moment(review.completed_at)}, {review.completed_by_name}"),
        (_("Accounts"), str(sum(counts.values()))),
        *((Decision(code).label, str(counts[code])) for code in Decision.values),
        (_("Remark"), review.remark or "–"),
        (_("SHA-256 of this review in the audit log"), review.digest),
    ]
    return {
        "title": f"{gettext('Account inventory')}: {review.name}",
        "language": get_language() or "ja",
        "facts": [[str(label), value] for label, value in facts],
        "headings": [str(_HEADINGS[index]) for index in _PRINTED],
        "rows": rows,
    }


def pdf(data: dict[str, Any]) -> bytes:
    """The report as PDF. The texts go in as data, never as markup. Takes its time: call it outside a transaction."""
    fonts = settings.BASE_DIR / "static" / "vendor" / "biz-udpgothic"
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    return bytes(typst.compile(str(_TEMPLATE), font_paths=[str(fonts)], sys_inputs=inputs))


def _note(review: AccountReview, kind: str, actor: Actor) -> None:
    if review.is_open:
        raise ValidationError(_("There is a report once the inventory is completed."), code="open")
    record(REPORT_EXPORTED, actor=actor, target=review, after={"format": kind, "sha256": review.digest})


def _row(account: ReviewedAccount) -> list[str]:
    yes, no = gettext("yes"), gettext("no")
    return [
        account.user_id,
        account.name,
        account.state_name,
        _moment(account.registered_at),
        _moment(account.last_used_at) or gettext("Never"),
        "; ".join(account.role_names),
        "; ".join(account.menu_names),
        "; ".join(account.factor_names) or no,
        yes if account.has_sso else no,
        account.get_decision_display(),
        account.comment,
        account.decided_by_name,
        _moment(account.decided_at),
        yes if account.is_own_decision else no,
        _moment(account.carried_out_at),
    ]


def _moment(value: datetime | None) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M %Z}" if value else ""
