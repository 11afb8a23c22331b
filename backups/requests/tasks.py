"""Jobs of restores. `restore_company` goes to the queue of the restorer (`config/settings.py`), the others to all."""

from uuid import UUID

from celery import shared_task
from django.urls import reverse
from django.utils import translation

from accounts.queries import still_entitled
from auditlog.actors import Actor, ActorKind
from backups.requests import bringing, companies, notices, outstanding, queries, restorer, working
from backups.requests.models import RestoreKind, RestoreProblem, RestoreRequest, RestoreState
from backups.requests.working import Beat
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import current_company, provider_company
from tenants.isolation.tasks import platform_task
from tenants.isolation.transactions import atomic, tenant_transaction

_JOB = Actor.system("restores")


@shared_task
def bring_files(key: str) -> bool:
    """Bring the files of a request back, once however often this job comes; returns whether it did anything."""
    row = working.claim(UUID(key), RestoreKind.FILES)
    if row is None:
        return False
    with atomic():
        user = still_entitled(row.asked_by, queries.CONSOLE_MENU)
        archive = queries.find_generation(row.archive_id)
    actor = user.as_actor() if user else _JOB
    with translation.override(row.language), working.carrying_out(row, actor=actor):
        if user is None:
            working.fail(row, RestoreProblem.RIGHT_LOST, actor=actor)
        elif archive is None:
            working.fail(row, RestoreProblem.GONE, actor=actor)
        elif working.is_hopeless(row):
            working.fail(row, RestoreProblem.INTERRUPTED, actor=actor)
        else:
            bringing.bring_back(row, archive, actor=actor, progress=Beat(row))
    return True


@shared_task
def restore_company(key: str) -> bool:
    """Restore the whole company beside itself, once however often this job comes; by the restorer only."""
    row = working.claim(UUID(key), RestoreKind.COMPANY)
    if row is None:
        return False
    with atomic():
        archive = queries.find_generation(row.archive_id)
    with translation.override(row.language), working.carrying_out(row, actor=_JOB):
        if archive is None:
            working.fail(row, RestoreProblem.GONE, actor=_JOB)
        elif working.is_hopeless(row):
            working.fail(row, RestoreProblem.INTERRUPTED, actor=_JOB)
        else:
            companies.restore_beside(row, archive, actor=_JOB, progress=Beat(row))
    return True


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def tell(key: str, state: str) -> int:
    """Mail a step of a request to the company's people, and a new one to the operators; how many mails."""
    with atomic():
        request, company = queries.find_request(UUID(key)), current_company()
        people = list(queries.company_people())
    provider = provider_company()
    if request is None or company is None:
        return 0
    page = reverse("console:restore", args=[request.id])
    sent = notices.tell(request, RestoreState(state), company, people, link=page, group="company")
    if provider is None or not _is_new(request, state):
        return sent
    with tenant_transaction(provider.tenant_id):
        staff = list(queries.operators())
    page = reverse("operator:restore", args=[request.tenant_id, request.id])
    return sent + notices.tell(request, RestoreState(state), company, staff, link=page, group="operators")


@shared_task
def settle(key: str) -> int:
    """Look after the contents of returned files once more."""
    return outstanding.settle(UUID(key))


@platform_task
def catch_up() -> int:
    """Queue again what nobody works on; what is the restorer's only while there is one. Returns how much."""
    jobs = {RestoreKind.FILES: bring_files, RestoreKind.COMPANY: restore_company}
    restoring = restorer.is_running()
    late = [one for one in outstanding.late_requests() if restoring or one[2] != RestoreKind.COMPANY]
    for tenant_id, key, kind in late:
        with tenant_scope(tenant_id):
            jobs[RestoreKind(kind)].delay(str(key))
    unsettled = outstanding.unsettled_requests()
    for tenant_id, key in unsettled:
        with tenant_scope(tenant_id):
            settle.delay(str(key))
    return len(late) + len(unsettled)


def _is_new(request: RestoreRequest, state: str) -> bool:
    """Whether operators hear of it: they do of whole companies, when it is asked for or begins without them."""
    by_the_company = state == RestoreState.APPROVED and request.decided_by_kind == ActorKind.USER
    return request.kind == RestoreKind.COMPANY and (state == RestoreState.ASKED or by_the_company)
