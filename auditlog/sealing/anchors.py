"""The anchor store: every head as an object that is written once, away from the database (G7).

Whoever owns the database can rewrite it to its beginning. They can neither sign a head nor take one back from here.
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auditlog.sealing.errors import AnchorDamaged, RolledBack
from auditlog.sealing.keys import is_signed, published_keys
from auditlog.sealing.models import Head, Segment
from auditlog.sealing.statements import HEAD_FORMAT, NoStatement, hash_of, read
from vault.errors import ObjectExists, ObjectMissing
from vault.stores import anchor_store


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head as the store holds it. `closed` names the segments that came with it: tenant, number, hash."""

    head: Head
    closed: list[list[Any]]


def name_of(number: int) -> str:
    """The object of a head; ten thousand, about a week, to a folder."""
    return f"heads/{number // 10_000:08d}/{number:012d}.json"


def closed_by(segments: list[Segment]) -> list[list[Any]]:
    """The segments of one head in the order in which its statement hashes them."""
    return sorted([str(segment.tenant_id), segment.seq, hash_of(segment.statement)] for segment in segments)


def exists(number: int) -> bool:
    """Whether the store holds a head of that number."""
    return anchor_store().exists(name_of(number))


def put(head: Head, segments: list[Segment]) -> None:
    """Write a head, once. Raises RolledBack when the store holds another one of that number, StoreUnavailable."""
    content = {
        "statement": head.statement,
        "key_id": head.key_id,
        "signature": base64.b64encode(head.signature).decode(),
        "closed": closed_by(segments),
    }
    try:
        anchor_store().put(name_of(head.number), json.dumps(content, indent=1).encode())
    except ObjectExists as error:
        if fetch(head.number).head.statement != head.statement:
            raise RolledBack(head.number - 1) from error


def fetch(number: int) -> Anchor:
    """A head out of the store. Raises ObjectMissing, StoreUnavailable; AnchorDamaged when we did not sign it."""
    with anchor_store().open(name_of(number)) as reader:
        content = reader.read()
    try:
        found = json.loads(content)
        statement = read(found["statement"], HEAD_FORMAT)
        signature = base64.b64decode(found["signature"])
        head = Head(
            number=statement["number"],
            at=datetime.fromisoformat(statement["at"]),
            statement=found["statement"],
            key_id=found["key_id"],
            signature=signature,
        )
        closed = list(found["closed"])
    except (ValueError, KeyError, TypeError, NoStatement) as error:
        raise AnchorDamaged(number) from error
    if head.number != number or not is_signed(head.statement, head.key_id, signature):
        raise AnchorDamaged(number)
    return Anchor(head, closed)


def newest_anchored(known: int) -> int:
    """The number of the newest head in the store that is not newer than the newest known one; 0 when there is none."""
    while known and not exists(known):
        known -= 1
    return known


def put_keys() -> None:
    """Write the public keys beside the heads, whenever there is a new one."""
    keys = published_keys()
    name = f"keys/{len(keys['keys']):04d}.json"
    try:
        anchor_store().info(name)
    except ObjectMissing:
        try:
            anchor_store().put(name, json.dumps(keys, indent=1).encode())
        except ObjectExists:
            return  # another sealer was first; the list is the same
