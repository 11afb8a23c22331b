"""The daily digest: to operators always, to administrators when there is something, to everybody once (G9)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.actions import LOGIN_FAILED
from accounts.menus import ADMINISTRATOR
from accounts.models import User, UserState
from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.services import record
from auditlog.watching import digests, queries, tasks
from auditlog.watching.models import DigestMail
from config.business_hours import ZONE
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.auditlog.watching.conftest import look
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


@pytest.fixture(autouse=True)
def midday() -> Iterator[None]:
    """It is noon: a digest belongs to its day, and late in the evening "an hour later" would be another one."""
    noon = timezone.localtime(timezone=ZONE).replace(hour=12, minute=0)
    with time_machine.travel(noon, tick=True):
        yield


def notice(tenant: Tenant, *user_ids: str) -> None:
    """Let something be noticed about each of these."""
    with tenant_transaction(tenant.id):
        for user_id in user_ids:
            for _each in range(10):
                record(LOGIN_FAILED, actor=Actor.anyone(user_id), outcome=Outcome.FAILURE)
    look(tenant)


def send_later(**later: float) -> None:
    """Run the job so much later."""
    with time_machine.travel(timezone.now() + timedelta(**later)):
        tasks.send_digests.delay()


def recipients() -> list[str]:
    """To whom mails went, sorted."""
    return sorted(address for message in mail.outbox for address in message.to)


def test_operators_are_told_that_there_was_nothing(cast: Cast) -> None:
    """G9: silence would mean nothing; companies hear nothing."""
    tasks.send_digests.delay()
    assert recipients() == ["olga@provider.example"]
    assert mail.outbox[0].subject == "Unusual behaviour: none"
    assert "Nothing unusual was noticed." in mail.outbox[0].body
    assert "/operator/watch/" in mail.outbox[0].body


def test_who_is_told_of_what(cast: Cast) -> None:
    """G9, T1: operators numbers of every company, administrators those of their own; nobody a name of a person."""
    make_person(cast.admin.tenant, "second", ADMINISTRATOR, language="ja")
    make_person(cast.admin.tenant, "gone", ADMINISTRATOR, state=UserState.SUSPENDED)
    notice(cast.admin.tenant, "erin", "rob")
    send_later(minutes=6)
    assert recipients() == ["alice@acme.example", "olga@provider.example", "second@acme.example"]
    bodies = {message.to[0]: str(message.body) for message in mail.outbox}
    assert "- Many failed log-ins of one user: 2" in bodies["olga@provider.example"]
    assert "- ACME Acme Trading: 2" in bodies["olga@provider.example"]
    assert "- Many failed log-ins of one user: 2" in bodies["alice@acme.example"]
    assert "/console/audit/watch/" in bodies["alice@acme.example"]
    assert "- 同じユーザーIDでの多数のログイン失敗：2" in bodies["second@acme.example"].replace(": ", "：")
    assert "erin" not in "".join(bodies.values()).lower()


def test_everybody_gets_it_once_a_day(cast: Cast) -> None:
    """G9: however often the job runs; the next day tells of what came since."""
    notice(cast.admin.tenant, "erin")
    morning = timezone.now().astimezone(ZONE).replace(hour=8, minute=30) + timedelta(days=1)
    for later in (timedelta(), timedelta(hours=1), timedelta(hours=1)):
        with time_machine.travel(morning + later):
            tasks.send_digests.delay()
    assert recipients() == ["alice@acme.example", "olga@provider.example"]
    mail.outbox.clear()
    with time_machine.travel(morning + timedelta(days=1)):
        tasks.send_digests.delay()
    assert recipients() == ["olga@provider.example"]
    assert mail.outbox[0].subject == "Unusual behaviour: none"


def test_a_job_that_is_killed_goes_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """G9: whoever was missed is told by the next run, whoever was told is not told again."""
    make_person(cast.admin.tenant, "second", ADMINISTRATOR)
    notice(cast.admin.tenant, "erin")
    send = EmailMessage.send

    def die_at_second(message: EmailMessage, fail_silently: bool = False) -> int:
        if message.to == ["second@acme.example"]:
            raise KeyboardInterrupt
        return send(message, fail_silently)

    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", die_at_second)
        with pytest.raises(KeyboardInterrupt):
            send_later(minutes=6)
    assert "second@acme.example" not in recipients()
    send_later(minutes=70)
    assert recipients() == ["alice@acme.example", "olga@provider.example", "second@acme.example"]


def test_no_time_is_left_out(cast: Cast) -> None:
    """G9: a digest begins where the one before ended, also after days without any."""
    start = datetime(2026, 11, 20, 8, 30, tzinfo=ZONE)
    first, again = digests.digest_for(start), digests.digest_for(start + timedelta(hours=3))
    later = digests.digest_for(start + timedelta(days=3))
    assert again.id == first.id
    assert (first.since, first.until) == (
        start - timedelta(days=1, minutes=5),
        start - timedelta(minutes=5),
    )
    assert (later.since, later.until) == (first.until, start + timedelta(days=3, minutes=-5))
    newest = queries.newest_digest()
    assert newest is not None
    assert newest.id == later.id


def test_the_name_of_a_mail_is_the_same_when_it_is_sent_again(cast: Cast) -> None:
    """G9: a mail server that took it just before the job was killed shows it once."""
    tasks.send_digests.delay()
    with tenant_transaction(cast.operator.tenant.id):
        DigestMail.objects.all().delete()
    tasks.send_digests.delay()
    first, second = (message.extra_headers["Message-ID"] for message in mail.outbox)
    assert first == second


def test_somebody_who_left_is_not_told(cast: Cast) -> None:
    """G9: whoever was suspended between the list and the mail."""
    digest = digests.digest_for(timezone.now())
    with tenant_transaction(cast.operator.tenant.id):
        User.objects.filter(id=cast.operator.user.id).update(state=UserState.SUSPENDED)
        assert not tasks.send_digest(str(cast.operator.user.id), digest.day.isoformat())
    assert recipients() == []
