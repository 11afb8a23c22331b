"""What is signed: statements about segments and heads, as JSON with sorted keys and no blanks (docs/audit-proofs.md).

The text is kept as it was signed; its SHA-256 is what the next statement names, so that the chain needs no second
serialisation either.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from auditlog.sealing import merkle

SEGMENT_FORMAT = "sekisho-audit-segment-1"
HEAD_FORMAT = "sekisho-audit-head-1"
NOTHING = "0" * 64  # what the first of a chain names as the one before it

Statement = Mapping[str, Any]


class NoStatement(ValueError):  # noqa: N818 - it reads as the statement it is
    """The text is not a statement of the expected format."""


def written(statement: Statement) -> str:
    """The text to sign."""
    return json.dumps(statement, sort_keys=True, separators=(",", ":"))


def read(text: str, kind: str) -> dict[str, Any]:
    """A statement out of its text. Raises NoStatement."""
    try:
        statement = json.loads(text)
    except ValueError as error:
        raise NoStatement(text[:100]) from error
    if not isinstance(statement, dict) or statement.get("format") != kind:
        raise NoStatement(text[:100])
    return statement


def hash_of(text: str) -> str:
    """By which the next statement, and a head, names this one."""
    return sha256(text.encode()).hexdigest()


def moment(at: datetime) -> str:
    """A time in a statement: UTC with microseconds."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def head_leaf(tenant_id: UUID, seq: int, segment_hash: str) -> bytes:
    """What a head says of one tenant: this is its newest segment."""
    return tenant_id.bytes + seq.to_bytes(8) + bytes.fromhex(segment_hash)


def head_leaves(newest: Iterable[tuple[UUID, int, str]]) -> list[bytes]:
    """The leaf hashes of a head, by tenant, filled up with empty leaves to a power of two.

    Filled up, because the proof for one tenant shows the size of the tree: it need not tell how many others there are.
    """
    leaves = [merkle.leaf_hash(head_leaf(*row)) for row in sorted(newest)]
    size = 1
    while size < len(leaves):
        size *= 2
    return leaves + [merkle.leaf_hash(b"")] * (size - len(leaves))
