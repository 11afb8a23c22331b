"""What a customer can check without us: exports and proofs, by the script that we hand out (G2, G7)."""

import base64
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import time_machine

from auditlog.models import AuditEvent
from auditlog.sealing import exporting, sealer
from auditlog.sealing.canonical import time_of
from auditlog.sealing.keys import published_keys, rotate_key
from auditlog.sealing.proofs import prove_event
from auditlog.sealing.sealer import Sealed
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.auditlog.conftest import SOMEBODY, write
from tests.auditlog.sealing.conftest import HOUR, SCRIPT, TABLE, as_owner, everything_is_sound, exported, labels
from tests.conftest import EVERY_ROLE
from vault.keys import key_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

INSERTION = (
    f"INSERT INTO {TABLE} SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid()))).*"
    f" FROM {TABLE} AS e WHERE id = %s"
)


def run_script(file: Path, *options: str) -> tuple[int, str]:
    """Its exit code and what it says, in a Python without our code and settings."""
    run = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(file), *options],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={},
    )
    assert not run.stderr, run.stderr
    return run.returncode, run.stdout


def kept(folder: Path, content: bytes | dict[str, Any], name: str = "file") -> Path:
    """As a file."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def test_the_script_says_yes_and_after_one_byte_no_and_where(
    acme: Tenant, sealed_log: list[AuditEvent], tmp_path: Path
) -> None:
    """G2, G7: the promise itself, with the script as a customer runs it."""
    content = exported(acme)
    keys = kept(tmp_path, published_keys(), "keys")
    code, said = run_script(kept(tmp_path, content), "--keys", str(keys))
    assert (code, said.splitlines()[0]) == (0, "YES.")
    assert "9 events are as they were sealed, in 3 segments." in said
    assert labels(content) == [event.target_label for event in sealed_log]

    place = content.index("文書 1.1".encode()) + 7
    code, said = run_script(kept(tmp_path, content[:place] + b"2" + content[place + 1 :]))
    line = content[:place].count(b"\n") + 1
    assert code == 1
    assert said.startswith(f"NO. Line {line}: event {sealed_log[4].id} of ")


def test_every_single_byte_counts(acme: Tenant, sealed_log: list[AuditEvent], checked: Callable[[bytes], str]) -> None:
    """G7: wherever in the file it is, header, seals and end included."""
    content = exported(acme)
    assert checked(content) == ""
    step = max(1, len(content) // 900)
    silent = [
        at
        for at in [*range(0, len(content), step), *range(len(content) - 60, len(content))]
        if not checked(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]).startswith("Line ")
    ]
    assert silent == []


@pytest.mark.parametrize("line", ["event", "segment", "hidden", "head", "last"])
def test_no_line_can_be_left_out_or_repeated(
    acme: Tenant, sealed_log: list[AuditEvent], checked: Callable[[bytes], str], line: str
) -> None:
    """G7: nor changed places."""
    lines = exported(acme, sealed_log[4].at).splitlines(keepends=True)
    start = {"event": b'{"leaf', "segment": b'{"statement', "hidden": b'{"hidden', "head": b'{"head', "last": b'{"sha'}
    at = next(index for index, text in enumerate(lines) if text.startswith(start[line]))
    assert checked(b"".join(lines)) == ""
    assert checked(b"".join(lines[:at] + lines[at + 1 :])).startswith("Line ")
    assert checked(b"".join([*lines[: at + 1], *lines[at:]])).startswith("Line ")
    assert checked(b"".join([*lines[: at - 1], lines[at], lines[at - 1], *lines[at + 1 :]])).startswith("Line ")


def test_an_export_of_a_part_shows_that_part_and_proves_it(
    acme: Tenant, sealed_log: list[AuditEvent], checked: Callable[[bytes], str]
) -> None:
    """G2, G7: the others appear as leaves that tell nothing."""
    content = exported(acme, sealed_log[4].at, sealed_log[7].at)
    assert checked(content) == ""
    assert labels(content) == [event.target_label for event in sealed_log[4:7]]
    assert sealed_log[3].target_label not in content.decode()


def test_an_event_of_the_period_cannot_be_hidden(
    acme: Tenant, sealed_log: list[AuditEvent], checked: Callable[[bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """G7: not even by the provider, who signs the file: its leaf says when it was."""
    real = time_of
    hidden = real(b"." * 60 + sealed_log[4].at.strftime("%Y-%m-%dT%H:%M:%S.%fZ").encode())
    monkeypatch.setattr(exporting, "time_of", lambda line: "1970" if real(line) == hidden else real(line))
    with time_machine.travel(datetime.now(UTC) + HOUR / 2, tick=False):  # in the middle of the period
        content = exported(acme)
    assert len(labels(content)) == 8
    assert f"event {sealed_log[4].id.hex} of" in checked(content)


def test_a_tail_cannot_be_left_out(
    acme: Tenant, sealed_log: list[AuditEvent], seal_all: Callable[[], Sealed], checked: Callable[[bytes], str]
) -> None:
    """G7: as owner of the database, with all seals of the tail: the head knows a later segment."""
    as_owner(f"DELETE FROM {TABLE} WHERE id = ANY(%s)", [[event.id for event in sealed_log[6:]]])
    as_owner("UPDATE sealing_segment SET head = 99 WHERE tenant_id = %s AND seq = 3", [acme.id])
    assert "the path to its root leads elsewhere" in checked(exported(acme))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (f"UPDATE {TABLE} SET outcome = 'denied' WHERE id = %s", "is not as it was sealed"),
        (f"DELETE FROM {TABLE} WHERE id = %s", "is left out"),
        (
            INSERTION,
            "is not as it was sealed",
        ),
    ],
)
def test_an_export_of_a_changed_log_says_no(
    acme: Tenant, sealed_log: list[AuditEvent], checked: Callable[[bytes], str], change: str, said: str
) -> None:
    """G7: edit, deletion, insertion as owner of the database."""
    as_owner(change, [sealed_log[4].id])
    assert said in checked(exported(acme))


def test_exports_after_expiry(
    acme: Tenant,
    sealed_log: list[AuditEvent],
    seal_all: Callable[[], Sealed],
    checked: Callable[[bytes], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """G5, G7: what is left is proved, what has expired is counted."""
    monkeypatch.setattr(exporting, "record", Mock())  # there is no partition for that day yet
    as_owner(f"UPDATE {TABLE} SET retention_class = 'y7' WHERE id = %s", [sealed_log[4].id])
    begin = datetime.now(UTC) - HOUR
    with time_machine.travel(datetime.now(UTC) + timedelta(days=180), tick=False):
        as_owner(f"DELETE FROM {TABLE} WHERE tenant_id = %s AND retention_class = 'd180'", [acme.id])
        seal_all()
        content = exported(acme, begin, begin + 2 * HOUR)
        assert checked(content) == ""
        assert labels(content) == [sealed_log[4].target_label]
        as_owner("DELETE FROM sealing_leaves WHERE tenant_id = %s AND seq <> 2", [acme.id])
        assert checked(exported(acme, begin, begin + 2 * HOUR)) == ""
        assert everything_is_sound(acme)


def test_a_period_long_ago_ends_with_proof_that_nothing_follows(
    acme: Tenant, sealed_log: list[AuditEvent], seal_all: Callable[[], Sealed], checked: Callable[[bytes], str]
) -> None:
    """G7: the first segment that was sealed more than a day later closes it; those after it are not needed."""
    begin = datetime.now(UTC) - HOUR
    for days in (3, 6, 9):
        with time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=False):
            write(acme, label=f"later {days}")
            seal_all()
            content = exported(acme, begin, begin + 2 * HOUR)
    assert checked(content) == ""
    assert len(labels(content)) == 9
    statements = [line for line in content.splitlines(keepends=True) if line.startswith(b'{"statement"')]
    assert len(statements) == 4
    cut = content.replace(statements[-1], b"")
    assert checked(cut).startswith("Line ")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=9), tick=False):
        recent = exported(acme)
    assert checked(recent) == ""
    assert labels(recent) == ["later 9"]


def test_events_too_new_to_be_sealed_are_told_apart(
    acme: Tenant, sealed_log: list[AuditEvent], checked: Callable[[bytes], str], tmp_path: Path
) -> None:
    """G7: they are in the export, and nobody says that they are proved."""
    write(acme, label="new")
    content = exported(acme)
    assert checked(content) == ""
    code, said = run_script(kept(tmp_path, content))
    assert code == 0
    assert "2 are too new to be sealed, and not proved." in said  # the export itself is the second


def test_an_export_of_nothing(acme: Tenant, checked: Callable[[bytes], str]) -> None:
    """G2: before the first seal."""
    content = exported(acme)
    assert checked(content) == ""
    assert labels(content) == []


def test_large_exports_come_in_groups(
    acme: Tenant, seal_all: Callable[[], Sealed], checked: Callable[[bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """G2: many segments, several in a group, several groups, leaves in several lines."""
    monkeypatch.setattr(sealer, "SEGMENT_SIZE", 3)
    monkeypatch.setattr(exporting, "_GROUP", 8)
    monkeypatch.setattr(exporting, "_HIDDEN", 2)
    events = [write(acme, label=f"n{number}") for number in range(50)]
    seal_all()
    whole, part = exported(acme), exported(acme, events[13].at, events[31].at)
    assert (checked(whole), checked(part)) == ("", "")
    assert labels(whole) == [event.target_label for event in events]
    assert labels(part) == [event.target_label for event in events[13:31]]


@pytest.mark.parametrize("index", [0, 4, 8])
def test_one_event_is_proved(acme: Tenant, sealed_log: list[AuditEvent], tmp_path: Path, index: int) -> None:
    """G7: by a file of its own, which the script checks; a changed one is refused."""
    with tenant_transaction(acme.id):
        proof = prove_event(sealed_log[index])
    keys = kept(tmp_path, published_keys(), "keys")
    code, said = run_script(kept(tmp_path, proof), "--keys", str(keys))
    assert (code, said.splitlines()[0]) == (0, "YES.")
    assert str(sealed_log[index].id) in said
    assert f"Head {index // 3 + 1} of" in said

    other = proof | {"line": proof["line"].replace("文書", "文章")}
    assert run_script(kept(tmp_path, other)) == (1, f"NO. Event {sealed_log[index].id} is not as it was sealed.\n")
    for key in ("position", "day", "days"):
        assert run_script(kept(tmp_path, proof | {key: proof[key] + 1}))[0] == 1
    assert run_script(kept(tmp_path, proof | {"head": proof["head"] | {"hash": "00" * 32}}))[0] == 1


def test_a_proof_of_one_of_several_segments_of_a_head(
    acme: Tenant, seal_all: Callable[[], Sealed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G7: the segments after it lead to the one that the head names."""
    monkeypatch.setattr(sealer, "SEGMENT_SIZE", 2)
    events = [write(acme) for _ in range(9)]
    seal_all()
    with tenant_transaction(acme.id):
        proof = prove_event(events[2])
    assert len(proof["following"]) == 3
    assert run_script(kept(tmp_path, proof))[0] == 0
    assert run_script(kept(tmp_path, proof | {"following": proof["following"][1:]}))[0] == 1


def test_an_unsealed_event_has_no_proof_yet(acme: Tenant, sealed_log: list[AuditEvent], tmp_path: Path) -> None:
    """G7: and the script says so."""
    event = write(acme)
    with tenant_transaction(acme.id):
        proof = prove_event(event)
    code, said = run_script(kept(tmp_path, proof))
    assert code == 1
    assert "not sealed yet" in said


def test_proofs_show_nothing_of_other_tenants(
    acme: Tenant, globex: Tenant, provider: Tenant, sealed_log: list[AuditEvent]
) -> None:
    """T1: no name, no key, no count of theirs."""
    with tenant_transaction(acme.id):
        text = json.dumps(prove_event(sealed_log[0])) + exported(acme).decode()
    assert not [word for word in (str(globex.id), globex.id.hex, str(provider.id), "GLOBEX", "theirs") if word in text]


def test_a_renewed_key_is_vouched_for_by_the_old_one(
    acme: Tenant, provider: Tenant, sealed_log: list[AuditEvent], seal_all: Callable[[], Sealed], tmp_path: Path
) -> None:
    """G7: old signatures stay good, and whoever holds the old list follows to the new key; a stranger's is refused."""
    old = published_keys()
    with tenant_transaction(provider.id):
        key = rotate_key(actor=SOMEBODY)
    write(acme)
    seal_all()
    assert everything_is_sound(acme)
    content = exported(acme)
    assert key.key_id in content.decode()
    assert [line["key_id"] for line in map(json.loads, content.splitlines()) if "statement" in line] == (
        [old["keys"][-1]["key_id"]] * 3 + [key.key_id]
    )
    assert run_script(kept(tmp_path, content), "--keys", str(kept(tmp_path, old, "keys")))[0] == 0

    stranger = key_store().signing.keys("tests.stranger")[0]
    listed = {"keys": [{"key_id": stranger.key_id, "public_key": _encoded(stranger.public_bytes), "vouched_by": None}]}
    code, said = run_script(kept(tmp_path, content), "--keys", str(kept(tmp_path, listed, "keys")))
    assert code == 1
    assert "nobody you trust vouches for" in said
    with tenant_transaction(provider.id):
        assert AuditEvent.objects.get(action="auditlog.key.rotated").target_id == key.key_id


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize("content", [b"", b"\n", b"{}", b"[]", b"hello", b'{"format":"sekisho-audit-export-1"}\n'])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    """Not by a traceback."""
    code, said = run_script(kept(tmp_path, content))
    assert code == 1
    assert said.startswith("NO. ")


def test_an_export_is_recorded(acme: Tenant, sealed_log: Sequence[AuditEvent]) -> None:
    """G2, G3: with its period and format."""
    exported(acme)
    with tenant_transaction(acme.id):
        event = AuditEvent.objects.get(action="auditlog.exported")
    assert event.after is not None
    assert event.after.keys() == {"from", "to", "format"}
