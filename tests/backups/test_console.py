"""The page on which a company sees its own backups (B2, B5)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone

from accounts.menus import READER
from backups.models import Archive
from backups.verifying import verify_archive
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant
from tests.backups.conftest import ACTOR, Made, Stored
from tests.backups.tampering import flip, names
from tests.conftest import EVERY_ROLE
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

PAGE = "/console/backups/"


def test_without_a_backup_the_page_says_when_the_first_one_comes(stored: Stored) -> None:
    """B1: an empty list is no dead end."""
    answer = stored.admin.client().get(PAGE)
    assert answer.status_code == 200
    assert "No backup yet" in answer.content.decode()
    assert "02:30" in answer.content.decode()


def test_the_page_lists_the_own_generations_only(
    stored: Stored, neighbour: Stored, take: Callable[[], Archive]
) -> None:
    """B2, B5: time, size, rows and whether it was verified; nothing of another company's."""
    with tenant_scope(stored.tenant.id):
        archive = take()
        verify_archive(archive, actor=ACTOR)
    page = stored.admin.client().get(PAGE).content.decode()
    assert "Verified" in page
    assert f"{archive.row_count:,}" in page
    assert "of 7 in your plan" in page
    assert "No backup yet" in neighbour.admin.client().get(PAGE).content.decode()


def test_the_page_needs_its_menu(stored: Stored) -> None:
    """A9: a reader is refused."""
    reader = make_person(stored.tenant, "rita", READER)
    assert reader.client().get(PAGE).status_code == 403


@pytest.mark.usefixtures("own_parts")
def test_a_damaged_newest_backup_is_said_aloud(stored: Stored, take: Callable[[], Archive]) -> None:
    """B5: until a later run was sound."""
    warning = "A backup did not pass its check"
    archive = take()
    with tenant_scope(stored.tenant.id):
        flip(names(archive.place, "accounts_user.zst.enc")[0], -1)
        assert not verify_archive(archive, actor=ACTOR)
    page = stored.admin.client().get(PAGE).content.decode()
    assert warning in page
    assert "Damaged" in page
    assert "None yet" in page
    with tenant_scope(stored.tenant.id):
        assert verify_archive(take(), actor=ACTOR)
    page = stored.admin.client().get(PAGE).content.decode()
    assert warning not in page
    assert "Damaged" in page


def test_the_page_says_what_became_of_each_day_and_where_it_is_kept(
    stored: Stored, made: Made, settings: LazySettings
) -> None:
    """B1, B5, T8: the own calendar, the own worst gap, no drill yet, the regions."""
    settings.VAULT_BACKUP_STORE_REGION = "Osaka DC 2"
    with platform_transaction():
        Tenant.objects.update(created_at=timezone.now() - timedelta(days=9))
    made(stored.tenant, hours=50)
    made(stored.tenant, hours=5)
    page = stored.admin.client().get(PAGE).content.decode()
    assert page.count("day-verified") == 2 + 2  # and two in the legend
    assert "The work of 5.0 hours" in page
    assert "2 of 2" in page
    assert "The first one comes within 30 days" in page
    assert "Osaka DC 2" in page


def test_everybody_sees_where_data_are_kept(stored: Stored, settings: LazySettings) -> None:
    """T8: without any menu, the second site only where there is one."""
    settings.DATABASE_REGION = "Tokyo DC 1"
    nobody = make_person(stored.tenant, "nina").client()
    page = nobody.get("/data-location/").content.decode()
    assert "Tokyo DC 1" in page
    assert "Backups, second site" not in page
    settings.VAULT_BACKUP_COPY_STORE, settings.VAULT_BACKUP_COPY_STORE_REGION = "file:///elsewhere", "Sapporo"
    assert "Sapporo" in nobody.get("/data-location/").content.decode()
