"""What a company may know: a copy for it of whatever is not sealed (R5). In the platform role's open transaction."""

from datetime import datetime
from uuid import UUID

from retention.holds.models import CompanyNotice, Extent, Hold, NoticeKind

_EXTENT = [field.name for field in Extent._meta.get_fields()]


def tell_of_hold(hold: Hold) -> None:
    """The company sees the hold from now on."""
    tell(NoticeKind.HOLD, hold.id, hold, hold.authority, hold.reference, hold.legal_ground, hold.placed_at)


def tell(
    kind: NoticeKind, key: UUID, extent: Extent, authority: str, reference: str, legal_ground: str, begun_at: datetime
) -> None:
    """Write the company's copy."""
    CompanyNotice(
        id=key,
        kind=kind,
        authority=authority,
        reference=reference,
        legal_ground=legal_ground,
        begun_at=begun_at,
        **{name: getattr(extent, name) for name in _EXTENT},
    ).save(force_insert=True)


def end_notice(key: UUID, at: datetime) -> None:
    """It is over; nothing happens where the company was never told."""
    CompanyNotice.objects.filter(id=key, ended_at=None).update(ended_at=at)
