"""What a verification can find. The codes are stable: scripts and the trust page refer to them (G7)."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class FindingKind(StrEnum):
    """What is wrong, as a code."""

    # Heads and their anchors
    NEVER_SEALED = "never_sealed"
    SEALER_STOPPED = "sealer_stopped"
    HEAD_MISSING = "head_missing"
    HEAD_FORGED = "head_forged"
    ROLLED_BACK = "rolled_back"
    NOT_ANCHORED = "not_anchored"
    ANCHOR_FORGED = "anchor_forged"
    SEGMENTS_DIFFER = "segments_differ"
    # The chain of a tenant
    SEGMENT_MISSING = "segment_missing"
    SEGMENT_FORGED = "segment_forged"
    LEAVES_MISSING = "leaves_missing"
    LEAVES_CHANGED = "leaves_changed"
    # Events
    EVENT_CHANGED = "event_changed"
    EVENT_MISSING = "event_missing"
    EVENT_INSERTED = "event_inserted"
    EVENT_MOVED = "event_moved"


@dataclass(frozen=True, slots=True)
class Finding:
    """The first broken place: of heads, or of the log of one tenant."""

    kind: FindingKind
    text: str
    tenant_id: UUID | None = None

    def __str__(self) -> str:
        return f"{self.text} [{self.kind}]"


class Broken(Exception):  # noqa: N818 - it reads as the statement it is
    """A verification ends at the first broken place."""

    def __init__(self, kind: FindingKind, text: str) -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text

    def finding(self, tenant_id: UUID | None = None) -> Finding:
        """As a value."""
        return Finding(self.kind, self.text, tenant_id)
