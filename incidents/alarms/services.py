"""Raising an alarm: one row in the transaction of what it is about, from which a worker tells people (N9)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError

from accounts.menus import BY_CODE, Audience
from auditlog.actors import Actor
from auditlog.services import record
from incidents.alarms.actions import ALARM_RAISED
from incidents.alarms.models import Alarm
from tenants.isolation.context import current_tenant_id, tenant_scope
from tenants.isolation.directory import provider_company
from tenants.isolation.tasks import queue_on_commit
from tenants.isolation.transactions import atomic, platform_transaction


def raise_alarm(
    key: str,
    *,
    menu: str,
    subject_ja: str,
    subject_en: str,
    body_ja: str,
    body_en: str,
    link: str,
    actor: Actor,
) -> bool:
    """Have every operator told whose roles grant the menu, by mail and in the chats; whether this is the first time.

    A second alarm of the same `key` (at most 200 characters) is none, so that jobs may come again. Call it in the
    transaction of what it is about: a company's, or the platform's. Without any it opens one of the platform. `link` is
    a path as `reverse()` makes it. Recorded in the log of the tenant in scope, or the provider's.
    """
    if BY_CODE[menu].audience is not Audience.OPERATOR:
        raise ValueError(f"{menu} is no menu of operators.")
    alarm = Alarm(
        key=key,
        tenant_id=current_tenant_id(),
        menu=menu,
        subject_ja=subject_ja[:200],
        subject_en=subject_en[:200],
        body_ja=body_ja,
        body_en=body_en,
        link=link,
    )
    try:
        with within_a_log():
            alarm.save(force_insert=True)
            record(ALARM_RAISED, actor=actor, target=alarm, after={"key": key, "menu": menu})
            queue_on_commit("incidents.alarms.tasks.deliver_alarms")
    except IntegrityError as error:
        if "alarms_alarm_key" not in str(error):
            raise
        return False
    return True


@contextmanager
def within_a_log() -> Iterator[None]:
    """The transaction that is open, with a log to record in: that of the tenant in scope, or the provider's.

    Without any it opens one of the platform. Raises RuntimeError on a fresh installation, which has no provider.
    """
    if current_tenant_id() is not None:
        with atomic():
            yield
        return
    provider = provider_company()
    if provider is None:
        raise RuntimeError("There is no provider yet in whose log it could be recorded.")
    with platform_transaction(), tenant_scope(provider.tenant_id):
        yield
