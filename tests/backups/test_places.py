"""Where data are kept (T8), and checks that two sites are two and that locks end in time (B3, R1)."""

import pytest
from django.conf import LazySettings

from backups.sites import checks
from backups.sites.places import Kept, PlaceKind, where_kept


def ids(settings: LazySettings, **changed: object) -> list[str | None]:
    """What the checks of stores find with these settings."""
    for name, value in changed.items():
        setattr(settings, name, value)
    found = [*checks.locks_end_in_time(), *checks.sites_apart(), *checks.there_is_a_second_site()]
    return [message.id for message in found]


def test_every_place_is_named(settings: LazySettings) -> None:
    """T8: what the operator calls a place, else the city of a region of Amazon, else nothing."""
    settings.S3_ENDPOINT_URL = ""
    settings.DATABASE_REGION = "東京"
    settings.VAULT_DOCUMENT_STORE = "s3://documents"
    settings.VAULT_KEY_STORE = "s3://keys?endpoint=https://s3.example"
    settings.VAULT_BACKUP_STORE = "file:///backups"
    settings.VAULT_BACKUP_COPY_STORE = "s3://copies?region=ap-northeast-3"
    assert [(place.kept, place.kind, place.region) for place in where_kept()] == [
        (Kept.DATABASE, PlaceKind.DATABASE, "東京"),
        (Kept.DOCUMENTS, PlaceKind.BUCKET, "Tokyo, Japan (ap-northeast-1)"),
        (Kept.KEYS, PlaceKind.BUCKET, ""),
        (Kept.BACKUPS, PlaceKind.FOLDER, ""),
        (Kept.COPIES, PlaceKind.BUCKET, "Osaka, Japan (ap-northeast-3)"),
    ]
    settings.VAULT_BACKUP_COPY_STORE = ""
    assert [place.region_label for place in where_kept()][2:] == ["This machine", "This machine"]
    settings.PRODUCTION = True
    assert [place.region_label for place in where_kept()][2:] == ["Not stated", "Not stated"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("s3://a/x", "s3://a/y", ["backups.E013"]),
        ("s3://a/x", "s3://a/x?region=ap-northeast-3", ["backups.E013"]),
        ("s3://a", "s3://b", ["backups.W013"]),
        ("s3://a", "s3://b?region=ap-northeast-3", []),
        ("s3://a", "s3://a?endpoint=https://osaka.example", []),
        ("file:///tmp", "file:///usr/../tmp", ["backups.W013"]),
        ("file:///tmp", "s3://b", []),
        ("file:///tmp", "", ["backups.W014"]),
    ],
)
def test_two_sites_are_two(settings: LazySettings, first: str, second: str, expected: list[str]) -> None:
    """B3: not one bucket, not one disk, not one region."""
    settings.PRODUCTION = True
    assert ids(settings, VAULT_BACKUP_STORE=first, VAULT_BACKUP_COPY_STORE=second) == expected


@pytest.mark.parametrize(
    ("days", "mode", "store", "expected"),
    [
        (0, "COMPLIANCE", "file:///backups", []),
        (1, "GOVERNANCE", "s3://backups", []),
        (22, "COMPLIANCE", "s3://backups", ["backups.I010"]),
        (23, "COMPLIANCE", "s3://backups", ["backups.E010", "backups.I010"]),
        (-1, "COMPLIANCE", "s3://backups", ["backups.E010"]),
        (1, "forever", "s3://backups", ["backups.E011"]),
        (1, "COMPLIANCE", "file:///backups", ["backups.E012"]),
    ],
)
def test_locks_end_in_time(settings: LazySettings, days: int, mode: str, store: str, expected: list[str]) -> None:
    """B3, R1: an erased company is gone within 30 days, so nothing is locked for longer than is left of them."""
    settings.VAULT_BACKUP_COPY_STORE = "s3://copies?region=ap-northeast-3"
    changed = {"BACKUP_LOCK_DAYS": days, "BACKUP_LOCK_MODE": mode, "VAULT_BACKUP_STORE": store}
    assert ids(settings, **changed) == expected
