"""What stores really refuse, and that a weakness is called one (B3)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import time_machine

from vault.stores import LocalStore, Lock, S3Store
from vault.stores.probes import Probe
from vault.stores.probing import probe, server_of


def by_check(probes: list[Probe]) -> dict[str, Probe]:
    """The probes by their codes, each once."""
    found = {one.check: one for one in probes}
    assert len(found) == len(probes)
    return found


def test_a_bucket_with_locks(s3: Any) -> None:
    """B3: what moto refuses is evidence; what it accepts although no real store should is named as a weakness."""
    bucket = f"doctor-{uuid4()}"
    s3.create_bucket(
        Bucket=bucket,
        CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"},
        ObjectLockEnabledForBucket=True,
    )
    store = S3Store(s3, bucket, "p", lock=Lock("COMPLIANCE", timedelta(days=7)))
    found = by_check(probe(store))
    assert {check for check, one in found.items() if one.held} == {
        "create_only",
        "read_back",
        "listing",
        "clock",
        "server_clock",
        "overwrite",
        "locked_delete",
        "stranger",
        "tidied",
    }
    assert found["locked_delete"].observed == "refused: 403 AccessDenied"
    assert found["overwrite"].observed == "accepted, the first version is kept"
    for weakness in ("shortened_lock", "checksum"):
        assert found[weakness].observed == "accepted"
    assert found["shortened_lock"].essential  # the settings rely on locks here
    assert "Werkzeug" in server_of(store)
    (left,) = store.list()
    assert left.name.endswith("-locked")
    assert left.name in found["tidied"].observed
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10)):
        again = by_check(probe(S3Store(s3, bucket, "p")))
    assert left.name not in again["tidied"].observed
    assert not again["shortened_lock"].essential


def test_a_bucket_without_versions_and_locks(s3: Any, bucket: str) -> None:
    """B3: overwriting loses the first object there, and nothing can be locked; nothing stays behind."""
    store = S3Store(s3, bucket)
    found = by_check(probe(store))
    assert found["overwrite"].observed == "accepted, and the first is lost"
    assert "takes no locks" in found["locked_delete"].observed
    assert not any(found[check].held for check in ("overwrite", "locked_delete", "shortened_lock", "locked_upload"))
    assert all(one.held for one in found.values() if one.essential)
    assert list(store.list()) == []


def test_a_folder(folder: LocalStore) -> None:
    """B3: create-only by its links, and nothing more; it says so."""
    found = by_check(probe(folder))
    assert {check for check, one in found.items() if not one.held} == {"overwrite", "locked_delete"}
    assert list(folder.list()) == []
    folder.root.chmod(0o755)
    assert [one.check for one in probe(folder) if one.essential and not one.held] == ["stranger"]


def test_a_store_that_is_not_there(s3: Any) -> None:
    """A failure is a finding, not an error."""
    (found,) = probe(S3Store(s3, "there-is-none"))
    assert (found.check, found.held, found.essential) == ("reachable", False, True)
    assert "there-is-none" in found.observed or "NoSuchBucket" in found.observed
