"""Notices: who can read what and from when on, and what the logs say of it (N1, N6, N7)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.utils import timezone

from auditlog.actors import Actor
from auditlog.models import AuditEvent
from incidents.notices import services
from incidents.notices.models import Kind, Notice, NoticeState
from incidents.notices.queries import (
    find_notice,
    find_notice_for,
    find_public_notice,
    notices_for,
    notices_of,
    public_notices,
    receipts_of,
    unread_of,
)
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import Person
from tests.incidents.notices.conftest import Write, content

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
NOW = timezone.now().replace(microsecond=0)  # the audit log has partitions for these days
CLOCK = Actor.system("clock")


def seen_by(person: Person) -> list[str]:
    """The titles that somebody finds, newest first."""
    with tenant_transaction(person.tenant.id):
        return [notice.title_en for notice in notices_of(person.user)]


def read(person: Person, notice: Notice) -> bool:
    with tenant_transaction(person.tenant.id):
        found = find_notice_for(notice.id, person.user)
        return found is not None and services.mark_read(found, reader=person.user, actor=person.actor)


def events(tenant: Tenant) -> list[str]:
    with tenant_transaction(tenant.id):
        return list(
            AuditEvent.objects.filter(action__startswith="notices.").order_by("id").values_list("action", flat=True)
        )


def test_a_notice_reaches_its_companies_and_nobody_else(cast: Cast, publish: Write, draft: Write) -> None:
    """N7: others do not find it in lists, by its number, among unread ones, in feeds; nor in the table itself."""
    ours = publish(title_en="For Acme", tenant_ids=[cast.admin.tenant.id])
    theirs = publish(title_en="For Globex", tenant_ids=[cast.outsider.tenant.id])
    everybody = publish(title_en="For all", public=True)
    draft(title_en="Not yet")
    assert seen_by(cast.editor) == ["For all", "For Acme"]
    assert seen_by(cast.outsider) == ["For all", "For Globex"]
    assert [notice.id for notice in notices_for(cast.outsider.tenant.id)] == [everybody.id, theirs.id]
    assert [notice.id for notice in public_notices()] == [everybody.id]
    assert find_public_notice(ours.id) is None
    with tenant_transaction(cast.outsider.tenant.id):
        assert find_notice_for(ours.id, cast.outsider.user) is None
        assert [notice.id for notice in unread_of(cast.outsider.user)] == [everybody.id, theirs.id]
    with pytest.raises(DatabaseError, match="permission denied"), tenant_transaction(cast.outsider.tenant.id):
        Notice.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM notices_addressed('-infinity')")
        assert cursor.fetchone() == (0,)  # no tenant, no notice


def test_receipts_are_numbers_by_company(cast: Cast, publish: Write) -> None:
    """N7: operators see how many have read where, and only of the companies that it was for."""
    for_acme = publish(tenant_ids=[cast.admin.tenant.id])
    for_all = publish()
    assert [read(person, for_all) for person in (cast.admin, cast.editor, cast.outsider)] == [True, True, True]
    assert read(cast.editor, for_all) is False  # once
    assert read(cast.outsider, for_acme) is False
    shown = receipts_of(for_all)
    assert {receipt.tenant.company_code: receipt.readers for receipt in shown.page} == {
        "ACME": 2,
        "GLOBEX": 1,
        "PROVIDER": 0,
    }
    assert (shown.companies, shown.companies_read) == (3, 2)
    assert [(receipt.tenant.company_code, receipt.readers) for receipt in receipts_of(for_acme).page] == [("ACME", 0)]
    with tenant_transaction(cast.editor.tenant.id):
        assert [notice.id for notice in unread_of(cast.editor.user)] == [for_acme.id]
    assert events(cast.outsider.tenant) == ["notices.read"]
    assert events(cast.editor.tenant) == ["notices.read", "notices.read"]


def test_unread_begins_with_the_account(cast: Cast, publish: Write) -> None:
    """N7: whoever is new has the old ones in the list, and a bell that says nothing of them."""
    with time_machine.travel(timezone.now() - timedelta(days=1), tick=False):
        publish(title_en="Before")
    assert seen_by(cast.editor) == ["Before"]
    with tenant_transaction(cast.editor.tenant.id):
        assert unread_of(cast.editor.user) == []


def test_the_clock_publishes_once_and_not_too_early(cast: Cast, draft: Write, provider: Tenant) -> None:
    """N7: a scheduled notice appears in its minute; done again, and taken back, nothing more happens."""
    with time_machine.travel(NOW, tick=False) as clock:
        waiting, taken_back, discarded = draft(title_en="In an hour"), draft(title_en="Never"), draft()
        for notice in (waiting, taken_back, discarded):
            services.schedule_notice(notice, publish_at=NOW + timedelta(hours=1), actor=cast.operator.actor)
        services.schedule_notice(taken_back, publish_at=None, actor=cast.operator.actor)
        services.withdraw_notice(discarded, reason="Said elsewhere", actor=cast.operator.actor)
        assert services.publish_due(actor=CLOCK) == 0
        clock.shift(timedelta(hours=1))
        assert [services.publish_due(actor=CLOCK), services.publish_due(actor=CLOCK)] == [1, 0]
        assert seen_by(cast.editor) == ["In an hour"]
        published = find_notice(waiting.id)
        assert published is not None
        assert (published.published_at, published.published_by_name) == (NOW + timedelta(hours=1), CLOCK.name)
        again = services.publish_notice(published, actor=cast.operator.actor)
        assert again.published_by_name == CLOCK.name
        with pytest.raises(ValidationError, match="moment is over"):
            services.schedule_notice(taken_back, publish_at=NOW, actor=cast.operator.actor)
    assert events(provider).count("notices.published") == 1


def test_what_was_published_stays_as_it_is(cast: Cast, publish: Write) -> None:
    """N7: no other words, not even by SQL; taken back, its text is gone for readers, and it says so by its address."""
    notice = publish(public=True, urgent=True)
    with pytest.raises(ValidationError, match="can no longer be changed"):
        services.revise_notice(notice, content(title_ja="別件"), actor=cast.operator.actor)
    with pytest.raises(DatabaseError, match="stays as it is"), platform_transaction():
        Notice.objects.filter(id=notice.id).update(body_ja="別件")
    services.withdraw_notice(notice, reason="Wrong date", actor=cast.operator.actor)
    assert seen_by(cast.editor) == []
    assert public_notices() == []
    with tenant_transaction(cast.editor.tenant.id):
        found = find_notice_for(notice.id, cast.editor.user)
        assert found is not None
        assert found.state == NoticeState.WITHDRAWN
        assert unread_of(cast.editor.user) == []
    for late in (
        services.publish_notice,
        lambda notice, actor: services.withdraw_notice(notice, reason="x", actor=actor),
    ):
        with pytest.raises(ValidationError):
            late(notice, actor=cast.operator.actor)


@pytest.mark.parametrize(("kind", "days"), [(Kind.END_OF_SERVICE, 180), (Kind.HARMFUL_CHANGE, 30)])
def test_what_harms_is_announced_in_time_or_says_why_not(cast: Cast, draft: Write, kind: Kind, days: int) -> None:
    """N7: refused without a reason, at publication and when it is scheduled; with one, the companies read it."""
    with time_machine.travel(NOW, tick=False):
        in_time = draft(kind=kind, takes_effect_at=NOW + timedelta(days=days))
        services.publish_notice(in_time, actor=cast.operator.actor)
        late = draft(kind=kind, takes_effect_at=NOW + timedelta(days=days, seconds=-1))
        with pytest.raises(ValidationError, match=f"promised {days} days"):
            services.publish_notice(late, actor=cast.operator.actor)
        later = draft(kind=kind, takes_effect_at=NOW + timedelta(days=days))
        with pytest.raises(ValidationError, match=f"promised {days} days"):
            services.schedule_notice(later, publish_at=NOW + timedelta(minutes=1), actor=cast.operator.actor)
        explained = content(kind=kind, takes_effect_at=late.takes_effect_at, short_notice_ja="法令改正のため")
        services.publish_notice(
            services.revise_notice(late, explained, actor=cast.operator.actor), actor=cast.operator.actor
        )
    newest = notices_for(cast.editor.tenant.id)[0]
    assert (newest.id, newest.short_notice) == (late.id, "法令改正のため")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title_ja": " "}, "title_ja"),
        ({"body_ja": ""}, "body_ja"),
        ({"body_en": ""}, "title_en"),
        ({"tenant_ids": []}, "companies"),
        ({"kind": Kind.END_OF_SERVICE}, "takes_effect_at"),
    ],
)
def test_what_is_no_notice(cast: Cast, draft: Write, fields: dict[str, Any], wrong: str) -> None:
    """N7: Japanese is needed, English is both or nothing, and nobody is told of a date that is not there."""
    with pytest.raises(ValidationError) as refused:
        draft(**fields)
    assert list(refused.value.message_dict) == [wrong]


def test_the_public_is_told_only_what_all_are_told(cast: Cast, draft: Write) -> None:
    """N7: a notice to chosen companies never reaches the feeds, by the service or past it."""
    with pytest.raises(ValidationError, match="for all companies"):
        draft(public=True, tenant_ids=[cast.admin.tenant.id])
    chosen = draft(tenant_ids=[cast.admin.tenant.id])
    with pytest.raises(DatabaseError, match="notices_public_is_for_all"), platform_transaction():
        Notice.objects.filter(id=chosen.id).update(public=True)
