"""What a data return holds: everything of one company, nothing of another, no secrets, and the proof of it (R3)."""

import csv
import io
import json
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils import translation

from accounts.models import User
from auditlog.models import AuditEvent
from auditlog.sealing.keys import published_keys
from documents.contents import store_file
from documents.models import Counterparty, Document, DocumentVersion, Folder
from documents.names import Place
from documents.objects import object_path
from retention.returning.content import returned_columns, returned_tables
from retention.returning.models import ReturnState
from retention.returning.objects import OBJECT_KIND
from retention.returning.writing import VERIFIERS
from tenants.isolation.assets import asset_models
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import atomic, tenant_transaction
from tenants.models import Tenant
from tests.auditlog.sealing.test_proofs import run_script
from tests.backups.conftest import AWKWARD, Stored, furnish
from tests.conftest import EVERY_ROLE
from tests.retention.returning.conftest import Unpacked, asked, part_of, seal_now, unpacked
from vault.stores import document_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def returned(company: Stored) -> Unpacked:
    """Everything of the company, after its log has been sealed."""
    seal_now()
    row = asked(company.tenant, company.admin.actor)
    assert row.state == ReturnState.READY
    assert [part.sha256 for part in row.files] == [sha256(part_of(row)).hexdigest()]
    return unpacked([part_of(row)])


def test_everything_is_in_it_and_nothing_else(company: Stored, globex: Tenant, tmp_path: Path) -> None:
    """R3, T1: every file, every row of every returned table, the log with proofs; every number recomputed."""
    tenant, actor = company.tenant, company.admin.actor
    neighbour = furnish(globex, size=5000)
    with tenant_scope(tenant.id):
        store_file([b"second"], place=Place(("契約", "2026年"), "請求書①.pdf"), actor=actor)
    found = returned(company)
    manifest, entries = found.manifest, found.entries

    # Files: the newest version in its folder, older ones beside, under the names that they had.
    files = {path.removeprefix("files/"): content for path, content in entries.items() if path.startswith("files/")}
    assert files == company.files | {"契約/2026年/請求書①.pdf": b"second"} | {"契約/": b"", "契約/2026年/": b""}
    older = {path: content for path, content in entries.items() if path.startswith("versions/")}
    assert older == {"versions/契約/2026年/請求書① (v1).pdf": company.files["契約/2026年/請求書①.pdf"]}
    index = {row["path"]: row for row in found.rows("files")}
    assert {row["original_path"] for row in index.values()} == set(company.files)
    for path, row in index.items():
        assert (row["size"], row["sha256"]) == (len(entries[path]), sha256(entries[path]).hexdigest())
        assert (row["part"], row["problem"]) == (found.parts[path], "")

    # Tables: each row, in both forms, as the owner of the database sees them past every filter.
    for described in manifest["tables"]:
        rows, cells = found.rows(described["table"]), found.cells(described["table"])
        assert len(rows) == len(cells) == described["rows"]
        assert all(list(row) == [column["key"] for column in described["columns"]] for row in [*rows, *cells])
    with connections["owner"].cursor() as cursor:
        for table in returned_tables():
            column = table.columns[0]
            cursor.execute(f"SELECT {column}::text FROM {table.name} WHERE tenant_id = %s", [tenant.id])
            theirs = sorted(value for (value,) in cursor.fetchall())
            assert sorted(str(row[column]) for row in found.rows(table.name)) == theirs, table.name
    (partner,) = found.rows("documents_counterparty")
    assert (partner["code"], partner["name"], partner["note"]) == ("T-1", "株式会社テスト", AWKWARD)
    assert found.cells("documents_counterparty")[0]["note"] == AWKWARD
    assert found.rows("company")[0]["company_code"] == "ACME"

    # Who changed which document, and when.
    history = [row for row in found.rows("change_history") if row["target"].endswith("請求書①.pdf")]
    assert [row["after"]["version"] for row in history if row["action"] == "documents.file.uploaded"] == [1, 2]
    assert {row["user_id"] for row in history} == {"anna"}

    # The log with its proofs, which anybody can check.
    logs = [path for path in entries if path.startswith("audit/") and path.endswith(".jsonl")]
    events: set[str] = set()
    for path in logs:
        (tmp_path / Path(path).name).write_bytes(entries[path])
        (tmp_path / "keys.json").write_text(json.dumps(published_keys()))
        assert run_script(tmp_path / Path(path).name, "--keys", str(tmp_path / "keys.json"))[0] == 0
        lines = [json.loads(line) for line in entries[path].splitlines()]
        events |= {(line.get("event") or line["unsealed"])["id"] for line in lines if {"event", "unsealed"} & set(line)}
        sheet = entries[path.replace(".jsonl", ".csv")].decode("utf-8-sig")
        assert {row[0] for row in list(csv.reader(io.StringIO(sheet)))[1:]} == events
    with tenant_transaction(tenant.id):
        recorded = dict(AuditEvent.objects.values_list("id", "action"))
    later = {str(key) for key, action in recorded.items() if action.startswith("retention.return.completed")}
    assert events == {str(key) for key in recorded} - later

    # The manifest: each entry but itself and its signature, with its digest.
    listed = {entry["path"]: (entry["part"], entry["size"], entry["sha256"]) for entry in manifest["entries"]}
    own = {"manifest.json", "manifest.sig.json"}
    contents = {path: content for path, content in entries.items() if not path.endswith("/") and path not in own}
    assert listed == {path: (1, len(text), sha256(text).hexdigest()) for path, text in contents.items()}
    assert manifest["unreadable"] == []
    assert b"ACME" in entries["README.txt"]
    assert [entries[path.name] for path in VERIFIERS] == [path.read_bytes() for path in VERIFIERS]

    # Nothing of the neighbour's, and none of the secrets.
    everything = b"\n".join(path.encode() + content for path, content in entries.items())
    with tenant_transaction(globex.id):
        strangers = [*User.objects.values_list("id", flat=True), *Document.objects.values_list("id", flat=True)]
    for mark in [str(globex.id), "GLOBEX", *map(str, strangers)]:
        assert mark.encode() not in everything
    assert neighbour.files["large GLOBEX.dat"] not in everything
    with tenant_transaction(tenant.id):
        for hash_ in User.objects.values_list("password", flat=True):
            assert hash_.encode() not in everything


def test_every_returned_table_has_its_file_and_no_secret() -> None:
    """R3: by declaration: a new table is in it by itself, and a name that sounds like a secret is decided on."""
    declared = {model._meta.db_table: (model, asset) for model, asset in asset_models() if asset.returned}
    assert {table.name for table in returned_tables()} == set(declared) - {"auditlog_auditevent"}
    assert all(asset.wall_column for _model, asset in declared.values())
    assert all("SELECT" in asset.app_rights for _model, asset in declared.values())
    sounding = re.compile(r"password|secret|token|hash|seal|salt|private|seed|credential")
    public = {"password_set_at", "must_change_password", "password_notice"}
    for name, (model, asset) in declared.items():
        if name == "auditlog_auditevent":  # its export is its own
            continue
        columns = {str(field.column) for field in returned_columns(model, asset)}
        assert {column for column in columns if sounding.search(column)} <= public, name
        assert not any(field.get_internal_type() == "BinaryField" for field in returned_columns(model, asset)), name


def test_what_cannot_be_read_is_missed_by_name(company: Stored) -> None:
    """R3: a content that is gone and one that was damaged are named; the rest is whole."""
    with tenant_transaction(company.tenant.id):
        names = dict(DocumentVersion.objects.values_list("document__name", "object_name"))
        gone, damaged = (object_path(names[name]) for name in ("請求書①.pdf", "binary.dat"))
    document_store().delete(gone)
    store: Any = document_store()
    path = store.root / damaged
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    found = returned(company)
    problems = {one["path"]: one["problem"] for one in found.manifest["unreadable"]}
    assert problems == {"files/契約/2026年/請求書①.pdf": "missing", "files/binary.dat": "damaged"}
    assert {row["path"]: row["problem"] for row in found.rows("files") if row["problem"]} == problems
    assert found.entries["files/large ACME.dat"] == company.files["large ACME.dat"]


def test_names_that_windows_cannot_have(acme: Tenant, company: Stored) -> None:
    """R3: they are changed, none is lost, and the index tells which is which; empty folders are there."""
    actor = company.admin.actor
    awkward = ["CON.txt", "a:b?.txt", "trailing.", "x" * 250 + ".pdf", "同じ.TXT", "同じ.txt", "Ａ.txt", "a.txt"]
    deep = tuple(f"とても長い名前のフォルダー{number}" for number in range(12))
    with tenant_scope(acme.id):
        for name in awkward:
            store_file([name.encode()], place=Place(("名前",), name), actor=actor)
        store_file([b"deep"], place=Place(deep, "deep.txt"), actor=actor)
        with atomic():
            Folder.objects.create(name="空", created_by_name="anna")
    found = returned(company)
    index = {row["original_path"]: row["path"] for row in found.rows("files")}
    for name in awkward:
        assert found.entries[index[f"名前/{name}"]] == name.encode()
    assert found.entries[index[f"{'/'.join(deep)}/deep.txt"]] == b"deep"
    assert "files/空/" in found.entries
    assert index["名前/同じ.TXT"] == "files/名前/同じ.TXT"
    folded = [path.casefold() for path in found.entries]
    assert len(folded) == len(set(folded))
    for path in index.values():
        assert len(path) < 180 + 80
        for part in path.split("/"):
            assert len(part.encode()) <= 255
            assert not re.search(r'[<>:"|?*\\]|[. ]$', part)


def test_the_script_says_yes_and_no(company: Stored, tmp_path: Path) -> None:
    """R3, G7: what was written is recognised offline; a file that was changed, or is missing, is named."""
    seal_now()
    row = asked(company.tenant, company.admin.actor)
    part, keys = tmp_path / "part.zip", tmp_path / "keys.json"
    part.write_bytes(part_of(row))
    keys.write_text(json.dumps(published_keys()))

    def says() -> tuple[int, str]:
        command = [sys.executable, str(VERIFIERS[0]), str(part), "--keys", str(keys)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    assert says()[0] == 0
    content = part.read_bytes()
    position = content.index(bytes(range(200)))  # in a file that is not packed
    part.write_bytes(content[:position] + b"evil" + content[position + 4 :])
    assert says()[0] == 1
    part.write_bytes(content[:1000])
    assert says()[0] == 1


def test_words_of_the_reader(company: Stored, settings: Any) -> None:
    """R3: headings in the language of whoever asks, keys that stay; nothing that a spreadsheet would run."""
    with tenant_transaction(company.tenant.id):
        Counterparty.objects.create(code="=1+1", name="＝SUM(A1)")
    with translation.override("ja"):
        row = asked(company.tenant, company.admin.actor)
    text = unpacked([part_of(row)]).entries["data/documents_counterparty.csv"].decode("utf-8-sig")
    heading, *rows = csv.reader(io.StringIO(text, newline=""))
    assert "コード [code]" in heading
    assert ["'=1+1", "'＝SUM(A1)"] in [cells[1:3] for cells in rows]


def test_it_is_encrypted_in_the_store(company: Stored, globex: Tenant) -> None:
    """R3, D7: below the company's own prefix, and nothing can be read in it."""
    asked(company.tenant, company.admin.actor)
    store: Any = document_store()
    stored = [info.name for info in store.list(f"{company.tenant.id}/{OBJECT_KIND}/")]
    assert stored
    assert not any(b"README" in (store.root / name).read_bytes() for name in stored)
    assert list(store.list(f"{globex.id}/")) == []
