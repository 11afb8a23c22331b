"""Jobs of mailings: begun when one is started, and gone on with every minute (N1, N2)."""

from uuid import UUID

from django.conf import settings
from django.utils import timezone

from auditlog.actors import Actor
from incidents.mailing import expanding, finishing, queries, sending
from tenants.isolation.tasks import platform_task
from tenants.queries import provider_scope

_JOB = Actor.system("mailing")


@platform_task
def go_on() -> int:
    """Queue the work on every mailing that has something to do; how many these are."""
    found = queries.open_mailings(timezone.now())
    for mailing_id in found:
        work_on.delay(str(mailing_id))
    return len(found)


@platform_task
def work_on(mailing_id: str) -> None:
    """Find out who is told, and have so many workers send. Called again at any time."""
    expanding.expand(UUID(mailing_id))
    for _each in range(settings.MAIL_CONNECTIONS):
        send_some.delay(mailing_id)


@platform_task
def send_some(mailing_id: str) -> int:
    """Send for a while, and let other work have the worker then; how many mails."""
    sent = sending.send(UUID(mailing_id))
    with provider_scope():
        finished = finishing.finish(UUID(mailing_id), actor=_JOB)
    if sent and not finished and queries.has_due(UUID(mailing_id), timezone.now()):
        send_some.delay(mailing_id)
    return sent
