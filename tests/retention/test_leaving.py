"""A company leaves, from the first word to the thirtieth day: pages, mails, papers, nothing left (T4, R1, R2, R3)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.utils import translation
from django.utils.formats import date_format
from pytest_django import Settings

from accounts.menus import ADMINISTRATOR, EDITOR, OPERATOR
from backups.services import back_up
from documents.contents import store_file
from documents.names import Place
from retention.cancellation.tasks import end_use, remind
from retention.certificates.queries import certificate_of
from retention.certificates.tasks import certify
from retention.erasure import memory
from retention.erasure.models import ErasureState
from retention.erasure.queries import due_erasures, erasure_of
from retention.erasure.scanning import Marks, search
from retention.erasure.tasks import erase
from retention.promise.dates import ExitDates, exit_dates, today_in
from retention.promise.queries import current_promise
from tenants.contract.models import Organisation
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant
from tests.accounts.reading import page_of, stranger
from tests.conftest import EVERY_ROLE
from tests.factories.people import PASSWORD, Person, make_person
from vault.keys import key_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

CANARY, NEIGHBOUR = "Rotkehlchen-4711", "Zaunkönig-4711"
PAGE, LEAVING = "/console/contract/cancellation/", "/operator/retention/leaving/"


@pytest.fixture
def people(vault: Settings, provider: Tenant, acme: Tenant, globex: Tenant) -> dict[str, Person]:
    """An administrator who reads English, one who reads Japanese, an editor; a neighbour; an operator."""
    for tenant in (provider, acme, globex):
        key_store().create_tenant_keys(tenant.id)
    people = {
        "alice": make_person(acme, "alice", ADMINISTRATOR, language="en"),
        "aiko": make_person(acme, "aiko", ADMINISTRATOR, language="ja"),
        "erin": make_person(acme, "erin", EDITOR, language="en"),
        "gina": make_person(globex, "gina", ADMINISTRATOR, language="en"),
        "olga": make_person(provider, "olga", OPERATOR, language="en"),
    }
    with platform_transaction():
        contacts = {"name": acme.name, "system_email": "system@acme.example"}
        Organisation.objects.update_or_create(tenant_id=acme.id, defaults=contacts)
    for person, word in ((people["alice"], CANARY), (people["gina"], NEIGHBOUR)):
        with tenant_scope(person.tenant.id):
            for number in range(3):
                place = Place((word,), f"{word} {number}.txt")
                store_file([word.encode() * 10], place=place, actor=person.actor)
            back_up(actor=person.actor)
    return people


@pytest.fixture
def dates(people: dict[str, Person], acme: Tenant) -> ExitDates:
    """Those of a company whose last day of use is today."""
    return exit_dates(today_in(acme.time_zone, datetime.now(UTC)), acme.time_zone, current_promise())


def _taken() -> list[tuple[str, str]]:
    """Who got which mail since it was last looked at."""
    taken = sorted((message.to[0].partition("@")[0], str(message.subject)) for message in mail.outbox)
    mail.outbox.clear()
    return taken


def typed(user_id: str) -> dict[str, str]:
    return {"company_code": "ACME", "user_id": user_id, "password": PASSWORD}


def written(dates: ExitDates, language: str) -> list[str]:
    """Every date of leaving, as people read it."""
    days = (dates.last_day, dates.suspended_on, dates.return_until, dates.erase_on, dates.gone_on)
    with translation.override(language):
        return [date_format(day, "DATE_FORMAT") for day in days]


def files_with(word: str, folder: Path) -> list[str]:
    """Files below a folder in whose name or content the word occurs."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return [str(path) for path in found if word in str(path) or word.encode() in path.read_bytes()]


def test_a_company_leaves(people: dict[str, Person], dates: ExitDates, acme: Tenant, tmp_path: Path) -> None:
    """Day 0, 1, 22 and 30, in both languages; the neighbour's word is still there at the end."""
    _day_0_it_is_cancelled(people, dates)
    _day_1_use_has_ended(people, dates)
    _day_22_everything_goes(people, dates, acme)
    _day_30_nothing_is_left(people, dates, acme, tmp_path)
    assert NEIGHBOUR in page_of(people["gina"].client(), "/documents/")


def _day_0_it_is_cancelled(people: dict[str, Person], dates: ExitDates) -> None:
    mail.outbox.clear()
    for user_id, language in (("alice", "en"), ("aiko", "ja")):
        shown = page_of(people[user_id].client(), PAGE, last_day=dates.last_day.isoformat())
        assert all(day in shown for day in written(dates, language))
    wish = {"last_day": dates.last_day.isoformat(), "reason": "moved", "comment": CANARY, "typed_code": "ACME"}
    assert people["alice"].client().post(PAGE, wish | {"confirmed": "on"}).status_code == 302
    bodies = {message.to[0].partition("@")[0]: message.body for message in mail.outbox}
    assert bodies.keys() >= {"alice", "aiko"}
    assert all(day in bodies["alice"] for day in written(dates, "en"))
    assert all(day in bodies["aiko"] for day in written(dates, "ja"))
    assert "The contract of your company was cancelled" in page_of(people["erin"].client(), "/")
    assert "ACME" in page_of(people["olga"].client(), LEAVING)
    assert end_use() == 0, "the last day is not over"


def _day_1_use_has_ended(people: dict[str, Person], dates: ExitDates) -> None:
    editor = people["erin"].client()
    with time_machine.travel(dates.suspended_at + timedelta(minutes=2)):
        mail.outbox.clear()
        assert (end_use(), end_use()) == (1, 0)
        told = dict(_taken())
        assert told["alice"].startswith("Use has ended")
        assert told["aiko"].startswith("ご利用を停止しました")
        assert editor.get("/documents/").status_code == 302
        assert "The use of your company has ended on" in stranger().post("/login/", typed("erin")).content.decode()
        for user_id, language in (("alice", "en"), ("aiko", "ja")):
            admin = stranger()
            admin.post("/login/", typed(user_id))
            assert all(day in page_of(admin, PAGE) for day in written(dates, language)[1:])
            assert admin.get("/console/data-return/").status_code == 200
            assert admin.get("/documents/").status_code == 403


def _day_22_everything_goes(people: dict[str, Person], dates: ExitDates, acme: Tenant) -> None:
    with time_machine.travel(dates.erase_at - timedelta(minutes=1)):
        assert due_erasures() == []
    with time_machine.travel(dates.erase_at + timedelta(minutes=1)):
        (due,) = due_erasures()
        mail.outbox.clear()
        assert erase(str(due.id)) is True
        certify.apply()
        erasure = erasure_of(acme.id)
        assert erasure is not None
        assert erasure.state == ErasureState.PROVEN
        certificate = certificate_of(erasure.id)
        assert certificate is not None
        assert _taken() == [("system", f"データ消去証明書 / Certificate of data erasure ({certificate.number})")]
        assert "has ended" not in stranger().post("/login/", typed("alice")).content.decode()
        page = page_of(people["olga"].client(), f"/operator/erasures/{erasure.id}/")
        assert "Erased and proven" in page
        assert certificate.number in page


def _day_30_nothing_is_left(people: dict[str, Person], dates: ExitDates, acme: Tenant, folder: Path) -> None:
    with time_machine.travel(dates.gone_by + timedelta(minutes=1)):
        assert end_use() == remind() == 0
        assert due_erasures() == []
        erasure = erasure_of(acme.id)
        assert erasure is not None
        assert erasure.finished_at is not None
        assert erasure.finished_at <= erasure.due_at == dates.gone_by
    assert [hit for hit in search(Marks(acme.id, acme.company_code, (CANARY,))).hits if hit.canaries] == []
    assert not files_with(str(acme.id), folder / "documents")
    found = memory.look(acme.id, CANARY)
    assert (found.keys, found.messages) == (0, 0)
    left = {Path(name).relative_to(folder).parts[:3] for name in files_with(str(acme.id), folder)}
    assert left == {("backups", "platform", "erasures"), ("keys", "destroyed", str(acme.id))}
