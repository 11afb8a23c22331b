"""Lists of contents: written, read, merged; a bad one is refused (B4)."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backups.errors import ArchiveDamaged, Cause
from backups.manifest import Manifest, ObjectsEntry, read_manifest
from backups.models import Archive
from backups.objects import ArchivedContent, Ordered, list_identity, read_list, union
from backups.parts import BUFFER, Measure, Part, PartWriter
from tests.conftest import EVERY_ROLE
from vault.stores import backup_store

SHA = "cd" * 32


def content(name: str) -> ArchivedContent:
    """A content of that name."""
    return ArchivedContent("documents", name, Part(Measure(1, SHA), Measure(200, SHA)))


def with_list(manifest: Manifest, data: bytes, count: int) -> Manifest:
    """The manifest with another list, sealed as it should be."""
    place = manifest.place
    backup_store().delete(place.object_list)
    with PartWriter(backup_store(), list_identity(place), place.object_list) as out:
        out.write(data)
    return replace(manifest, objects=ObjectsEntry(count, 0, out.part))


@pytest.fixture
def manifest(archive: Archive) -> Manifest:
    """That of ACME's archive."""
    return read_manifest(backup_store(), archive.place)


database = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


@database
def test_a_long_list(manifest: Manifest) -> None:
    """B4: longer than every buffer on its way."""
    contents = [content(f"{number:08}") for number in range(3 * BUFFER // 150)]
    data = b"".join(entry.line() for entry in contents)
    assert len(data) > 2 * BUFFER
    assert list(read_list(backup_store(), with_list(manifest, data, len(contents)))) == contents


GOOD = json.loads(content("a").line())


@database
@pytest.mark.parametrize(
    ("data", "count"),
    [
        (content("b").line() + content("a").line(), 2),
        (content("a").line() * 2, 2),
        (content("a").line(), 2),
        (b"", 1),
        (b"{}\n", 1),
        (b"not json\n", 1),
        (b'["documents"]\n', 1),
        (json.dumps([*GOOD[:1], "../../other", *GOOD[2:]]).encode() + b"\n", 1),
        (json.dumps([*GOOD[:1], "a/../b", *GOOD[2:]]).encode() + b"\n", 1),
        (json.dumps(["", *GOOD[1:]]).encode() + b"\n", 1),
        (json.dumps([*GOOD[:2], -1, *GOOD[3:]]).encode() + b"\n", 1),
        (json.dumps([*GOOD[:2], 2**63, *GOOD[3:]]).encode() + b"\n", 1),
        (json.dumps([*GOOD[:3], "no digest", *GOOD[4:]]).encode() + b"\n", 1),
        (b"[" * 2 * BUFFER, 1),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_bad_list_is_refused_even_if_sealed(manifest: Manifest, data: bytes, count: int) -> None:
    """B4: order, number, names that lead elsewhere, sizes that nothing has."""
    bad = with_list(manifest, data, count)
    with pytest.raises(ArchiveDamaged) as caught:
        list(read_list(backup_store(), bad))
    assert caught.value.cause is Cause.CONTENT


@database
def test_more_than_was_promised(manifest: Manifest) -> None:
    """B4: few compressed bytes that stand for very many are refused at once, not after a full memory."""
    place = manifest.place
    backup_store().delete(place.object_list)
    with PartWriter(backup_store(), list_identity(place), place.object_list) as out:
        for _ in range(300):
            out.write(bytes(BUFFER))
    assert out.part.cipher.bytes < BUFFER
    promised = Part(Measure(1000, out.part.plain.sha256), out.part.cipher)
    with pytest.raises(ArchiveDamaged) as caught:
        list(read_list(backup_store(), replace(manifest, objects=ObjectsEntry(1, 0, promised))))
    assert caught.value.cause is Cause.CONTENT
    assert "more than 1000 bytes" in str(caught.value)


NAMES = st.sets(st.text("abc", min_size=1, max_size=4))


@given(NAMES, NAMES)
def test_side_by_side(held: set[str], asked: set[str]) -> None:
    """B4: looking up in order finds what a dictionary would find."""
    ordered: Ordered[str] = Ordered(iter(sorted(held)), key=str)
    assert {name for name in sorted(asked) if ordered.get(name)} == held & asked


@given(st.lists(NAMES, max_size=5))
def test_union_of_lists(lists: list[set[str]]) -> None:
    """B2: every name that any archive needs, once, in order."""

    def contents(names: set[str]) -> Iterator[ArchivedContent]:
        return (content(name) for name in sorted(names))

    expected: Any = sorted(set().union(*lists))
    assert list(union(map(contents, lists))) == [f"documents/{name}" for name in expected]
