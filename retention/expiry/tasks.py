"""Expiry by the clock and by the button, and the watch over it (R6)."""

from zoneinfo import ZoneInfo

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from accounts.models import User
from accounts.queries import active_holders_of
from auditlog.actors import Actor
from retention.expiry import queries, services, watching
from retention.expiry.errors import ExpiryRunning
from retention.expiry.models import RetentionProblem
from tenants.isolation.tasks import platform_task
from tenants.isolation.transactions import atomic
from tenants.queries import provider_scope

OPERATOR_MENU = "operator.retention"
_JOB = Actor.system("retention")


@platform_task
def expire() -> None:
    """Remove what is past its period, every night; one that died is gone on with."""
    with provider_scope():
        services.run(actor=_JOB)


@shared_task(autoretry_for=(ExpiryRunning,), retry_backoff=60, max_retries=5)
def expire_now(dry_run: bool, ordered_by: str) -> None:
    """Do it because an operator asked for it; in the provider's scope."""
    services.run(actor=Actor(_JOB.kind, _JOB.user_id, ordered_by), dry_run=dry_run)


@platform_task
def watch_expiry() -> None:
    """Notice every hour what is wrong with retention, and have operators told of it once."""
    with provider_scope():
        if watching.look_after(actor=_JOB):
            tell_of_problems.delay()


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def tell_of_problems() -> None:
    """Mail every operator all that nobody was told of yet. Queued again, it mails once."""
    problems = queries.untold_problems()
    if not problems:
        return
    with atomic():
        people = list(active_holders_of(OPERATOR_MENU))
    for person in people:
        _mail(person, problems)
    watching.note_told([problem.id for problem in problems])


def _mail(person: User, problems: list[RetentionProblem]) -> None:
    context = {
        "person": person,
        "problems": problems,
        "link": settings.PUBLIC_URL + reverse("operator:retention"),
    }
    with translation.override(person.language or "ja"), timezone.override(ZoneInfo(person.time_zone)):
        subject = ngettext("Retention: %(count)d problem", "Retention: %(count)d problems", len(problems))
        message = render_to_string("retention/mail/problems.txt", context)
        send_mail(
            subject=subject % {"count": len(problems)}, message=message, from_email=None, recipient_list=[person.email]
        )
