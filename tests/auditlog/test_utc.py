"""Every log has its times in UTC, whatever the zone of the server and of who reads it (G8)."""

import io
import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connections
from django.utils import timezone

from auditlog.actions import ACCESS_DENIED
from auditlog.actors import Actor
from auditlog.models import AuditEvent
from auditlog.sealing.exporting import export_log
from auditlog.services import record
from config.logs import UtcFormatter
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE


@pytest.mark.django_db(databases=EVERY_ROLE)
def test_no_time_in_the_database_is_without_its_zone() -> None:
    """G8: every connection speaks UTC, and no column of any table leaves open what it means."""
    for alias in EVERY_ROLE:
        with connections[alias].cursor() as cursor:
            cursor.execute("SHOW timezone")
            assert cursor.fetchone() == ("UTC",)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type IN ('timestamp without time zone', 'time without time zone', 'time with time zone')"
            " ORDER BY column_name"
        )
        # The hours of business stand beside the name of their zone.
        assert cursor.fetchall() == [("clock_calendaredition", "closes"), ("clock_calendaredition", "opens")]


@pytest.mark.django_db(databases=EVERY_ROLE)
def test_an_event_and_its_export_are_in_utc(acme: Tenant) -> None:
    """G8: recorded and exported by somebody in Tokyo."""
    with timezone.override("Asia/Tokyo"), tenant_transaction(acme.id):
        event = record(ACCESS_DENIED, actor=Actor.anyone())
        stored = AuditEvent.objects.get()
        assert stored.at == event.at
        assert stored.at.utcoffset() == timedelta(0)
        now = datetime.now(UTC)
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT at::text FROM auditlog_auditevent")
            assert str(cursor.fetchone()[0]).endswith("+00")
        export = export_log(now - timedelta(hours=1), now + timedelta(hours=1), actor=Actor.command())
        lines: list[Any] = [json.loads(line) for line in export]
    texts = [text for line in lines for text in _texts(line) if text.startswith(f"{now:%Y-}")]
    assert texts
    assert [text for text in texts if datetime.fromisoformat(text).utcoffset() != timedelta(0)] == []


def test_a_line_of_the_log_is_in_utc() -> None:
    """G8: although the process runs in Japan's zone."""
    assert settings.TIME_ZONE == "Asia/Tokyo"
    configured: Any = settings.LOGGING["formatters"]
    assert configured["line"]["class"] == "config.logs.UtcFormatter"
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(UtcFormatter(configured["line"]["format"]))
    with time_machine.travel(datetime(2026, 11, 22, 3, 4, 5, 500000, tzinfo=UTC), tick=False):
        handler.emit(logging.LogRecord("x", logging.INFO, "x", 1, "kept", (), None))
    assert stream.getvalue() == "2026-11-22T03:04:05.500Z INFO x kept\n"


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []
