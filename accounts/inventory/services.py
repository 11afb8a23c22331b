"""Starting, deciding, carrying out, completing (A12). A completed review is never changed again."""

import hashlib
import json
from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.inventory import queries
from accounts.inventory.actions import (
    REVIEW_ABANDONED,
    REVIEW_CARRIED_OUT,
    REVIEW_COMPLETED,
    REVIEW_DECIDED,
    REVIEW_STARTED,
    SCHEDULE_CHANGED,
)
from accounts.inventory.models import AccountReview, Decision, InventorySchedule, ReviewedAccount, ReviewState
from accounts.inventory.snapshot import take_snapshot
from accounts.people.removal import remove_user
from auditlog.actors import Actor
from auditlog.services import record
from tenants.isolation.transactions import atomic, take_turns

DAYS_TO_COMPLETE = 30


@atomic()
def start_review(*, name: str, due_on: date | None = None, actor: Actor) -> AccountReview:
    """Begin a review of every account as it is now. Raises ValidationError while another one is in progress."""
    take_turns("accounts.inventory")
    if queries.open_review() is not None:
        raise ValidationError(_("An inventory is in progress already. Complete it first."), code="open")
    due_on = due_on or timezone.localdate() + timedelta(days=DAYS_TO_COMPLETE)
    review = AccountReview(name=name.strip(), due_on=due_on, started_by_name=actor.name)
    review.full_clean(exclude=["completed_at", "reminded_at"])
    review.save(force_insert=True)
    count = take_snapshot(review)
    record(REVIEW_STARTED, actor=actor, target=review, after={"accounts": count, "due_on": due_on.isoformat()})
    return review


@atomic()
def decide(review: AccountReview, keys: Collection[UUID], *, decision: str, comment: str = "", actor: Actor) -> int:
    """Decide the same about these accounts; returns about how many.

    An own account may be among them, but the review cannot be completed before somebody else has decided about it.
    Raises ValidationError for a completed review, an unknown decision, and for a change without a comment.
    """
    _ensure_open(review)
    if decision not in Decision.values:
        raise ValidationError(_("Choose a decision."), code="decision")
    comment = comment.strip()
    if decision == Decision.CHANGE and not comment:
        raise ValidationError(_("Say in the comment what is to be changed."), code="comment")
    _ensure_fits(ReviewedAccount, "comment", comment)
    accounts = queries.chosen(review, keys)
    if not accounts:
        raise ValidationError(_("Choose at least one account."), code="none")
    now = timezone.now()
    for account in accounts:
        if account.carried_out_at is not None:
            message = _("The decision about %(account)s was carried out already.")
            raise ValidationError(message, code="done", params={"account": account})
        account.decision, account.comment = decision, comment
        account.decided_at, account.decided_by_key, account.decided_by_name = now, actor.id, actor.name
    fields = ["decision", "comment", "decided_at", "decided_by_key", "decided_by_name"]
    ReviewedAccount.objects.bulk_update(accounts, fields, batch_size=500)
    users = [account.user_id for account in accounts]
    record(REVIEW_DECIDED, actor=actor, target=review, after={"decision": decision, "comment": comment, "users": users})
    return len(accounts)


@atomic()
def carry_out(account: ReviewedAccount, *, actor: Actor) -> None:
    """Remove the account, as was decided, or note that its rights were changed.

    Raises ValidationError where there is nothing to do, where the owner alone decided, or as `remove_user` does.
    """
    _ensure_open(account.review)
    if not account.is_outstanding:
        raise ValidationError(_("There is nothing to carry out."), code="nothing")
    if account.is_own_decision:
        raise ValidationError(_("Somebody else has to decide about this account first."), code="own")
    user = queries.account_still_there(account)
    if account.decision == Decision.REMOVE and user is not None:
        remove_user(user, actor=actor)
    account.carried_out_at = timezone.now()
    account.save(update_fields=["carried_out_at"])
    after = {"user": account.user_id, "decision": account.decision}
    record(REVIEW_CARRIED_OUT, actor=actor, target=account.review, after=after)


@atomic()
def complete_review(review: AccountReview, *, remark: str = "", actor: Actor) -> None:
    """Close the review for good. Raises ValidationError while something is undecided, or decided by its owner alone.

    A sole administrator has nobody else to ask; the report then shows which decision was their own.
    """
    _ensure_open(review)
    progress = queries.progress_of(review)
    if progress.undecided:
        raise ValidationError(_("Decide about every account first."), code="undecided")
    own = queries.accounts_of(review, show="own")
    if any(account.decided_by_key and queries.others_who_may_decide(account.decided_by_key) for account in own):
        raise ValidationError(_("Somebody else has to decide about those who decided about themselves."), code="own")
    review.state, review.remark = ReviewState.COMPLETED, remark.strip()
    review.completed_at, review.completed_by_name = timezone.now(), actor.name
    review.digest = digest_of(review)
    _ensure_fits(AccountReview, "remark", review.remark)
    review.save()
    after = {"accounts": progress.total, "outstanding": progress.outstanding, "own": progress.own}
    record(REVIEW_COMPLETED, actor=actor, target=review, after=after | {"sha256": review.digest})


@atomic()
def abandon_review(review: AccountReview, *, actor: Actor) -> None:
    """Delete a review in progress, which was begun by mistake; the audit log keeps what was decided in it."""
    _ensure_open(review)
    progress = queries.progress_of(review)
    record(REVIEW_ABANDONED, actor=actor, target=review, before={"decided": progress.decided, "total": progress.total})
    review.delete()


@atomic()
def change_schedule(*, months: int, actor: Actor) -> InventorySchedule:
    """Decide how often a review is due. Raises ValidationError for a number out of bounds."""
    take_turns("accounts.inventory")
    schedule = queries.schedule()
    before, schedule.months = schedule.months, months
    schedule.full_clean(validate_unique=False, validate_constraints=False, exclude=["reminded_at"])
    if months != before:
        schedule.save()
        record(SCHEDULE_CHANGED, actor=actor, target=schedule, before={"months": before}, after={"months": months})
    return schedule


def digest_of(review: AccountReview) -> str:
    """The SHA-256 of everything in the review, by which a later change would show."""
    shown = [review.name, review.started_at, review.completed_at, review.completed_by_name, review.remark]
    columns = [field.attname for field in ReviewedAccount._meta.concrete_fields if field.attname != "tenant_id"]
    rows = ReviewedAccount.objects.filter(review=review).order_by("user_id", "id").values_list(*columns)
    sha256 = hashlib.sha256(json.dumps(shown, default=str).encode())
    for row in rows.iterator():
        sha256.update(json.dumps(row, default=str, ensure_ascii=False).encode())
    return sha256.hexdigest()


def _ensure_fits(model: type[models.Model], name: str, text: str) -> None:
    try:
        model._meta.get_field(name).run_validators(text)  # type: ignore[union-attr]  # a field with a column
    except ValidationError as error:
        raise ValidationError({name: error.messages}) from error


def _ensure_open(review: AccountReview) -> None:
    if not review.is_open:
        raise ValidationError(_("This inventory is completed and cannot be changed."), code="completed")
