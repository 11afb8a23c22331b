"""`manage.py backup` for people and machines: what it prints, how it ends (B1-B6)."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.core.management import ManagementUtility, call_command
from django.core.management.base import CommandError

from accounts.login import log_in
from backups.commands.subcommand import every_archive
from backups.layout import PLATFORM_ID, ArchivePlace
from backups.models import Archive, State
from backups.queries import find_archive
from backups.runs.models import RunKind
from backups.runs.services import back_up_everybody
from backups.sites.tasks import copy_what_waits
from tenants.isolation.transactions import tenant_transaction
from tests.backups.conftest import Stored
from tests.backups.processes import run
from tests.backups.tampering import flip, names
from tests.conftest import EVERY_ROLE
from vault.stores import document_store

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def backup(*arguments: str) -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command("backup", *arguments, stdout=out)
    return out.getvalue()


def backup_json(*arguments: str) -> Any:
    """What the command tells machines."""
    return json.loads(backup(*arguments, "--json"))


def test_the_whole_way_from_a_shell(stored: Stored) -> None:
    """B1, B5, B6: run, list, verify, restore, each a process of its own, as an operator types them."""
    made = run("backup", "run", "--tenant", "acme", "--json")
    assert made.returncode == 0, made.stderr
    (archive,) = json.loads(made.stdout)
    assert (archive["company_code"], archive["state"], archive["objects"]) == ("ACME", "verified", 4)

    listed = run("backup", "list", "--json")
    assert [entry["id"] for entry in json.loads(listed.stdout)] == [archive["id"]]

    verified = run("backup", "verify", archive["id"])
    assert verified.returncode == 0, verified.stderr
    assert "is sound" in verified.stdout

    restored = run("backup", "restore", archive["id"], "--as", "ACME-2", "--json")
    assert restored.returncode == 0, restored.stderr
    assert json.loads(restored.stdout)["company_code"] == "ACME-2"
    assert log_in(company_code="ACME-2", user_id="anna", password=stored.admin.password)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("run",),
        ("verify",),
        ("run", "--tenant", "ACME", "--all"),
        ("verify", "not-an-id"),
        ("restore", str(uuid4())),
    ],
)
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code tells wrong usage from failure."""
    with pytest.raises(SystemExit) as ended:
        ManagementUtility(["manage.py", "backup", *arguments]).execute()
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.usefixtures("own_parts")
def test_a_damaged_backup_ends_with_1(archive: Archive) -> None:
    """B5: a script sees it by the exit code, a person by the cause."""
    (name,) = names(archive.place, "accounts_user.zst.enc")
    flip(name, -1)
    ended = run("backup", "verify", str(archive.id))
    assert ended.returncode == 1
    assert "accounts_user.zst.enc" in ended.stderr
    assert "cannot be decrypted" in ended.stderr
    with pytest.raises(CommandError):
        backup("verify", str(archive.id), "--json")
    assert backup_json("list")[0]["state"] == State.DAMAGED


def test_all_open_tenants(stored: Stored, neighbour: Stored) -> None:
    """B1: one line for each tenant, and the whole run with the archive of the platform."""
    made = backup_json("run", "--all")
    assert {(entry["company_code"], entry["state"]) for entry in made["companies"]} == {
        ("ACME", "verified"),
        ("GLOBEX", "verified"),
        ("PROVIDER", "verified"),
    }
    assert (made["run"]["state"], made["run"]["companies"], made["run"]["objects"]) == ("finished", 3, 8)
    assert made["run"]["platform_archive"]
    assert sorted((entry["kind"], entry["company_code"] or "", entry["state"]) for entry in backup_json("list")) == [
        ("company", "ACME", "verified"),
        ("company", "GLOBEX", "verified"),
        ("company", "PROVIDER", "verified"),
        ("platform", "", "verified"),
    ]
    assert "(platform)" in backup("list")
    assert "3 companies, 0 failed" in backup("run", "--all")
    assert [entry["company_code"] for entry in backup_json("list", "--tenant", "GLOBEX")] == ["GLOBEX"] * 2


def test_one_failure_does_not_stop_the_others(stored: Stored, neighbour: Stored) -> None:
    """B1: the failed one is named, the exit code says that there is one."""
    for info in list(document_store().list(f"{stored.tenant.id}/")):
        document_store().delete(info.name)
    out = io.StringIO()
    with pytest.raises(CommandError, match="ACME"):
        call_command("backup", "run", "--all", "--json", stdout=out)
    states = {entry["company_code"]: entry["state"] for entry in json.loads(out.getvalue())["companies"]}
    assert states == {"ACME": "failed", "GLOBEX": "verified", "PROVIDER": "verified"}


def test_what_people_see(stored: Stored, take: Callable[[], Archive]) -> None:
    """Tables, with the cause where there is one."""
    text = backup("run", "--tenant", "ACME")
    assert "verified" in text
    assert "ACME" in backup("list")
    (archive_id,) = (entry["id"] for entry in backup_json("list"))
    assert archive_id in backup("list")
    assert "Its users log in with their old passwords." in backup("restore", archive_id, "--as", "COPY")


def test_every_backup_verified_at_either_site(
    stored: Stored, neighbour: Stored, settings: LazySettings, tmp_path: Path
) -> None:
    """B3, B5: verified ones too, the platform's too; each damaged one is named with its cause, exit code 1."""
    settings.VAULT_BACKUP_COPY_STORE = f"file://{tmp_path}/second"
    back_up_everybody(RunKind.COMMAND)
    copy_what_waits()
    sound = backup_json("verify", "--all")
    assert [entry["sound"] for entry in sound] == [True] * 4
    (platform,) = (entry["id"] for entry in sound if entry["kind"] == "platform")
    (acme,) = (entry["id"] for entry in sound if entry["company_code"] == "ACME")
    for site in ("first", "second"):
        assert f"Backup {platform} is sound" in backup("verify", platform, "--site", site)

    for one in every_archive():
        if str(one.id) in {platform, acme}:
            flip(one.place.small, -1)

    out = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("backup", "verify", "--all", "--json", stdout=out)
    damaged = {entry["id"]: entry["error"] for entry in json.loads(out.getvalue()) if not entry["sound"]}
    assert set(damaged) == {platform, acme}
    assert all("small.zst.enc: a part cannot be decrypted" in error for error in damaged.values())
    assert sorted(str(caught.value).splitlines()) == [
        f"(platform) {platform}: damaged. {damaged[platform]}",
        f"ACME {acme}: damaged. {damaged[acme]}",
    ]
    assert [entry["sound"] for entry in backup_json("verify", "--all", "--site", "second")] == [True] * 4

    copy = tmp_path / "second" / ArchivePlace(PLATFORM_ID, UUID(platform)).small
    copy.chmod(0o644)
    copy.write_bytes(b"spoilt")
    with pytest.raises(CommandError, match=f"{platform} is damaged at the second site"):
        backup("verify", platform, "--site", "second")
    assert {entry["kind"] for entry in backup_json("verify", "--all", "--site", "second")} == {"company"}


def test_unknown_ids_and_codes(stored: Stored) -> None:
    """They are named, and nothing happens."""
    with pytest.raises(CommandError, match="NOBODY"):
        backup("run", "--tenant", "NOBODY")
    unknown = str(uuid4())
    for arguments in (("verify", unknown), ("restore", unknown, "--as", "COPY")):
        with pytest.raises(CommandError, match=unknown):
            backup(*arguments)


def test_a_run_in_the_making_is_not_listed(archive: Archive) -> None:
    """B4: neither in the list nor by its id."""
    with tenant_transaction(archive.tenant_id):
        Archive.objects.update(state=State.RUNNING)
    assert backup_json("list") == []
    assert find_archive(UUID(str(archive.id))) is None


def test_a_database_without_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh machine: told what to do, not shown a traceback."""
    monkeypatch.setattr("backups.management.commands.backup._TABLE", "public.not_there_yet")
    with pytest.raises(CommandError, match=r"manage\.py migrate"):
        backup("list")
