"""Who still gets into a company whose use has ended, by every way there is (T4, R3; DESIGN section 7)."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.utils import timezone

from accounts.links import LinkVoid, issue_invitation, issue_reset, peek
from accounts.login import LoginRefused, log_in
from accounts.menus import EDITOR
from accounts.models import LinkPurpose, UserState
from accounts.tasks import send_invitation, send_reset
from auditlog.models import AuditEvent
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import resolve_company
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant
from tenants.queries import open_tenants
from tests.accounts.reading import comparable, stranger
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import PASSWORD, Person, make_person

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


@pytest.fixture
def closed(cast: Cast) -> Tenant:
    """ACME, whose use has ended yesterday; the sessions of its people happen to live."""
    tenant = cast.admin.tenant
    with platform_transaction():
        Tenant.objects.filter(id=tenant.id).update(state=State.SUSPENDED, last_day=timezone.localdate())
    return tenant


def attempt(user_id: str, password: str = PASSWORD, company: str = "ACME") -> dict[str, str]:
    """What somebody types."""
    return {"company_code": company, "user_id": user_id, "password": password}


def test_answers_at_the_log_in_page(cast: Cast, closed: Tenant) -> None:
    """T4, DESIGN 7: nothing is told before a right password; then the last day of use."""
    nobody = comparable(stranger().post("/login/", attempt("absent", "wrong")))
    for user_id in ("erin", "alice"):
        status, body, headers = comparable(stranger().post("/login/", attempt(user_id, "wrong")))
        assert (status, body.replace(f'value="{user_id}"', 'value="absent"'), headers) == nobody
    told = stranger().post("/login/", attempt("erin")).content.decode()
    assert "The use of your company has ended on" in told
    with pytest.raises(LoginRefused) as refusal:
        log_in(company_code="ACME", user_id="erin", password=PASSWORD)
    assert refusal.value.ended_on == timezone.localdate()
    with platform_transaction():
        Tenant.objects.filter(id=closed.id).update(state=State.ERASED)
    assert resolve_company("ACME") is None
    assert comparable(stranger().post("/login/", attempt("alice")))[1].count("has ended") == 0


def test_an_administrator_sees_what_leaving_needs(cast: Cast, closed: Tenant) -> None:
    """R3: logged in anew, they arrive at the way out; the navigation leads nowhere else, and refusals are on record."""
    browser = stranger()
    arrived = browser.post("/login/", attempt("alice"), follow=True)
    assert arrived.status_code == 200
    assert arrived.request["PATH_INFO"].startswith("/console/")
    page = browser.get("/console/contract/cancellation/").content.decode()
    assert "The use of your company has ended" in page
    for address in ("/console/users/", "/documents/", "/activity/", "/console/audit/"):
        assert f'href="{address}"' not in page
        assert browser.get(address).status_code == 403
    assert browser.get("/profile/").status_code == 200
    with tenant_transaction(closed.id):
        assert AuditEvent.objects.filter(action="access.denied").count() == 4
    assert browser.post("/logout/").status_code == 302


def test_sessions_of_the_others_open_nothing(cast: Cast, closed: Tenant) -> None:
    """T4: even one that lived on."""
    response = cast.editor.client().get("/")
    assert (response.status_code, response["Location"]) == (302, "/login/?next=%2F")


@pytest.mark.parametrize(
    ("issue", "purpose"), [(issue_reset, LinkPurpose.RESET), (issue_invitation, LinkPurpose.INVITATION)]
)
def test_links_are_void(cast: Cast, closed: Tenant, issue: Callable[..., str], purpose: LinkPurpose) -> None:
    """A7, T4: but for those who may still come in, who may have forgotten their password."""

    def living(person: Person) -> bool:
        with tenant_transaction(closed.id):
            secret = BearerSecret.parse(issue(person.user, actor=person.actor).rstrip("/").rpartition("/")[2])
            assert secret is not None
            try:
                return peek(secret, purpose) is not None
            except LinkVoid:
                return False

    assert (living(cast.editor), living(cast.admin)) == (False, True)


def test_no_links_are_mailed(cast: Cast, closed: Tenant) -> None:
    """T4: jobs that were waiting send nothing to people who cannot come in."""
    invited = make_person(closed, "ivan", EDITOR, state=UserState.INVITED)
    with tenant_scope(closed.id):
        send_invitation(str(invited.user.id), "alice")
        send_reset("erin")
        assert not mail.outbox
        send_reset("alice")
    assert [message.to for message in mail.outbox] == [[cast.admin.user.email]]


def test_the_jobs_of_the_day_leave_it_out(cast: Cast, closed: Tenant, globex: Tenant) -> None:
    """T4: backups, reminders, watching; the others go on."""
    assert closed.id not in {tenant.id for tenant in open_tenants()}
    assert globex.id in {tenant.id for tenant in open_tenants()}
