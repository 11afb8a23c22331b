"""The picture of every account: state, last use, rights, second factors, single sign-on (A12); a query for each."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from accounts.factors.kinds import kinds
from accounts.inventory.models import AccountReview, ReviewedAccount
from accounts.models import Session, User, UserRole
from accounts.sso.models import ExternalIdentity

_BATCH = 1000


def take_snapshot(review: AccountReview) -> int:
    """Write down every account of the tenant as it is now; returns how many. A part of starting a review."""
    return len(ReviewedAccount.objects.bulk_create(_accounts(review), batch_size=_BATCH))


def _accounts(review: AccountReview) -> Iterator[ReviewedAccount]:
    roles, menus = _rights()
    factors, last_uses = _factors(), _last_uses()
    linked = set(ExternalIdentity.objects.values_list("user_id", flat=True))
    for user in User.objects.order_by("user_id").iterator():
        uses = [moment for moment in (user.last_login, last_uses.get(user.id)) if moment]
        yield ReviewedAccount(
            review=review,
            account_key=user.id,
            user_id=user.user_id,
            name=user.name,
            state=user.state,
            registered_at=user.created_at,
            last_used_at=max(uses, default=None),
            roles=sorted(roles[user.id]),
            menus=sorted(menus[user.id]),
            factors=factors[user.id],
            has_sso=user.id in linked,
        )


def _rights() -> tuple[dict[UUID, set[str]], dict[UUID, set[str]]]:
    roles: dict[UUID, set[str]] = defaultdict(set)
    menus: dict[UUID, set[str]] = defaultdict(set)
    for grant in UserRole.objects.select_related("role").iterator():
        roles[grant.user_id].add(grant.role.recorded_name)
        menus[grant.user_id] |= set(grant.role.menus)
    return roles, menus


def _factors() -> dict[UUID, list[str]]:
    """The codes of the kinds of second factor that each user has."""
    found: dict[UUID, list[str]] = defaultdict(list)
    for kind in kinds():
        if kind.is_factor:
            for key in set(kind.devices().values_list("user_id", flat=True)):
                found[key].append(kind.code)
    return found


def _last_uses() -> dict[UUID, datetime]:
    """When each user was last seen in a session that is still remembered."""
    newest = Session.objects.order_by("user_id", "-last_used_at").distinct("user_id")
    return dict(newest.values_list("user_id", "last_used_at"))
