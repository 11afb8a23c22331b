"""What a certificate states: numbers that the erasure counted and proved, each of which can be recomputed (R1, R2).

Counts are those of the erasure and of its entry in the ledger; the digests of the ledger's entries bind the two.
"""

import hashlib
import json
from datetime import datetime, timedelta

from django.conf import settings

from retention.cancellation.models import Cancellation
from retention.deletion.models import DeletionRequest
from retention.erasure import ledger
from retention.erasure.models import Erasure, Ground
from tenants.models import Tenant
from vault.stores import backup_store

FORMAT = "sekisho-erasure-certificate-1"


def statement_of(erasure: Erasure, *, number: str, issued_at: datetime) -> str:
    """The text to sign: JSON, keys sorted. As the platform role. Raises StoreUnavailable, LedgerDamaged."""
    provider = Tenant.objects.get(is_provider=True)
    company = Tenant.objects.get(id=erasure.tenant_id)
    content = {
        "format": FORMAT,
        "number": number,
        "issued_at": issued_at.isoformat(),
        "provider": provider.name,
        "company": {"id": str(company.id), "code": company.company_code, "name": company.name},
        "time_zone": company.time_zone,
        "ground": str(erasure.ground),
        "dates": {**_dates_before(erasure), **_dates(erasure)},
        "removed": {kind: erasure.counts.get(kind, {}) for kind in ("tables", "stores", "memory")},
        "key_ids": list(erasure.key_ids),
        "proof": erasure.proof,
        "stays": erasure.holdbacks,
        "last_copies": _last_copies(erasure),
        "ledger": _ledger(erasure),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _dates_before(erasure: Erasure) -> dict[str, str | None]:
    """From the first word on: when it was asked for, the last day of use."""
    if erasure.ground_id is None:
        return {}
    if erasure.ground == Ground.CANCELLATION:
        found = Cancellation.objects.filter(id=erasure.ground_id).first()
        return {
            "asked": found.requested_at.isoformat() if found else None,
            "last_day": found.last_day.isoformat() if found else None,
        }
    asked = DeletionRequest.objects.filter(id=erasure.ground_id).first()
    return {
        "asked": asked.asked_at.isoformat() if asked else None,
        "confirmed": asked.decided_at.isoformat() if asked and asked.decided_at else None,
    }


def _dates(erasure: Erasure) -> dict[str, str | None]:
    return {
        "begun": erasure.begun_at.isoformat() if erasure.begun_at else None,
        "finished": erasure.finished_at.isoformat() if erasure.finished_at else None,
        "promised": erasure.due_at.isoformat(),
    }


def _last_copies(erasure: Erasure) -> dict[str, str]:
    """When the last copy outside the product is gone: what the database can be wound back to, copies of the key store.

    What a lock keeps stands among what stays, with its own day.
    """
    finished = erasure.finished_at or erasure.due_at
    return {
        "point_in_time": (finished + timedelta(days=settings.POINT_IN_TIME_DAYS)).isoformat(),
        "key_copies": (finished + timedelta(days=settings.KEY_COPY_DAYS)).isoformat(),
    }


def _ledger(erasure: Erasure) -> dict[str, str]:
    """The entries of this erasure by their names, each with its SHA-256 as it lies in the store."""
    store = backup_store()
    found: dict[str, str] = {}
    for entry in ledger.entries(store, erasure.tenant_id):
        if entry.erasure_id == erasure.id:
            with store.open(entry.name) as reader:
                found[entry.name] = hashlib.sha256(reader.read()).hexdigest()
    return found
