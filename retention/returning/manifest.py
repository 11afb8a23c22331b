"""What a data return holds, signed: every entry with its digest, every table with its rows (R3).

docs/data-return.md describes the format, docs/verify_return.py checks it. It lies in the last part and names neither
itself nor its signature.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from auditlog.sealing.keys import published_keys, sign
from auditlog.sealing.statements import moment, written
from backups.release import tool
from retention.returning.content import Table
from retention.returning.files import FileTree
from retention.returning.lists import State
from retention.returning.packing import Packed

FORMAT = "sekisho-data-return-1"


@dataclass(frozen=True, slots=True)
class Head:
    """Whose data it is, as of when, written when, in how many parts."""

    tenant_id: UUID
    company_code: str
    company_name: str
    snapshot_at: datetime
    written_at: datetime
    parts: int


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table with the number of its rows and the entries that hold it."""

    table: Table
    rows: int
    files: Sequence[str]


def manifest_lines(
    head: Head, tables: Iterable[TableFacts], packed: Iterable[Packed], tree: FileTree, state_of: Callable[[int], State]
) -> Iterator[bytes]:
    """The manifest as JSON, a line an entry, so that it is written and read in constant memory."""
    opening = _text(
        {
            "format": FORMAT,
            "tenant": str(head.tenant_id),
            "company_code": head.company_code,
            "company_name": head.company_name,
            "snapshot_at": moment(head.snapshot_at),
            "written_at": moment(head.written_at),
            "tool": tool(),
            "parts": head.parts,
            "tables": [_table(facts) for facts in tables],
        }
    )
    yield f'{opening[:-1]}, "entries": [\n'.encode()
    separator = ""
    for entry in packed:
        yield f"{separator}{_entry(entry.path, entry.part, entry.size, entry.sha256)}".encode()
        separator = ",\n"
    problems = []
    for place, file in enumerate(tree):
        part, problem = state_of(place)
        if problem:
            problems.append(_text({"path": file.path, "size": file.size, "sha256": file.sha256, "problem": problem}))
        else:
            yield f"{separator}{_entry(file.path, part, file.size, file.sha256)}".encode()
    yield f'\n], "unreadable": [{", ".join(problems)}]}}\n'.encode()


def sign_manifest(head: Head, manifest: Packed) -> bytes:
    """The signed statement about the manifest, with the public keys."""
    statement = written(
        {
            "format": FORMAT,
            "tenant": str(head.tenant_id),
            "snapshot_at": moment(head.snapshot_at),
            "size": manifest.size,
            "sha256": manifest.sha256,
        }
    )
    signature = sign(statement)
    signed = {
        "statement": statement,
        "key_id": signature.key_id,
        "signature": base64.b64encode(signature.value).decode(),
        "keys": published_keys(),
    }
    return json.dumps(signed, indent=1).encode() + b"\n"


def _table(facts: TableFacts) -> dict[str, Any]:
    table = facts.table
    columns = [{"key": key} | {language: words[key] for language, words in table.labels.items()}
               for key in table.columns]  # fmt: skip
    return {"table": table.name, "titles": dict(table.titles), "rows": facts.rows, "files": list(facts.files),
            "columns": columns}  # fmt: skip


def _entry(path: str, part: int, size: int, sha256: str) -> str:
    return _text({"path": path, "part": part, "size": size, "sha256": sha256})


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
