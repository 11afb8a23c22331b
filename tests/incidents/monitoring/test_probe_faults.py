"""Each probe, with the thing itself really broken (N9)."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connections

from incidents.monitoring import journal, looking, tasks
from incidents.monitoring.catalogue import ProbeState
from incidents.monitoring.looking import look
from incidents.monitoring.models import ProbeInterval
from incidents.monitoring.services import Sample
from incidents.monitoring.store import journal_store
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant
from tests.auditlog.forwarding.receivers import server_context
from tests.conftest import EVERY_ROLE
from tests.incidents.monitoring.servers import closed_port, site, time_server, valkey
from vault.stores import document_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

UP, DEGRADED, DOWN, UNKNOWN = ProbeState.UP, ProbeState.DEGRADED, ProbeState.DOWN, ProbeState.UNKNOWN


def seen(probe: str) -> Sample:
    """What a probe sees now."""
    (sample,) = look(only=[probe])
    return sample


@contextmanager
def without_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody listens where the database was."""
    port = closed_port()
    with monkeypatch.context() as patch:
        for alias in ("default", "platform"):
            connections[alias].close()
            patch.setitem(connections.databases[alias], "PORT", port)
        yield


def test_a_broker_that_was_stopped(settings: LazySettings, tmp_path: Path) -> None:
    """N9: a real Valkey, ended by its process id."""
    with valkey(tmp_path) as (url, process):
        settings.REDIS_URL = url
        assert seen("broker").state == UP
        process.terminate()
        process.wait()
        broken = seen("broker")
    assert broken.state == DOWN
    assert "ConnectionError" in broken.detail


def test_a_database_that_is_away_is_told_when_it_is_back(
    provider: Tenant, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """N9: what was seen meanwhile is on paper, without what an error says of machines, and comes in afterwards."""
    settings.MONITOR_URL = f"http://127.0.0.1:{closed_port()}"
    with without_database(monkeypatch):
        assert seen("database").state == DOWN
        tasks.look.delay()
    (paper,) = journal.written(journal_store())
    assert paper.down
    assert {one.detail for one in journal.samples_of(journal_store(), paper) if one.probe == "database"} == {
        "OperationalError"
    }
    assert tasks.read_in.delay().get() == 1
    with platform_transaction():
        kept = dict(ProbeInterval.objects.values_list("probe", "state"))
    assert (kept["database"], kept["login_page"], kept["broker"], kept["worker"]) == ("down", "down", "up", "up")
    assert not list(journal_store().list())


def test_stores_that_are_gone(settings: LazySettings, tmp_path: Path) -> None:
    """N9: a folder that is not mounted any more; what a look left behind when it died does not matter."""
    for setting, probe in (
        ("VAULT_DOCUMENT_STORE", "store"),
        ("AUDIT_ANCHOR_STORE", "anchor_store"),
        ("VAULT_BACKUP_STORE", "backup_store"),
    ):
        folder = tmp_path / probe
        setattr(settings, setting, f"file://{folder}")
        assert seen(probe).state == UP
        if probe == "store":
            document_store().put(looking._OBJECT, b"left behind")
            assert seen(probe).state == UP
            assert not list(document_store().list())
        shutil.rmtree(folder)
        assert seen(probe).state == DOWN


def test_the_page_and_the_certificate(settings: LazySettings, trusted: None) -> None:
    """N9: refused, 503, and a certificate that ends soon, has ended, or that nobody trusts."""
    settings.MONITOR_URL = settings.PUBLIC_URL = f"http://localhost:{closed_port()}"
    assert (seen("login_page").state, seen("certificate").state) == (DOWN, UNKNOWN)
    with site(server_context(days=5)) as pages:
        settings.MONITOR_URL, settings.PUBLIC_URL = pages.url, "https://sekisho.example"
        assert seen("login_page").state == UP
        assert pages.asked[0][1]["Host"] == "sekisho.example"  # past the proxy
        settings.PUBLIC_URL = pages.url
        soon = seen("certificate")
        assert soon.state == DEGRADED
        assert soon.value == pytest.approx(5, abs=0.01)
        pages.answers["/login/"] = (503, b"")
        assert (seen("login_page").state, seen("login_page").detail) == (DOWN, "HTTP 503")
    with site(server_context(days=-1)) as pages:
        settings.MONITOR_URL = settings.PUBLIC_URL = pages.url
        assert seen("login_page").detail == "TLS: certificate has expired"
        over = seen("certificate")
        assert over.state == DOWN
        assert over.value == pytest.approx(-1, abs=0.01)


def test_the_mail_server(settings: LazySettings) -> None:
    """N9: nobody listens at its port."""
    assert seen("mail_server").state == UP
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", closed_port()
    assert seen("mail_server").state == DOWN


def test_the_clock(settings: LazySettings) -> None:
    """N9: against the database and a time server; one that does not answer, or lies, leaves it unknown, not sound."""
    here = seen("clock_database")
    assert here.state == UP
    assert abs(here.value or 9) < 0.5
    assert seen("clock_ntp").state == UNKNOWN
    with time_server(ahead=5) as settings.NTP_SERVER:
        behind = seen("clock_ntp")
    assert behind.state == DEGRADED
    assert behind.value == pytest.approx(5, abs=0.5)
    with time_server() as settings.NTP_SERVER:
        assert seen("clock_ntp").state == UP
    with time_server(mark=1) as settings.NTP_SERVER:
        assert seen("clock_ntp").state == UNKNOWN
    with time_server(stratum=0) as settings.NTP_SERVER:
        assert seen("clock_ntp").state == UNKNOWN
    settings.NTP_SERVER = f"127.0.0.1:{closed_port()}"
    assert seen("clock_ntp").state == UNKNOWN


def test_what_never_answers_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """N9: a thing that hangs does not hold up the others."""
    released = threading.Event()
    monkeypatch.setattr(looking, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setitem(looking.QUESTIONS, "store", lambda: (UP, float(released.wait(10)), ""))
    hanging = seen("store")
    released.set()
    assert (hanging.state, hanging.detail) == (DOWN, "no answer within 0 s")
