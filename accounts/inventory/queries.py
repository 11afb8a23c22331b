"""Reads of account inventories."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet

from accounts.inventory.models import AccountReview, Decision, InventorySchedule, ReviewedAccount, ReviewState
from accounts.models import User
from accounts.queries import active_holders_of

MENU = "console.inventory"
UNUSED_DAYS = 90

_DECIDED = ~Q(decision="")
_OWN = _DECIDED & Q(decided_by_key=F("account_key"))
_OUTSTANDING = Q(decision__in=[Decision.CHANGE, Decision.REMOVE], carried_out_at=None)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a review is, in accounts."""

    total: int
    decided: int
    own: int
    outstanding: int

    @property
    def undecided(self) -> int:
        """How many accounts nobody has decided about."""
        return self.total - self.decided


def reviews() -> QuerySet[AccountReview]:
    """Every review with its numbers, newest first."""
    return AccountReview.objects.annotate(
        total=Count("accounts"), decided=Count("accounts", filter=~Q(accounts__decision=""))
    ).order_by("-started_at", "-id")


def find_review(key: UUID) -> AccountReview | None:
    """The review of that key in this tenant."""
    return AccountReview.objects.filter(id=key).first()


def review_for_change(key: UUID) -> AccountReview | None:
    """The same, locked until the transaction ends: decisions and completion wait for one another."""
    return AccountReview.objects.select_for_update().filter(id=key).first()


def open_review() -> AccountReview | None:
    """The review in progress."""
    return AccountReview.objects.filter(state=ReviewState.OPEN).first()


def last_completed() -> AccountReview | None:
    """The review that was completed last."""
    return AccountReview.objects.filter(state=ReviewState.COMPLETED).order_by("-completed_at").first()


def schedule() -> InventorySchedule:
    """How often a review is due; the default, unsaved, where nothing was chosen."""
    return InventorySchedule.objects.first() or InventorySchedule()


def first_registration() -> datetime | None:
    """When the first account of the tenant was registered: from then on the first review is counted."""
    found: datetime | None = User.objects.aggregate(first=Min("created_at"))["first"]
    return found


def progress_of(review: AccountReview) -> Progress:
    """The numbers of a review, in one query."""
    return Progress(
        **ReviewedAccount.objects.filter(review=review).aggregate(
            total=Count("id"),
            decided=Count("id", filter=_DECIDED),
            own=Count("id", filter=_OWN),
            outstanding=Count("id", filter=_OUTSTANDING),
        )
    )


def accounts_of(review: AccountReview, *, show: str = "", search: str = "") -> QuerySet[ReviewedAccount]:
    """The accounts of a review, narrowed: undecided, own, outstanding, unused, administrators, or a decision."""
    found = ReviewedAccount.objects.filter(review=review).order_by("user_id")
    if search:
        found = found.filter(Q(user_id__icontains=search) | Q(name__icontains=search))
    long_ago = review.started_at - timedelta(days=UNUSED_DAYS)
    filters = {
        "undecided": Q(decision=""),
        "own": _OWN,
        "outstanding": _OUTSTANDING,
        "unused": Q(last_used_at=None) | Q(last_used_at__lt=long_ago),
        "administrators": Q(menus__contains=["console.users"]),
        **{code: Q(decision=code) for code in Decision.values},
    }
    return found.filter(filters[show]) if show in filters else found


def chosen(review: AccountReview, keys: Collection[UUID]) -> list[ReviewedAccount]:
    """The accounts of these keys in a review, locked."""
    return list(ReviewedAccount.objects.select_for_update().filter(review=review, id__in=keys).order_by("user_id"))


def account_still_there(account: ReviewedAccount) -> User | None:
    """The account itself, locked; None when it was removed since."""
    return User.objects.select_for_update().filter(id=account.account_key).first()


def others_who_may_decide(key: UUID) -> bool:
    """Whether somebody besides this person can look at their decisions."""
    return active_holders_of(MENU).exclude(id=key).exists()
