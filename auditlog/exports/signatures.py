"""What we say of a CSV file, signed, so that it is provably ours: its digest and what it holds (G2, G7).

A file of JSON Lines carries its own proof (`auditlog.sealing.exporting`). docs/audit-export.md describes the format,
docs/verify_audit.py checks it.
"""

import base64
from typing import Any
from uuid import UUID

from auditlog.exports.periods import Period
from auditlog.sealing.keys import published_keys, sign
from auditlog.sealing.statements import moment, written

FILE_FORMAT = "sekisho-audit-file-1"


def sign_file(
    *, tenant_id: UUID, period: Period, conditions: dict[str, Any], events: int, size: int, sha256: str
) -> dict[str, str]:
    """The statement about a file and its signature."""
    statement = written(
        {
            "format": FILE_FORMAT,
            "tenant": str(tenant_id),
            "from": moment(period.begin),
            "to": moment(period.end),
            "conditions": conditions,
            "events": events,
            "size": size,
            "sha256": sha256,
        }
    )
    signature = sign(statement)
    return {
        "statement": statement,
        "key_id": signature.key_id,
        "signature": base64.b64encode(signature.value).decode(),
    }


def with_keys(signed: dict[str, str]) -> dict[str, Any]:
    """The same together with the public keys, as it is handed out."""
    return {**signed, "keys": published_keys()}
