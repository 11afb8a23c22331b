"""Reports of mails that could not be delivered (RFC 3464), as a mail server pipes them in. Anybody may write one.

So a report counts only if it names one of our mails, by a Message-ID that nobody can guess, and the address that this
mail went to.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser, HeaderParser
from typing import Any

MOST_BYTES = 5 * 1024 * 1024
_REASON = 500


class ReportRefusedError(Exception):
    """It is no report of one of our mails; the text says why."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A mail that did not arrive: which one, the addresses that the report names for it, and the reason it gives."""

    message_id: str
    addresses: frozenset[str]
    reason: str


def read_report(raw: bytes) -> Failure | None:
    """What a report says; None where nothing failed for good: a delay, or that a mail was delivered.

    Raises ReportRefusedError for anything that is no report, or none of a mail.
    """
    if len(raw) > MOST_BYTES:
        raise ReportRefusedError(f"It is longer than {MOST_BYTES} bytes.")
    # The old policy takes headers as they are: the newer one raises errors of many kinds at forged ones.
    report: Message = BytesParser(policy=policy.compat32).parsebytes(raw)
    parts = report.get_payload()
    if report.get_content_type() != "multipart/report" or not isinstance(parts, list) or len(parts) < 2:
        raise ReportRefusedError("It is no delivery report (multipart/report, RFC 3464).")
    status: Any = next((part for part in parts if _type(part) == "message/delivery-status"), None)
    if status is None:
        raise ReportRefusedError("It says nothing about a delivery (message/delivery-status is missing).")
    failed = [block for block in _blocks(status) if _word(block, "Action") == "failed"]
    if not failed:
        return None
    message_id = _message_id(parts)
    if not message_id:
        raise ReportRefusedError("It does not say which mail it is about (no Message-ID of the original).")
    addresses = frozenset(address for block in failed for address in _addresses(block))
    return Failure(message_id, addresses, _reason(failed[0]))


def _type(part: object) -> str:
    return part.get_content_type() if isinstance(part, Message) else ""


def _blocks(status: Message) -> Iterator[Message]:
    """The fields about the message, then those about each recipient."""
    payload = status.get_payload()
    for block in payload if isinstance(payload, list) else ():
        if isinstance(block, Message):
            yield block


def _message_id(parts: list[Any]) -> str:
    """That of the mail that comes back, whole or with its headers alone."""
    for part in parts:
        if not isinstance(part, Message):
            continue
        payload = part.get_payload()
        if _type(part) == "message/rfc822" and isinstance(payload, list) and isinstance(payload[0], Message):
            return _text(payload[0], "Message-ID")
        if _type(part) == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            headers = content.decode("ascii", "replace") if isinstance(content, bytes) else ""
            return _text(HeaderParser().parsestr(headers), "Message-ID")
    return ""


def _addresses(block: Message) -> Iterator[str]:
    for name in ("Original-Recipient", "Final-Recipient"):
        address = _text(block, name).partition(";")[2].strip().strip("<>")
        if address:
            yield address.casefold()


def _reason(block: Message) -> str:
    words = (_text(block, "Status"), _text(block, "Diagnostic-Code").partition(";")[2].strip())
    return " ".join(filter(None, words))[:_REASON]


def _word(block: Message, name: str) -> str:
    return _text(block, name).casefold()


def _text(block: Message, name: str) -> str:
    """A header as one line of printable text."""
    text = " ".join(str(block.get(name, "")).split())
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
