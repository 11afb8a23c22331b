"""The line of an event: every recorded value in it, the same bytes each time, whatever the text is (G1, G7)."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import hypothesis.strategies as st
import pytest
from django.db import connections
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from psycopg import sql

from auditlog.models import AuditEvent
from auditlog.sealing import entries
from auditlog.sealing.canonical import LINE, SEPARATOR, TERM, copy_events, id_of, time_of
from auditlog.sealing.statements import moment
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.auditlog.conftest import write

pytestmark = pytest.mark.django_db

AWKWARD = "行1 \\N \\. \\x00 \"'`,;\t\r\n鬱🈁 \u2028 \ufffd \x01\x02\x7f \\u0000 $1 %s"
# What jsonb takes: no NUL, no lone surrogate.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)


def lines_of(event: AuditEvent, columns: str = LINE) -> list[bytes]:
    with tenant_transaction(event.tenant_id), connections["default"].cursor() as cursor:
        return list(copy_events(cursor, columns, sql.SQL("id = {}").format(sql.Literal(event.id))))


def content_of(event: AuditEvent) -> dict[str, Any]:
    (line,) = lines_of(event)
    content: dict[str, Any] = json.loads(line)
    return content


def test_every_value_is_in_the_line(acme: Tenant) -> None:
    """G1: as it was recorded, with the time in UTC to the microsecond, under the key of the tenant."""
    with tenant_transaction(acme.id):
        event = AuditEvent.objects.create(
            kind="data", action="documents.read", outcome="denied", actor_kind="user", actor_id=UUID(int=5),
            actor_user_id="erin", actor_name=AWKWARD, ip="2001:db8::1", user_agent="curl", session_id=UUID(int=6),
            request_id="r", target_type="documents.document", target_id="t", target_label=AWKWARD,
            before={"b": [AWKWARD]}, after={AWKWARD: 1.5},
        )  # fmt: skip
    content = content_of(event)
    fields = content.pop("fields")
    assert content == {
        "form": 1,
        "id": str(event.id),
        "at": moment(event.at),
        "tenant": str(acme.id),
        "salt": str(event.salt),
        "before": event.before,
        "after": event.after,
    }
    assert fields == {
        name: str(getattr(event, name))
        for name in ("kind", "action", "outcome", "actor_kind", "actor_id", "actor_user_id", "actor_name", "ip",
                     "user_agent", "session_id", "request_id", "target_type", "target_id", "target_label")
    }  # fmt: skip


def test_what_was_not_recorded_is_null(acme: Tenant) -> None:
    """G1: and not an empty text."""
    content = content_of(write(acme))
    assert (content["before"], content["after"]) == (None, None)
    assert [name for name, value in content["fields"].items() if value is None] == ["ip", "session_id"]


def test_a_line_is_found_by_position(acme: Tenant) -> None:
    """The key and the time are read without parsing."""
    for at in (timezone.now().replace(microsecond=0), timezone.now().replace(microsecond=7)):
        event = write(acme, at=at)
        (line,) = lines_of(event)
        assert (id_of(line), time_of(line)) == (event.id, moment(at))


@pytest.mark.parametrize(("chosen", "days"), [("d30", 30), ("d180", 180), ("y7", 2555)])
def test_the_day_of_expiry(acme: Tenant, chosen: str, days: int) -> None:
    """G5: the day in UTC, so many days later."""
    with tenant_transaction(acme.id):
        event = AuditEvent.objects.create(retention_class=chosen, kind="trace", actor_kind="system")
    (row,) = lines_of(event, f"{TERM}, {LINE}")
    term, line = row.split(SEPARATOR, 1)
    leaf = entries.pack(int(term), event.id.bytes, line)
    assert len(leaf) == entries.SIZE
    assert entries.read(leaf).id == event.id
    read = entries.read(leaf)
    assert (entries.day_of(read.day), read.days) == (event.at.date(), days)
    assert entries.day_of(read.expires) == event.at.date() + timedelta(days=days)
    assert entries.expiry_of(int(term)) == read.expires


@given(label=texts, name=texts, before=values, after=values)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_through_as_one_line(acme: Tenant, label: str, name: str, before: Any, after: Any) -> None:
    """G7: one row of the copy, no raw control character, and JSON that says what was recorded."""
    with tenant_transaction(acme.id):
        event = AuditEvent.objects.create(
            kind="data", actor_kind="user", target_label=label, actor_name=name, before=before, after=after
        )
    (line,) = lines_of(event)
    content = json.loads(line)
    assert (content["fields"]["target_label"], content["fields"]["actor_name"]) == (label, name)
    assert (content["before"], content["after"]) == (before, after)
    assert min(line) >= 0x20
    assert line == lines_of(event)[0]


def test_events_that_are_alike_have_different_hashes(acme: Tenant) -> None:
    """R1: by their salt, so that nobody finds out by trying what an erased one said."""
    at = timezone.now()
    one, other = (content_of(write(acme, at=at)) for _ in range(2))
    assert one["salt"] != other["salt"]
    assert {**one, "salt": 0, "id": 0} == {**other, "salt": 0, "id": 0}


def test_a_leaf_is_found_by_its_event() -> None:
    """Not by bytes that happen to look like its key."""
    keys = [UUID(int=number) for number in (1, 2, 3)]
    leaves = b"".join(entries.pack(number, key.bytes, b"") for number, key in enumerate(keys))
    assert [entries.position_of(leaves, key) for key in keys] == [0, 1, 2]
    assert entries.position_of(leaves, UUID(int=9)) is None
    false = entries.split(leaves)[0][:-16] + keys[1].bytes + entries.split(leaves)[1]
    assert entries.position_of(false, keys[1]) == 1
