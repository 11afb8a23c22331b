"""The watch over backups, and the evidence that outlives generations (B1, B5)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.core import mail
from django.utils import timezone

from auditlog.queries import events
from backups import catalogue
from backups.drills.models import Drill
from backups.errors import ArchiveDamaged, Cause
from backups.models import Archive
from backups.runs.models import Run
from backups.sites.models import StoreCheck
from backups.watch.models import RecoveryPoint
from backups.watch.queries import open_problems, recovery_evidence, recovery_evidence_of_all
from backups.watch.tasks import tell_of_problems, watch_backups
from tenants.isolation.context import tenant_scope
from tenants.isolation.models import new_id
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.backups.conftest import ACTOR, Made
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def began(*, days: int) -> None:
    """All companies are that old."""
    with platform_transaction():
        Tenant.objects.update(created_at=timezone.now() - timedelta(days=days))


@pytest.fixture(autouse=True)
def old_companies(provider: Tenant, acme: Tenant, globex: Tenant) -> None:
    """Companies of this month, so that each should have a backup by now, but no drill yet."""
    began(days=20)


def damage(archive: Archive) -> None:
    """Say that a byte of it is wrong."""
    with tenant_scope(archive.tenant_id):
        catalogue.set_damaged(archive, ArchiveDamaged("manifest", Cause.DIGEST), actor=ACTOR)


def found() -> list[tuple[str, str]]:
    """The problems that are open now, by kind and company."""
    watch_backups.delay()
    return sorted((each.problem.kind, each.company_code) for each in open_problems())


def test_an_old_backup_is_told_of_once_and_closes_by_itself(
    cast: Cast, provider: Tenant, acme: Tenant, globex: Tenant, made: Made
) -> None:
    """B1, B5: 25 hours after the moment of the newest verified one; another mail only when it comes again."""
    for tenant in (provider, globex):
        made(tenant, hours=0.6)
    made(acme, hours=25.1)
    assert found() == found() == [("overdue", "ACME")]
    (message,) = mail.outbox
    assert message.to == [cast.operator.user.email]
    assert "ACME" in message.body
    assert "GLOBEX" not in message.body
    with tenant_scope(provider.id):
        tell_of_problems.delay()
    made(acme, hours=1)
    assert found() == []
    assert len(mail.outbox) == 1
    with tenant_transaction(provider.id):
        told = [(event.action, event.outcome) for event in events().filter(action__startswith="backups.problem")]
    assert told == [("backups.problem.ended", "success"), ("backups.problem.began", "failure")]
    with time_machine.travel(timezone.now() + timedelta(hours=24.2), tick=False):
        assert found() == [("overdue", "ACME")]  # a day later; the others are too old only in an hour
    assert len(mail.outbox) == 2


def test_what_is_not_verified_does_not_count(acme: Tenant, globex: Tenant, provider: Tenant, made: Made) -> None:
    """B5: neither an unverified nor a damaged one; a company of yesterday is given its 25 hours."""
    made(provider, hours=2)
    made(acme, hours=2, verified=False)
    damage(made(globex, hours=2))
    assert found() == [("damaged", "GLOBEX"), ("overdue", "ACME"), ("overdue", "GLOBEX")]
    began(days=1)
    assert found() == [("damaged", "GLOBEX")]


def test_damage_is_told_again_when_it_is_more(cast: Cast, acme: Tenant, made: Made) -> None:
    """B5: one that was never sound is made good by the next; one that was sound once stays lost."""
    damage(made(acme, hours=60, verified=False))
    watch_backups.delay()
    first, second = made(acme, hours=50), made(acme, hours=3)
    watch_backups.delay()
    assert [each.problem.kind for each in open_problems(acme.id)] == []
    mail.outbox.clear()
    damage(first)
    for _hour in range(2):
        watch_backups.delay()
    assert len(mail.outbox) == 1
    damage(second)
    watch_backups.delay()
    assert [each.problem.kind for each in open_problems(acme.id)] == ["damaged", "overdue"]
    assert len(mail.outbox) == 2
    assert str(first.id) in open_problems(acme.id)[0].problem.detail


def test_the_evidence_outlives_the_generations(acme: Tenant, globex: Tenant, made: Made) -> None:
    """B1: the worst gap of 12 months is known when its archives are long gone; a damaged one never bridges a gap."""
    began(days=400)
    made(globex, hours=24 * 200)
    made(globex, hours=24 * 200 - 20)
    for hours in (100, 76, 20):
        made(acme, hours=hours)
    with tenant_transaction(acme.id):
        Archive.objects.all().delete()
        own = recovery_evidence(acme.id)
        assert RecoveryPoint.objects.count() == 3  # and nobody else's
    # From the first day of the company to its first backup, of which it was warned on day two.
    assert own.worst is not None
    assert own.worst > timedelta(days=390)
    assert (own.points, own.missed) == (3, 2)
    with platform_transaction():
        theirs = recovery_evidence(globex.id)
    assert own.age is not None
    assert timedelta(hours=20) <= own.age < timedelta(hours=20.1)
    of_all = recovery_evidence_of_all()
    assert (of_all.points, of_all.missed) == (5, 3)
    assert of_all.age is not None
    assert of_all.age > timedelta(days=399)  # the provider has none at all
    with platform_transaction():
        later = recovery_evidence(globex.id, now=datetime.now(UTC) + timedelta(days=300))
    assert theirs.points == 2
    assert (later.points, later.worst) == (0, None)


def test_a_damaged_backup_does_not_bridge_a_gap(acme: Tenant, made: Made) -> None:
    """B1: what could not be restored is no recovery point; verified again, it counts again and is no second one."""
    made(acme, hours=72)
    lost = made(acme, hours=48)
    damage(lost)
    made(acme, hours=24)
    with tenant_transaction(acme.id):
        gaps = list(RecoveryPoint.objects.order_by("-snapshot_at").values_list("gap", flat=True))
    assert gaps[:2] == [(48 * 60 + 30) * 60, (24 * 60 + 30) * 60]
    with tenant_scope(acme.id):
        catalogue.set_verified(lost, actor=ACTOR)
    with tenant_transaction(acme.id):
        assert RecoveryPoint.objects.filter(damaged_at=None).count() == 3


def test_a_company_reads_its_own_points_only(acme: Tenant, globex: Tenant, made: Made) -> None:
    """T1: the wall stands before the series too."""
    made(acme, hours=5)
    with tenant_transaction(globex.id):
        assert list(RecoveryPoint.objects.all()) == []
        assert recovery_evidence(acme.id).points == 0
        made_up = RecoveryPoint(archive_id=new_id(), tenant_id=acme.id)
        assert made_up.pk


def test_drills_and_the_second_site_are_watched(
    acme: Tenant, globex: Tenant, provider: Tenant, made: Made, settings: LazySettings
) -> None:
    """B3, B5: a drill that failed, one that is overdue, copies that do not arrive; each closes by itself."""
    for tenant in (provider, acme, globex):
        made(tenant, hours=26)
        made(tenant, hours=1)
    with platform_transaction():
        for tenant, sound, days in ((acme, True, 29), (globex, True, 31), (provider, True, 1), (provider, False, 0)):
            at = timezone.now() - timedelta(days=days)
            known = {"tenant_id": tenant.id, "archive_id": new_id(), "started_at": at, "seconds": 1.0, "tool": "test"}
            Drill(sound=sound, error="" if sound else "1 row is missing", **known).save()
    assert found() == [("drill", "PROVIDER"), ("drill_due", "GLOBEX")]
    assert "1 row is missing" in open_problems(provider.id)[0].problem.detail
    settings.VAULT_BACKUP_COPY_STORE = "file:///elsewhere"
    assert ("site", "") in found()
    for tenant in (provider, acme, globex):
        with tenant_transaction(tenant.id):
            Archive.objects.filter(verified_at__lt=timezone.now() - timedelta(hours=20)).update(
                copied_at=timezone.now()
            )
    assert ("site", "") not in found()
    probes = [{"check": "overwrite", "held": False}, {"check": "reachable", "held": True}]
    with platform_transaction():
        StoreCheck(store="backups", address="s3://backups", server="", sound=False, checks=probes).save()
    assert ("doctor", "") in found()
    assert [each.problem.detail for each in open_problems()][-1] == "s3://backups: overwrite"
    with platform_transaction():
        StoreCheck(store="backups", address="s3://backups", server="", sound=True, checks=[]).save()
    assert ("doctor", "") not in found()


def test_a_run_that_failed_is_told_of_until_one_succeeds(cast: Cast, acme: Tenant, made: Made) -> None:
    """B1: with its cause, to operators, who find all runs on a page of their own."""
    with platform_transaction():
        Run(kind="scheduled", state="failed", companies=3, failed=1, error="ACME: no space left").save()
    assert ("run", "") in found()
    assert "no space left" in mail.outbox[0].body
    page = cast.operator.client().get("/operator/backups/runs/").content.decode()
    assert "no space left" in page
    assert cast.admin.client().get("/operator/backups/runs/").status_code == 404
    with platform_transaction():
        Run(kind="scheduled", state="finished", companies=3, size=123_000_000).save()
    assert ("run", "") not in found()
    assert "117.3" in cast.operator.client().get("/operator/backups/").content.decode()
