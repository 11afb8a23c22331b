"""Jobs that keep the audit log for as long as it is to be kept, and no longer (G5)."""

from uuid import UUID
from zoneinfo import ZoneInfo

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.staff.queries import operators
from auditlog.actors import Actor
from auditlog.retention import expiry, relocating, upkeep
from auditlog.retention.models import Problem
from auditlog.retention.queries import tenants_to_relocate, untold_problem
from tenants.isolation.context import require_tenant_id, tenant_scope
from tenants.isolation.tasks import platform_task
from tenants.isolation.transactions import atomic
from tenants.queries import provider_scope

_JOB = Actor.system("audit log")


@platform_task
def drop_expired_partitions() -> None:
    """Drop the partitions whose time is over; one that is being read goes at the next run."""
    with provider_scope():
        expiry.drop_expired(actor=_JOB)


@platform_task
def watch_partitions() -> None:
    """Notice what is missing or overdue, and have operators told of it once."""
    with provider_scope():
        for problem in upkeep.look_after(actor=_JOB):
            tell_of_problem.delay(str(problem.id))


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def tell_of_problem(problem_key: str) -> None:
    """Mail every operator. Queued again while nobody was told, it mails once."""
    problem = untold_problem(UUID(problem_key))
    if problem is None:
        return
    with atomic():
        people = list(operators())
    for person in people:
        _mail(person, problem)
    upkeep.note_told(problem.id)


@shared_task
def relocate_events() -> None:
    """Take the company's earlier events to its retention class."""
    relocating.relocate(require_tenant_id(), actor=_JOB)


@platform_task
def go_on_relocating() -> None:
    """Begin again wherever events are still on their way."""
    for tenant_id in tenants_to_relocate():
        with tenant_scope(tenant_id):
            relocate_events.delay()


def _mail(person: User, problem: Problem) -> None:
    context = {"person": person, "problem": problem, "link": settings.PUBLIC_URL + reverse("operator:audit_retention")}
    with translation.override(person.language or "ja"), timezone.override(ZoneInfo(person.time_zone)):
        subject = _("Audit log: %(problem)s") % {"problem": problem}
        message = render_to_string("auditlog/retention/problem.txt", context)
        send_mail(subject=subject, message=message, from_email=None, recipient_list=[person.email])
