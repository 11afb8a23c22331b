"""What stays of an erased company, why, and until when: everything of it, for the certificate (R2).

`docs/decisions/0015-what-names-an-erased-company.md` says why each may.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backups.runs.platform import GENERATIONS
from retention.erasure.models import Erasure
from retention.erasure.objects import backups_of, retained
from retention.erasure.rows import count_rows
from retention.erasure.tables import DeclaredTable, kept_tables, tables_to_empty
from tenants.isolation.assets import EVIDENCE_DAYS, Asset
from tenants.isolation.keeping import is_held


class Why(StrEnum):
    """Why something stays."""

    ORGANISATION = "organisation"
    INVOICES = "invoices"
    EVIDENCE = "evidence"
    OWN_BACKUPS = "own_backups"
    LOCKED = "locked"
    HOLD = "hold"


REASONS: dict[Why, str | Promise] = {
    Why.ORGANISATION: _("Record of the organisation and its contract"),
    Why.INVOICES: _("Invoices, which the law asks to be kept"),
    Why.EVIDENCE: _("The provider's own log and evidence: ids, dates, counts and the company code"),
    Why.OWN_BACKUPS: _("The provider's own backups of such evidence, which are replaced every night"),
    Why.LOCKED: _("Backup objects under a lock, unreadable since the keys are destroyed"),
    Why.HOLD: _("Under a legal hold"),
}
_BY_CLASS = {
    "directory of tenants": Why.ORGANISATION,
    "organisation record": Why.ORGANISATION,
    "invoices": Why.INVOICES,
}


def holdbacks_of(erasure: Erasure) -> list[dict[str, Any]]:
    """Every class of what stays: `why`, `class`, `place` (table or store), `rows` and `until`, a day or None."""
    found = [line for table in kept_tables() if (line := _of_table(erasure, table))]
    if provider_events := erasure.proof.get("scan", {}).get("kept", {}).get("auditlog_auditevent", 0):
        # The newest of them is of today; the class of rights and executions is kept longest (G5).
        until = _end(timezone.now(), EVIDENCE_DAYS)
        found.append(_line(Why.EVIDENCE, "provider's audit log", "auditlog_auditevent", provider_events, until))
    until = timezone.now().date() + timedelta(days=GENERATIONS)
    found.append(_line(Why.OWN_BACKUPS, "backups of the platform", "platform", GENERATIONS, until))
    found.append(_line(Why.EVIDENCE, "erasure ledger", "ledger", 1, None))
    found.append(_line(Why.EVIDENCE, "destroyed keys", "keys", int(bool(erasure.key_ids)), None))
    for place in backups_of(erasure.tenant_id):
        count, last = retained(place)
        found += [_line(Why.LOCKED, "locked backups", place.name, count, last)] if count else []
    if is_held(erasure.tenant_id):
        for table in tables_to_empty():
            count = count_rows(table, erasure.tenant_id)
            found += [_line(Why.HOLD, table.asset.data_class, table.name, count, None)] if count else []
    return found


def why_of(asset: Asset) -> Why:
    """Why rows of a table that names companies stay."""
    return _BY_CLASS.get(asset.data_class, Why.EVIDENCE)


def _of_table(erasure: Erasure, table: DeclaredTable) -> dict[str, Any] | None:
    rows = count_rows(table, erasure.tenant_id)
    if not rows:
        return None
    days = table.asset.retention.days
    began = erasure.begun_at or timezone.now()
    return _line(why_of(table.asset), table.asset.data_class, table.name, rows, _end(began, days))


def _end(began: datetime, days: int | None) -> date | None:
    return None if days is None else (began + timedelta(days=days)).date()


def _line(why: Why, data_class: str, place: str, rows: int, until: date | None) -> dict[str, Any]:
    return {
        "why": why.value,
        "class": data_class,
        "place": place,
        "rows": rows,
        "until": until.isoformat() if until else None,
    }
