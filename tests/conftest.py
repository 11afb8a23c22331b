"""What every test can use.

Database: `@pytest.mark.django_db` gives the alias `default` (the app role) in a transaction that is rolled back;
`databases=EVERY_ROLE` adds `platform` and `owner`, which do not see each other's open transactions. With
`transaction=True`, or through `live_url`, a test commits, and the database is put back afterwards
(`tests/database/baseline.py`). Tenants: `provider`, `acme`, `globex` are always there. People: `cast`, or
`tests.factories.people.make_person`. Browser: `open_page`, `page` (`tests/browsers.py`); the server may use the aliases
of the test only, so a page that works as the platform role needs `transaction=True, databases=EVERY_ROLE`.
"""

import copy
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone, translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from accounts.menus import ADMINISTRATOR, EDITOR, OPERATOR, READER
from tenants.isolation.context import current_tenant_id, on_platform
from tenants.isolation.placement import OWNER_ALIAS
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tenants.plans import PlanCode
from tests.browsers import browser, live_url, open_page, page
from tests.canaries.places import look_at_mails, watch_places
from tests.canaries.sources import watch_sources
from tests.canaries.watching import WATCH
from tests.database.baseline import Baseline
from tests.database.migrated import drop_database, make_database
from tests.deeds import every_deed_is_recorded, watched_transactions
from tests.factories.people import PASSWORD, SEED, Person, make_person
from tests.factories.tenants import make_tenant
from tests.settings import ADMIN_URL, RUN
from tests.static_files import list_once

__all__ = ["browser", "every_deed_is_recorded", "live_url", "open_page", "page", "watched_transactions"]

EVERY_ROLE = ("default", "platform", "owner")

# How quickly examples are made and tried says something about the machine's load, and nothing about the product.
hypothesis_settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("suite")

_NOT_INSTALLED = "not installed on this machine: "


# --- Database ----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Nothing: `tests.settings` has named the database of this worker already."""


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One database for the three roles, under the name that `tests.settings` gave them."""
    with psycopg.connect(ADMIN_URL, autocommit=True) as admin:
        drop_database(admin, RUN)
        with django_db_blocker.unblock():
            make_database(admin, RUN, _migrate)
            _make_tenants()
            baseline = Baseline(connections[OWNER_ALIAS].get_connection_params())
    yield
    baseline.close()
    connections.close_all()
    with psycopg.connect(ADMIN_URL, autocommit=True) as admin:
        drop_database(admin, RUN)


def _migrate() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    connections.close_all()


# --- Tenants and people ------------------------------------------------------------------------------------------
_tenants: dict[str, Tenant] = {}


def _make_tenants() -> None:
    _tenants["provider"] = make_tenant("PROVIDER", "Sekisho Service", is_provider=True, plan_code=PlanCode.ENTERPRISE)
    _tenants["acme"] = make_tenant("ACME", "Acme Trading")
    _tenants["globex"] = make_tenant("GLOBEX", "Globex Corporation")


@pytest.fixture
def provider(db: None) -> Tenant:
    """The provider's own tenant, `PROVIDER`."""
    return copy.copy(_tenants["provider"])


@pytest.fixture
def acme(db: None) -> Tenant:
    """The company `ACME`."""
    return copy.copy(_tenants["acme"])


@pytest.fixture
def globex(db: None) -> Tenant:
    """The company `GLOBEX`, which must never see anything of ACME."""
    return copy.copy(_tenants["globex"])


@pytest.fixture
def inside_acme(acme: Tenant) -> Iterator[Tenant]:
    """The test itself runs for ACME, in a transaction."""
    with tenant_transaction(acme.id):
        yield acme


@dataclass(frozen=True)
class Cast:
    """The people of most tests."""

    admin: Person
    editor: Person
    reader: Person
    outsider: Person
    operator: Person


@pytest.fixture
def cast(provider: Tenant, acme: Tenant, globex: Tenant) -> Cast:
    """An administrator, an editor and a reader of ACME, the administrator of GLOBEX, and an operator."""
    return Cast(
        admin=make_person(acme, "alice", ADMINISTRATOR),
        editor=make_person(acme, "erin", EDITOR),
        reader=make_person(acme, "rob", READER),
        outsider=make_person(globex, "gina", ADMINISTRATOR),
        operator=make_person(provider, "olga", ADMINISTRATOR, OPERATOR),
    )


@pytest.fixture(autouse=True)
def nothing_stays_behind() -> Iterator[None]:
    """Each test starts as if it were the first: in the language and zone of the settings, and in no tenant (T1)."""
    yield
    translation.deactivate()
    timezone.deactivate()
    assert current_tenant_id() is None
    assert not on_platform()


# --- Secrets -----------------------------------------------------------------------------------------------------
def pytest_sessionstart() -> None:
    """From the first test on, notice secrets where they are made and where they must not be (G7)."""
    list_once()
    watch_sources()
    watch_places()
    for what, secret in (("a password", PASSWORD), ("the seed of an app", SEED)):
        WATCH.remember(what, secret, lasting=True)


@pytest.fixture(autouse=True)
def no_secret_is_kept() -> Iterator[None]:
    """No secret of the test is in what it sent to the database, wrote to the log or mailed (G7)."""
    yield
    look_at_mails()
    assert not WATCH.findings()


# --- Programs of the system --------------------------------------------------------------------------------------
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip tests under `system(program, …)` or `browser` where a program is missing; forget the last test's secrets."""
    WATCH.begin()
    programs = {program for mark in item.iter_markers("system") for program in mark.args}
    if item.get_closest_marker("browser"):
        programs.add("chromium")
    missing = sorted(program for program in programs if shutil.which(program) is None)
    if missing:
        pytest.skip(_NOT_INSTALLED + ", ".join(missing))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Count in the last lines, below pytest's own summary, what could not be tested."""
    yield
    reasons = (str(report.longrepr) for report in terminalreporter.getreports("skipped"))
    missing = Counter(reason.split(_NOT_INSTALLED)[1].strip("')") for reason in reasons if _NOT_INSTALLED in reason)
    if missing:
        counts = ", ".join(f"{programs}: {count}" for programs, count in sorted(missing.items()))
        terminalreporter.write_line(f"{missing.total()} tests skipped, programs {_NOT_INSTALLED}{counts}", yellow=True)
