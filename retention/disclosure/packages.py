"""The package: one ZIP, streamed into the vault, with a manifest of digests that is signed (R5).

docs/holds.md describes it. Nothing of it is ever on a disk in the clear.
"""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from auditlog.exports.spreadsheet import BOM, csv_rows
from auditlog.sealing.exporting import open_export
from auditlog.sealing.keys import published_keys, sign
from documents.objects import open_content
from retention.disclosure.gathering import Gathered, Rows
from retention.disclosure.models import Disclosure
from tenants.isolation.transactions import atomic
from vault.objectformat import Identity
from vault.streams import EncryptingWriter

OBJECT_KIND = "disclosures"
FORMAT = "sekisho-disclosure-1"


class _Out(io.RawIOBase):
    """The vault's writer as `zipfile` wants it: a stream that goes forward only."""

    def __init__(self, writer: EncryptingWriter) -> None:
        super().__init__()
        self._writer = writer

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:
        """Pass the bytes on."""
        return self._writer.write(bytes(data))


class Package:
    """A ZIP that notes the digest of everything that goes into it."""

    def __init__(self, writer: EncryptingWriter) -> None:
        self._zip = zipfile.ZipFile(_Out(writer), "w", zipfile.ZIP_STORED, allowZip64=True)
        self.files: list[dict[str, Any]] = []

    def add(self, name: str, chunks: Iterable[bytes]) -> str:
        """Add a file; returns the digest of its content."""
        digest, size = hashlib.sha256(), 0
        entry = zipfile.ZipInfo(name, timezone.localtime().timetuple()[:6])
        with self._zip.open(entry, "w", force_zip64=True) as out:
            for chunk in chunks:
                out.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.files.append({"name": name, "size": size, "sha256": digest.hexdigest()})
        return digest.hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failure: type[BaseException] | None, *_rest: object) -> None:
        """Write the directory of the ZIP; after a failure nothing more goes out."""
        if failure is not None:
            self._zip.fp = None  # or it would write its directory when it is forgotten
        self._zip.close()


def write_package(disclosure: Disclosure, writer: EncryptingWriter) -> dict[str, int]:
    """Write everything that the disclosure reaches; how much of what there was. In the scope of its company.

    Raises the errors of the vault; DigestWrong when a content is not the one that was uploaded.
    """
    with atomic():
        gathered = Gathered(disclosure)
        contents = list(gathered.contents())
    counts = {"files": len(contents), "events": 0}
    with Package(writer) as package:
        for path, version in contents:
            with open_content(version) as reader:
                if package.add(path, reader) != version.sha256:
                    raise DigestWrong(path)
        for origin, tables in (("rows", gathered.rows), ("kept", gathered.kept)):
            for name, rows in tables.items():
                if rows:
                    counts[f"{origin}.{name}"] = len(rows)
                    package.add(f"{origin}/{name}.csv", [BOM + csv_rows(_cells(rows))])
                    package.add(f"{origin}/{name}.json", [_json(rows)])
        if gathered.whole_log:
            counts["events"] = _add_log(package, disclosure)
        _add_manifest(package, disclosure, counts)
    return counts


class DigestWrong(ValueError):  # noqa: N818
    """A content is not the one that was uploaded."""


def object_path(tenant_id: UUID, run: UUID) -> str:
    """Where a package lies in the document store."""
    return Identity(tenant_id, OBJECT_KIND, str(run)).path()


def _add_log(package: Package, disclosure: Disclosure) -> int:
    """The audit log of the period with its proofs, of all time where the order names no period."""
    begin = disclosure.since or datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    with atomic():
        export = open_export(begin, disclosure.until or timezone.now())
    package.add("audit.jsonl", export)
    return export.events


def _add_manifest(package: Package, disclosure: Disclosure, counts: dict[str, int]) -> None:
    facts = {
        "format": FORMAT,
        "disclosure": disclosure.id,
        "tenant": disclosure.tenant_id,
        "company": disclosure.company_code,
        "authority": disclosure.authority,
        "reference": disclosure.reference,
        "legal_ground": disclosure.legal_ground,
        "scope": disclosure.scope,
        "name": disclosure.scope_label,
        "from": disclosure.since,
        "to": disclosure.until,
        "made_at": timezone.now(),
        "counts": counts,
        "files": package.files,
    }
    manifest = _json(facts)
    package.add("manifest.json", [manifest])
    signature = sign(f"{FORMAT} {hashlib.sha256(manifest).hexdigest()}")
    signed = {
        "key_id": signature.key_id,
        "signature": base64.b64encode(signature.value).decode(),
        "keys": published_keys(),
    }
    package.add("manifest.sig.json", [_json(signed)])


def _cells(rows: Rows) -> Iterator[list[object]]:
    yield list(rows[0])
    for row in rows:
        yield [_cell(value) for value in row.values()]


def _cell(value: object) -> object:
    if value is None:
        return ""
    return _json(value).decode() if isinstance(value, dict | list) else value


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder).encode()
