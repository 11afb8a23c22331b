"""What is sent: an event as JSON, a batch for a webhook, a line for syslog. docs/audit-forwarding.md describes them."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from auditlog.actions import Outcome
from auditlog.models import AuditEvent

EVENTS, TEST = "auditlog.events", "auditlog.test"

# RFC 5424: facility 13 (log audit); severity 6 (informational), and 4 (warning) for what failed or was denied.
_FACILITY, _INFORMATIONAL, _WARNING = 13, 6, 4
_MSGID_LENGTH = 32


def described(event: AuditEvent) -> dict[str, Any]:
    """An event in the form in which receivers get it: codes, the same in every language, and times in UTC."""
    return {
        "id": str(event.id),
        "at": moment(event.at),
        "kind": event.kind,
        "action": event.action,
        "outcome": event.outcome,
        "actor": {
            "kind": event.actor_kind,
            "id": str(event.actor_id) if event.actor_id else None,
            "user_id": event.actor_user_id,
            "name": event.actor_name,
        },
        "source": {
            "ip": str(event.ip) if event.ip else None,
            "user_agent": event.user_agent,
            "session_id": str(event.session_id) if event.session_id else None,
            "request_id": event.request_id,
        },
        "target": {"type": event.target_type, "id": event.target_id, "label": event.target_label},
        "before": event.before,
        "after": event.after,
    }


def as_json(value: Any) -> bytes:
    """Compact JSON in ASCII, in which no text can look like a line of its own."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")


def moment(at: datetime) -> str:
    """A time as RFC 3339, UTC, with microseconds."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def batch(kind: str, company_code: str, events: Sequence[bytes], *, at: datetime) -> bytes:
    """The body of a webhook: type, time and data, as Standard Webhooks recommends. The events are JSON already."""
    head = as_json({"type": kind, "timestamp": moment(at)})[:-1]
    return b'%b,"data":{"tenant":%b,"events":[%b]}}' % (head, as_json(company_code), b",".join(events))


def message_id(destination_id: Any, events: Sequence[bytes]) -> str:
    """The same for the same batch to the same destination, however often it is sent."""
    digest = hashlib.sha256(str(destination_id).encode())
    for event in events:
        digest.update(hashlib.sha256(event).digest())
    return f"msg_{digest.hexdigest()[:32]}"


def syslog_line(event: bytes, *, company_code: str) -> bytes:
    """One message of RFC 5424, in the frame of RFC 5425: its length, a blank, itself.

    The message is the event as JSON in ASCII, which is legal without a byte order mark.
    """
    values = json.loads(event)
    severity = _INFORMATIONAL if values["outcome"] == Outcome.SUCCESS else _WARNING
    values = {"id": values["id"], "tenant": company_code, **values}
    names = (_hostname(), _app_name(), "-", _name(values["action"], _MSGID_LENGTH), "-")
    head = f"<{_FACILITY * 8 + severity}>1 {values['at']} {' '.join(names)} "
    message = head.encode("ascii") + as_json(values)
    return b"%d %b" % (len(message), message)


def _hostname() -> str:
    return _name(urlsplit(settings.PUBLIC_URL).hostname or "", 255)


def _app_name() -> str:
    return _name(settings.PRODUCT_NAME, 48)


def _name(text: str, length: int) -> str:
    """Printable ASCII without blanks, which is what names in the head of a message may consist of."""
    return "".join(char for char in text if "!" <= char <= "~")[:length] or "-"
