"""The manifest as a text from outside: nothing in it is believed for its own sake (B4)."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backups.errors import ArchiveDamaged, Cause
from backups.layout import ArchivePlace
from backups.manifest import (
    Company,
    Manifest,
    ObjectsEntry,
    Slice,
    TableEntry,
    canonical,
    read_manifest,
    write_manifest,
)
from backups.parts import Measure, Part
from tests.backups.tampering import content_of, rewrite_manifest
from vault.errors import ObjectExists
from vault.keys import key_store
from vault.stores import backup_store

SHA = "ab" * 32
PART = Part(Measure(10, SHA), Measure(200, SHA))
SHARED = Part(Measure(100, SHA), Measure(150, SHA))
LIST = Part(Measure(70, SHA), Measure(110, SHA))


def written() -> Manifest:
    """A small manifest, in the store."""
    manifest = Manifest(
        place=ArchivePlace(uuid4(), uuid4()),
        installation=key_store().installation,
        tool="sekisho 0.1.0",
        company=Company("ACME", "株式会社アクメ “1”", "standard", "Asia/Tokyo", is_provider=False),
        snapshot_at=datetime(2026, 11, 22, 17, 30, 0, 123456, tzinfo=UTC),
        lsn="0/1A2B3C",
        migrations={"documents": ["0001_initial"]},
        key_ids=("00c0ffee",),
        tables=(
            TableEntry("accounts_user", ("tenant_id", "id"), 2, PART),
            TableEntry("accounts_role", ("tenant_id", "id"), 3, SHARED, Slice(0, Measure(60, SHA))),
            TableEntry("documents_folder", ("tenant_id", "id"), 1, SHARED, Slice(60, Measure(40, SHA))),
            TableEntry("documents_document", ("tenant_id", "id"), 0),
        ),
        objects=ObjectsEntry(1, 300, LIST),
    )
    write_manifest(backup_store(), manifest)
    return manifest


def test_it_is_read_as_it_was_written(store_kind: str) -> None:
    """B4: every field, Japanese text included."""
    manifest = written()
    assert read_manifest(backup_store(), manifest.place) == manifest
    assert (manifest.rows, manifest.size) == (6, 200 + 150 + 110 + 300)


def test_the_file_is_canonical(store_kind: str) -> None:
    """B4: one way to write it, so that a digest and a signature mean something."""
    content = content_of(written().place.manifest)
    assert content == canonical(json.loads(content))
    assert "株式会社".encode() in content
    assert b'", ' not in content


def test_it_is_written_once(store_kind: str) -> None:
    """B4: the store refuses a second one."""
    manifest = written()
    with pytest.raises(ObjectExists):
        write_manifest(backup_store(), manifest)


_CHARACTERS = st.characters(exclude_categories=["Cs"])
BAD_FIELDS: list[tuple[tuple[str | int, ...], Any]] = [
    (("tenant",), "../../etc"),
    (("tenant",), None),
    (("archive",), 7),
    (("company",), []),
    (("company", "code"), 1),
    (("company", "name"), "x" * 501),
    (("company", "provider"), "no"),
    (("snapshot", "at"), "yesterday"),
    (("snapshot", "at"), "2026-11-22T00:00:00"),
    (("migrations",), [["documents", "0001"]]),
    (("keys",), "00c0ffee"),
    (("tables",), {}),
    (("tables", 0, "name"), "../accounts_user"),
    (("tables", 0, "name"), 'x"; DROP TABLE tenants_tenant; --'),
    (("tables", 0, "name"), "accounts_user\n"),
    (("tables", 0, "columns"), ["tenant_id", "id) FROM tenants_tenant --"]),
    (("tables", 0, "columns"), None),
    (("tables", 0, "rows"), -1),
    (("tables", 0, "rows"), 2**62 + 1),
    (("tables", 0, "rows"), True),
    (("tables", 0, "rows"), 1.5),
    (("tables", 0, "cipher", "sha256"), SHA.upper()),
    (("tables", 0, "cipher", "bytes"), "200"),
    (("tables", 1, "slice", "offset"), 1),
    (("tables", 1, "slice", "bytes"), 61),
    (("tables", 2, "slice", "bytes"), 41),
    (("tables", 2, "slice"), None),
    (("tables", 3, "rows"), 1),
    (("small", "plain", "bytes"), 99),
    (("small",), None),
    (("objects", "count"), None),
    (("objects", "list", "plain"), {}),
]


@pytest.mark.parametrize(("path", "value"), BAD_FIELDS, ids=lambda part: str(part)[:30])
def test_a_bad_field_is_refused_even_if_signed(path: tuple[str | int, ...], value: Any) -> None:
    """B4: paths, statements and sizes that no archive of ours has."""
    manifest = written()

    def spoil(content: Any) -> None:
        *way, last = path
        for step in way:
            content = content[step]
        content[last] = value

    rewrite_manifest(manifest.place, spoil, sign=True)
    with pytest.raises(ArchiveDamaged) as caught:
        read_manifest(backup_store(), manifest.place)
    assert caught.value.cause is Cause.MALFORMED


def test_a_field_of_a_later_release_is_ignored() -> None:
    """B6: what may be added without a new format does not stop this release."""
    manifest = written()
    rewrite_manifest(manifest.place, lambda content: content.update(colour="vermilion"), sign=True)
    assert read_manifest(backup_store(), manifest.place) == manifest


def test_another_installation() -> None:
    """B4: signed with our key, but for somewhere else."""
    manifest = written()
    rewrite_manifest(manifest.place, lambda content: content.update(installation=str(uuid4())), sign=True)
    with pytest.raises(ArchiveDamaged) as caught:
        read_manifest(backup_store(), manifest.place)
    assert caught.value.cause is Cause.MISPLACED


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(_CHARACTERS),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(_CHARACTERS), inner),
)
_ENVELOPES = _JSON.map(lambda value: canonical({"manifest": value, "signature": {"key": "x", "value": ""}}))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300) | _ENVELOPES)
def test_anything_at_all_is_refused_with_a_cause(content: bytes) -> None:
    """B4: never another exception than the one that names what is wrong."""
    place = ArchivePlace(uuid4(), uuid4())
    backup_store().put(place.manifest, content)
    with pytest.raises(ArchiveDamaged) as caught:
        read_manifest(backup_store(), place)
    assert caught.value.cause in {Cause.MALFORMED, Cause.SIGNATURE}
