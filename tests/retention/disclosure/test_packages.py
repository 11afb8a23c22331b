"""A package holds exactly what was ordered, says so under our signature, and goes after its days (R5)."""

import base64
import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from auditlog.models import AuditEvent
from auditlog.sealing.keys import is_signed
from documents import contents
from documents.models import Document
from documents.objects import object_path
from retention.disclosure import making, services, tasks
from retention.disclosure.models import Disclosure, DisclosureState
from retention.disclosure.packages import FORMAT
from retention.holds.models import Hold, Scope
from retention.holds.queries import notices
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tests.conftest import EVERY_ROLE
from tests.factories.people import Person
from tests.retention.holds.conftest import Furnished, Place, an_order, english, olga, otto, ours, place, stores, theirs
from vault.stores import document_store

__all__ = ["english", "olga", "otto", "ours", "place", "stores", "theirs"]

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

Disclose = Callable[..., Disclosure]


@pytest.fixture
def disclose(ours: Furnished, olga: Person, otto: Person) -> Disclose:
    """Asks for a disclosure as Olga and approves it as Otto; its package is made at once."""

    def disclosing(scope: Scope, name: str = "", *, hold: Hold | None = None, sealing: str = "", **days: date) -> Any:
        asked = services.ask_disclosure(
            ours.tenant,
            an_order(scope, name, sealing=sealing, **days),
            hold=hold,
            typed_code="acme",
            operator=olga.user,
            actor=olga.actor,
        )
        services.approve_disclosure(asked.id, typed_code="acme", operator=otto.user, actor=otto.actor)
        return found(asked)

    return disclosing


def found(disclosure: Disclosure) -> Disclosure:
    """As it is now."""
    with platform_transaction():
        return Disclosure.objects.get(id=disclosure.id)


def unpacked(disclosure: Disclosure) -> dict[str, bytes]:
    """The files of the package, after its digest, its manifest and the signature were checked."""
    with tenant_scope(disclosure.tenant_id), making.open_package(disclosure) as reader:
        package = b"".join(reader)
    assert hashlib.sha256(package).hexdigest() == disclosure.sha256
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files["manifest.json"])
    listed = {file["name"]: (file["size"], file["sha256"]) for file in manifest["files"]}
    told = {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in files.items()}
    assert listed == {name: facts for name, facts in told.items() if not name.startswith("manifest.")}
    signed = json.loads(files["manifest.sig.json"])
    digest = hashlib.sha256(files["manifest.json"]).hexdigest()
    assert is_signed(f"{FORMAT} {digest}", signed["key_id"], base64.b64decode(signed["signature"]))
    return files


def content_of(files: dict[str, bytes]) -> dict[str, bytes]:
    """Those of the files that are contents of documents."""
    return {name: data for name, data in files.items() if re.search(r"/v\d+/", name)}


@pytest.mark.parametrize(
    ("scope", "name", "paths", "rows"),
    [
        (Scope.DOCUMENT, "d.txt", {"files/d.txt/v1/d.txt"}, {"documents", "versions"}),
        (
            Scope.FOLDER,
            "cases",
            {"files/cases/2026/a.txt/v1/a.txt", "files/cases/b.txt/v1/b.txt"},
            {"folders", "documents", "versions"},
        ),
        (Scope.PERSON, "emil", {"files/d.txt/v1/d.txt"}, {"documents", "versions", "users", "events"}),
    ],
)
def test_a_package_holds_exactly_the_scope(
    ours: Furnished, theirs: Furnished, disclose: Disclose, scope: Scope, name: str, paths: set[str], rows: set[str]
) -> None:
    """R5: the files of the scope in their folders, its rows as CSV and JSON, and nothing else of anybody."""
    done = disclose(scope, name)
    assert (done.state, done.error) == (DisclosureState.READY, "")
    files = unpacked(done)
    assert set(content_of(files)) == paths
    assert {path.rpartition("/")[2].encode() for path in paths} == {
        data.rpartition(b"/")[2] for data in content_of(files).values()
    }
    tables = {path.removeprefix("rows/").removesuffix(".json") for path in files if path.startswith("rows/")}
    assert {table for table in tables if not table.endswith(".csv")} == rows
    assert done.counts["files"] == len(paths)
    for table in rows:
        listed = json.loads(files[f"rows/{table}.json"])
        assert len(list(csv.reader(io.StringIO(files[f"rows/{table}.csv"].decode("utf-8-sig"))))) == len(listed) + 1
        assert done.counts[f"rows.{table}"] == len(listed)
    assert all(b"argon2" not in data and b"GLOBEX" not in data for data in files.values())
    if scope == Scope.PERSON:
        actors = {row["actor_user_id"] for row in json.loads(files["rows/events.json"])}
        assert actors == {"emil"}


def test_days_bound_what_is_handed_out(ours: Furnished, disclose: Disclose) -> None:
    """R5: an order for other days gets nothing; one for today gets all of it."""
    today = timezone.localdate()
    before = {"first_day": today - timedelta(days=9), "last_day": today - timedelta(days=2)}
    assert content_of(unpacked(disclose(Scope.FOLDER, "cases", **before))) == {}
    around = {"first_day": today - timedelta(days=1), "last_day": today + timedelta(days=1)}
    assert len(content_of(unpacked(disclose(Scope.FOLDER, "cases", **around)))) == 2


def test_what_a_hold_has_kept_is_in_its_package(ours: Furnished, place: Place, disclose: Disclose) -> None:
    """R5: what the company has deleted since comes from what the hold has kept."""
    hold = place(ours.tenant, Scope.FOLDER, "cases")
    with tenant_transaction(ours.tenant.id):
        contents.delete_document(Document.objects.get(name="b.txt"), actor=ours.anna.actor)
    files = content_of(unpacked(disclose(Scope.COMPANY, hold=hold)))
    assert set(files.values()) == {b"cases/2026/a.txt", b"cases/b.txt"}
    assert [path.partition("/")[0] for path in sorted(files)] == ["files", "kept"]


def test_an_audit_log_goes_with_its_proofs(ours: Furnished, disclose: Disclose) -> None:
    """R5, G7: the events of the days as the export that proves itself, and no document."""
    today = timezone.localdate()
    files = unpacked(disclose(Scope.AUDIT, first_day=today, last_day=today))
    assert set(files) == {"audit.jsonl", "manifest.json", "manifest.sig.json"}
    lines = [json.loads(line) for line in files["audit.jsonl"].splitlines()]
    assert lines[0]["tenant"] == str(ours.tenant.id)
    assert lines[-1]["signature"]


def test_a_sealed_disclosure_shows_nowhere_in_the_company(ours: Furnished, disclose: Disclose) -> None:
    """R5: sealed, the company's log and tables say nothing; open, they say what was approved and made."""

    def known() -> list[str]:
        with tenant_transaction(ours.tenant.id):
            events = AuditEvent.objects.filter(action__startswith="retention.disclosure").order_by("id")
            return [*events.values_list("action", flat=True), *(notice.kind for notice in notices())]

    disclose(Scope.DOCUMENT, "d.txt", sealing="Danger to the investigation")
    assert known() == []
    for table in ("disclosure_disclosure", "disclosure_handout"):
        with tenant_transaction(ours.tenant.id), connections["default"].cursor() as cursor:
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [table])
            assert cursor.fetchone() == (False,)
    disclose(Scope.DOCUMENT, "d.txt")
    assert known() == ["retention.disclosure.approved", "retention.disclosure.made", "disclosure"]


def test_nothing_is_made_twice_and_all_of_it_goes(ours: Furnished, disclose: Disclose) -> None:
    """R5: another run changes nothing; after its days the package goes, and the record of it stays."""
    done = disclose(Scope.DOCUMENT, "d.txt")
    tasks.make_package(str(done.id))
    assert found(done).sha256 == done.sha256
    (name,) = [info.name for info in document_store().list(f"{ours.tenant.id}/disclosures/")]
    tasks.look_after_disclosures()
    assert document_store().exists(name)
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        tasks.look_after_disclosures()
        tasks.look_after_disclosures()
    assert not document_store().exists(name)
    assert (found(done).state, found(done).sha256) == (DisclosureState.REMOVED, done.sha256)


def test_a_dead_worker_is_followed_by_another(ours: Furnished, olga: Person, otto: Person) -> None:
    """R5: killed after its claim, a run is begun anew when it was silent for too long; its object is swept."""
    order = an_order(Scope.DOCUMENT, "d.txt")
    asked = services.ask_disclosure(
        ours.tenant, order, hold=None, typed_code="acme", operator=olga.user, actor=olga.actor
    )
    with platform_transaction():
        Disclosure.objects.filter(id=asked.id).update(state=DisclosureState.APPROVED, begun_at=timezone.now())
    tasks.look_after_disclosures()
    assert found(asked).state == DisclosureState.APPROVED
    with time_machine.travel(timezone.now() + timedelta(hours=7)):
        tasks.look_after_disclosures()
    assert found(asked).state == DisclosureState.READY


def test_a_lost_content_fails_the_package(ours: Furnished, disclose: Disclose) -> None:
    """R5: a package that lacks something is none; the failure is on record."""
    with tenant_scope(ours.tenant.id):
        document_store().delete(object_path(ours.objects["d.txt"]))
    done = disclose(Scope.DOCUMENT, "d.txt")
    assert done.state == DisclosureState.FAILED
    assert done.error
    assert list(document_store().list(f"{ours.tenant.id}/disclosures/")) == []


def test_refusals(ours: Furnished, olga: Person, otto: Person) -> None:
    """R5: the code is typed, nobody approves their own, a refused one stays refused, nothing comes from nothing."""
    order = an_order(Scope.DOCUMENT, "d.txt")
    who: dict[str, Any] = {"operator": olga.user, "actor": olga.actor}
    with pytest.raises(ValidationError, match="Type the company code ACME"):
        services.ask_disclosure(ours.tenant, order, hold=None, typed_code="globex", **who)
    asked = services.ask_disclosure(ours.tenant, order, hold=None, typed_code="acme", **who)
    with pytest.raises(ValidationError, match="another operator has to"):
        services.approve_disclosure(asked.id, typed_code="acme", **who)
    with pytest.raises(ValidationError, match="no package yet"):
        services.note_handout(asked.id, handed_on=timezone.localdate(), recipient="x", way="y", **who)
    services.refuse_disclosure(asked.id, operator=otto.user, actor=otto.actor)
    with pytest.raises(ValidationError, match="decided about already"):
        services.approve_disclosure(asked.id, typed_code="acme", operator=otto.user, actor=otto.actor)
