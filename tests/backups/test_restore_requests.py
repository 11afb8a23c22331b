"""A company asks for itself beside itself; somebody decides, the restorer does it, all of it on record (B6)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from accounts.menus import ADMINISTRATOR, OPERATOR
from auditlog.models import AuditEvent
from backups.models import Archive
from backups.requests import asking, deciding, outstanding, restorer, tasks, working
from backups.requests.models import RestoreKind, RestoreProblem, RestoreRequest, RestoreState
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import resolve_company
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tenants.plans import PLANS, PlanCode
from tests.backups.conftest import Stored
from tests.backups.deleting import contents, delete, look
from tests.backups.digests import changed, every_row
from tests.backups.processes import kill, start, table_locked, wait_until_blocked
from tests.conftest import EVERY_ROLE
from tests.factories.people import Person, make_person

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

REASON = "The accountant needs last week."
_JOB = """
from uuid import UUID
from backups.requests import tasks
from tenants.isolation.context import tenant_scope
with tenant_scope(UUID('{tenant}')):
    tasks.{task}('{key}')
"""


@pytest.fixture
def operator(provider: Tenant) -> Person:
    """An operator."""
    return make_person(provider, "olga", ADMINISTRATOR, OPERATOR)


def ask(stored: Stored, archive: Archive, code: str = "ACME-R1") -> RestoreRequest:
    """As the administrator; returned as it is after whatever ran at once."""
    with tenant_transaction(stored.tenant.id):
        made = asking.ask_for_company(archive, company_code=code, reason=REASON, actor=stored.admin.actor)
    return now(made)


def now(request: RestoreRequest) -> RestoreRequest:
    """The request as it is."""
    with tenant_transaction(request.tenant_id):
        return RestoreRequest.objects.get(id=request.id)


def decide(operator: Person, request: RestoreRequest, *, refuse: str = "") -> None:
    """As the operator."""
    with tenant_transaction(operator.tenant.id):
        if refuse:
            deciding.refuse(request, word=refuse, actor=operator.actor)
        else:
            deciding.approve(request, word="Called back.", actor=operator.actor)


def told() -> list[tuple[str, str]]:
    """Whom the mails went to, with what their subject says."""
    found = sorted((message.to[0].partition("@")[0], str(message.subject)) for message in mail.outbox)
    mail.outbox.clear()
    return found


def actions_of(tenant: Tenant) -> list[str]:
    """What the tenant's log says of requests, oldest first."""
    with tenant_transaction(tenant.id):
        events = AuditEvent.objects.filter(action__startswith="backups.request.").order_by("id")
        return [event.action.rpartition(".")[2] for event in events]


def test_an_operator_approves_and_the_company_stands_beside_itself(
    stored: Stored, neighbour: Stored, provider: Tenant, operator: Person, backed_up: Archive
) -> None:
    """B6: asked, approved, restored; the company of today and its neighbour keep every row; everybody is told."""
    before = every_row()
    request = ask(stored, backed_up)
    assert request.state == RestoreState.ASKED
    asked = "A restore from a backup was asked for (Acme Trading)"
    assert told() == [("anna", asked), ("olga", asked)]
    with pytest.raises(ValidationError, match="Another restore is under way"):
        ask(stored, backed_up, "ACME-R2")

    decide(operator, request)

    request = now(request)
    assert request.state == RestoreState.DONE, request.detail
    restored = resolve_company("ACME-R1")
    assert restored is not None
    assert request.target_id == restored.tenant_id
    with tenant_transaction(restored.tenant_id):
        assert RestoreRequest.objects.count() == 0  # the copy asks for nothing
    gone = {table: numbers[0] for table, numbers in changed(before, every_row()).items() if numbers[0]}
    assert gone == {}
    assert told() == [
        ("anna", "A restore from a backup begins (Acme Trading)"),
        ("anna", "A restore from a backup is done (Acme Trading)"),
    ]
    assert actions_of(stored.tenant) == ["asked", "approved", "company_restored"]
    assert actions_of(provider) == ["asked", "approved", "company_restored"]
    assert actions_of(neighbour.tenant) == []
    with tenant_transaction(stored.tenant.id):
        approved = AuditEvent.objects.get(action="backups.request.approved")
    assert (approved.actor_kind, approved.actor_name) == ("operator", "Olga")

    with tenant_scope(stored.tenant.id):  # jobs that come again do nothing
        assert not tasks.restore_company(str(request.id))
        assert tasks.tell(str(request.id), RestoreState.DONE) == 0
    assert told() == []


def test_a_refusal_says_why(stored: Stored, operator: Person, backed_up: Archive) -> None:
    """B6: nothing is done, and the company reads the reason; what was answered cannot be answered again."""
    request = ask(stored, backed_up)
    told()
    with pytest.raises(ValidationError):
        decide(operator, request, refuse="  ")
    decide(operator, request, refuse="Not without a contract.")
    assert now(request).state == RestoreState.REFUSED
    [message] = mail.outbox
    assert "Not without a contract." in message.body
    assert resolve_company("ACME-R1") is None
    with pytest.raises(ValidationError, match="no longer open"):
        decide(operator, request)
    with tenant_transaction(stored.tenant.id), pytest.raises(ValidationError, match="has ended"):
        asking.withdraw(request, actor=stored.admin.actor)
    with tenant_transaction(stored.tenant.id):
        asking.withdraw(ask(stored, backed_up), actor=stored.admin.actor)
    assert actions_of(stored.tenant) == ["asked", "refused", "asked", "withdrawn"]


def test_by_plan_it_begins_at_once(
    stored: Stored, operator: Person, backed_up: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: operators hear of it, but nobody has to decide. A code must be free, and begin with the company's own."""
    monkeypatch.setitem(PLANS, PlanCode.STANDARD, PLANS[PlanCode.ENTERPRISE])
    request = ask(stored, backed_up)
    assert request.state == RestoreState.DONE, request.detail
    assert ("olga", "A restore from a backup begins (Acme Trading)") in told()
    with pytest.raises(ValidationError, match="taken"):
        ask(stored, backed_up)
    with pytest.raises(ValidationError, match="Begin with your own"):
        ask(stored, backed_up, "GLOBEX-2")


@pytest.mark.parametrize("code", ["", "ACME", "ACME-", "ACME_2", "acme 2"])
def test_codes_that_are_none(stored: Stored, backed_up: Archive, code: str) -> None:
    """B6: refused at the field."""
    with pytest.raises(ValidationError) as refused:
        ask(stored, backed_up, code)
    assert set(refused.value.message_dict) == {"company_code"}


def test_a_restorer_that_was_killed_makes_one_company(
    stored: Stored, operator: Person, backed_up: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: kill -9 in the middle of the load; the next restorer begins anew, and nothing of the first is left."""
    monkeypatch.setattr("backups.requests.deciding.queue_on_commit", lambda *_about: None)
    request = ask(stored, backed_up)
    decide(operator, request)
    code = _JOB.format(tenant=stored.tenant.id, task="restore_company", key=request.id)
    with table_locked("documents_document"):
        process = start("shell", "-v", "0", "-c", code)
        wait_until_blocked("documents_document", process)
        kill(process)
    first = now(request)
    assert first.state == RestoreState.RUNNING
    with tenant_scope(stored.tenant.id):
        assert not tasks.restore_company(str(request.id))  # it might live still
        monkeypatch.setitem(working.SILENCE, RestoreKind.COMPANY, timedelta(0))
        assert tasks.restore_company(str(request.id))
    last = now(request)
    assert last.state == RestoreState.DONE, last.detail
    assert last.target_id != first.target_id
    restored = resolve_company("ACME-R1")
    assert restored is not None
    assert restored.tenant_id == last.target_id


def test_files_whose_worker_was_killed(stored: Stored, backed_up: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """B6: killed before its rows; nothing is there, and the next worker brings everything, once."""
    at_first = contents(stored)
    delete(stored, "binary.dat", "empty.txt")
    monkeypatch.setattr(asking, "queue_on_commit", lambda *_about: None)
    found = look(backed_up)
    with tenant_transaction(stored.tenant.id):
        chosen = [file.id for file in found.files]
        request = asking.ask_for_files(backed_up, found, documents=chosen, folders=[], actor=stored.admin.actor)
    code = _JOB.format(tenant=stored.tenant.id, task="bring_files", key=request.id)
    with table_locked("documents_document", "SHARE"):
        process = start("shell", "-v", "0", "-c", code)
        wait_until_blocked("documents_document", process)
        kill(process)
    assert len(look(backed_up).files) == 2
    monkeypatch.setitem(working.SILENCE, RestoreKind.FILES, timedelta(0))
    assert outstanding.late_requests() == [(stored.tenant.id, request.id, RestoreKind.FILES)]
    assert tasks.catch_up() == 1
    assert now(request).state == RestoreState.DONE
    assert contents(stored) == at_first
    assert tasks.catch_up() == 0


def test_waiting_without_a_restorer(
    stored: Stored, operator: Person, backed_up: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: it is queued again only while somebody takes that queue; whoever lost the right gets nothing."""
    monkeypatch.setattr("backups.requests.deciding.queue_on_commit", lambda *_about: None)
    request = ask(stored, backed_up)
    decide(operator, request)
    monkeypatch.setitem(working.SILENCE, RestoreKind.COMPANY, timedelta(0))
    monkeypatch.setattr(restorer, "is_running", lambda: False)
    assert tasks.catch_up() == 0
    monkeypatch.setattr(restorer, "is_running", lambda: True)
    with tenant_transaction(stored.tenant.id):
        Archive.objects.filter(id=backed_up.id).update(state="damaged")
    assert tasks.catch_up() == 1
    failed = now(request)
    assert (failed.state, failed.problem) == (RestoreState.FAILED, RestoreProblem.GONE)
    with tenant_transaction(stored.tenant.id):
        Archive.objects.filter(id=backed_up.id).update(state="verified")
    decide(operator, request)  # once more
    with tenant_scope(stored.tenant.id):
        assert tasks.restore_company(str(request.id))
    assert now(request).state == RestoreState.DONE
