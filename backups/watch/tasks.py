"""The watch over backups, every hour (B5)."""

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
from backups.watch import services
from backups.watch.queries import NamedProblem, untold_problems
from tenants.isolation.tasks import platform_task
from tenants.isolation.transactions import atomic
from tenants.queries import provider_scope

OPERATOR_MENU = "operator.backups"
_JOB = Actor.system("backups")
_LISTED = 50  # a store that is away concerns everybody: the mail names some and counts the others


@platform_task
def watch_backups() -> None:
    """Notice what is wrong with backups, and have operators told of it once."""
    with provider_scope():
        if services.look_after(actor=_JOB):
            tell_of_problems.delay()


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def tell_of_problems() -> None:
    """Mail every operator all that nobody was told of yet. Queued again, it mails once."""
    problems = untold_problems()
    if not problems:
        return
    with atomic():
        people = list(active_holders_of(OPERATOR_MENU))
    for person in people:
        _mail(person, problems)
    services.note_told([each.problem.id for each in problems])


def _mail(person: User, problems: list[NamedProblem]) -> None:
    context = {
        "person": person,
        "problems": problems[:_LISTED],
        "more": max(0, len(problems) - _LISTED),
        "link": settings.PUBLIC_URL + reverse("operator:backups"),
    }
    with translation.override(person.language or "ja"), timezone.override(ZoneInfo(person.time_zone)):
        subject = ngettext("Backups: %(count)d problem", "Backups: %(count)d problems", len(problems))
        message = render_to_string("backups/watch/problems.txt", context)
        send_mail(
            subject=subject % {"count": len(problems)}, message=message, from_email=None, recipient_list=[person.email]
        )
