"""What watches the suite notices a deed without a record, and knows what is none (G1, G3)."""

from collections.abc import Iterator

import pytest

from accounts.models import Role
from accounts.roles import create_role
from auditlog.actions import ACCESS_DENIED
from auditlog.services import record
from tenants.isolation.transactions import atomic
from tenants.models import Tenant
from tests import deeds
from tests.auditlog.conftest import SOMEBODY
from tests.test_service_shapes import PART

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The functions of this module count as the product's; what is found here is no fault of the suite."""
    monkeypatch.setattr(deeds, "APPS", ("tests",))
    yield
    deeds.unrecorded.clear()


@atomic()
def forgetful(name: str) -> Role:
    """Write, and record nothing."""
    return Role.objects.create(custom_name=name)


@atomic()
def failing(name: str) -> None:
    """Write, and fail."""
    Role.objects.create(custom_name=name)
    raise LookupError


@atomic()
def careful(name: str) -> None:
    """Let another write, and record it."""
    forgetful(name)
    record(ACCESS_DENIED, actor=SOMEBODY)


def test_a_deed_without_a_record_is_found(product: None, inside_acme: Tenant) -> None:
    """G3: by name, with what it wrote."""
    forgetful("A")
    assert deeds.unrecorded == [f"{__name__}.forgetful wrote to accounts_role and recorded nothing"]


def test_a_part_is_its_callers_to_record(product: None, inside_acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """G3: named as a part it is none of its own, and the caller answers for it."""
    monkeypatch.setitem(deeds.REASONS, f"{__name__}.forgetful", PART)
    careful("A")
    assert deeds.unrecorded == []
    with atomic():
        forgetful("B")
    assert [found.split(" ", 1)[1] for found in deeds.unrecorded] == ["wrote to accounts_role and recorded nothing"]


def test_what_is_recorded_undone_or_changes_no_row_is_fine(product: None, inside_acme: Tenant) -> None:
    """G3: a real service, a deed that was rolled back, an update that finds nothing."""
    create_role(name="Accounting", menus=["documents"], actor=SOMEBODY)
    with pytest.raises(LookupError):
        failing("B")
    with atomic():
        Role.objects.filter(custom_name="X").update(custom_name="C")
    assert deeds.unrecorded == []
