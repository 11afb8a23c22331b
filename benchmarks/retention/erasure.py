"""A company with a million rows is erased among a thousand others, and somebody of the others looks at pages meanwhile.

The erasure runs in a process of its own, as the worker of restores does it, from the plan to the proof of absence. The
pages are those of the isolation benchmark, a folder of 50 documents of any other company, through the whole stack; here
without HTTP, in one process, one after the other: before the erasure, during it, and after it.
"""

import random
from concurrent.futures import Future
from datetime import timedelta
from statistics import median
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from auditlog.actors import Actor
from auditlog.models import AuditEvent
from benchmarks.audit.sealing import write_events
from benchmarks.isolation.dataset import Dataset, Place, key
from benchmarks.isolation.pages import log_in
from benchmarks.measuring import ratio, timed
from benchmarks.reporting import Result, milliseconds
from benchmarks.retention.apart import Submit, apart
from documents.objects import OBJECT_KIND
from retention.erasure.actions import ERASURE_STEP
from retention.erasure.models import ErasureState, Ground, Step
from retention.erasure.services import plan_erasure, run_erasure
from tenants.isolation.directory import provider_company
from tenants.isolation.models import new_id
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from vault.keys import key_store
from vault.stores import document_store
from vault.streams import write_object

GOAL = 1.2
_ACTOR = Actor.system("benchmark")
_ERASED = key(0, 1)
_CONTENT = b"x" * 10_000  # what a file costs to remove does not depend on its size
_FEWEST = 5  # pages, however quick the erasure is


def measure(options: Any) -> list[Result]:
    """Fill, look at pages, erase the first company meanwhile, look again."""
    chance = random.Random(options.seed)
    dataset = _fill(options)
    browser = _Browser(dataset, chance)
    with apart() as submit:
        for _ in range(max(3, options.pages // 10)):
            browser.look()
        before = [timed(browser.look) for _ in range(options.pages)]
        found, during = _erase_beside(browser, submit)
        after = [timed(browser.look) for _ in range(options.pages)]
    return [_erased(found, options), _noticed(before, during, after, chance)]


def _fill(options: Any) -> Dataset:
    """Three tenths of the company's rows are documents, as many are their versions, the rest is its audit log."""
    documents = max(options.rows * 3 // 10, 1)
    dataset = Dataset(options.tenants, 2 * documents, skewed=True)
    dataset.fill()
    with platform_transaction():
        # No code of the others begins with this one, which is searched for at the end.
        Tenant.objects.filter(id=_ERASED).update(company_code="ERASED-COMPANY")
        provider = Tenant.objects.create(company_code="PROVIDER", name="Provider", is_provider=True)
    for tenant_id in (provider.id, _ERASED):
        key_store().create_tenant_keys(tenant_id)
    write_events([_ERASED], options.rows - 2 * documents)
    for _ in range(options.files):
        with write_object(document_store(), _ERASED, OBJECT_KIND, str(new_id())) as out:
            out.write(_CONTENT)
    return dataset


class _Browser:
    """Somebody of any company but the one that is erased; each looks at a folder in a session of their own."""

    def __init__(self, dataset: Dataset, chance: random.Random) -> None:
        self._dataset, self._chance = dataset, chance
        self._client = Client()

    def look(self) -> None:
        """One page. Raises RuntimeError when another one comes."""
        place: Place = self._dataset.any_place(self._chance)
        name, _, value = log_in(place).partition("=")
        self._client.cookies[name] = value
        path = reverse("documents:folder", args=[place.folder_id])
        answer: HttpResponse = self._client.get(path, headers={"host": "localhost"})  # type: ignore[assignment]
        if f"Folder {place.folder_number}<".encode() not in answer.content:
            raise RuntimeError(f"The page is not the one that was asked for ({answer.status_code}).")


def _erase_beside(browser: _Browser, submit: Submit) -> tuple[dict[str, Any], list[float]]:
    erasure: Future[dict[str, Any]] = submit(_erase)
    pages: list[float] = []
    while not erasure.done() or len(pages) < _FEWEST:
        pages.append(timed(browser.look))
    return erasure.result(), pages


def _erase() -> dict[str, Any]:
    """From the plan to the proof; how long each step took, and what went."""
    with platform_transaction():
        tenant = Tenant.objects.get(id=_ERASED)
    now = timezone.now()
    plan = {"ground": Ground.DELETION, "ground_id": None, "begin_at": now, "due_at": now + timedelta(days=30)}
    erasure = plan_erasure(tenant, **plan, actor=_ACTOR)
    seconds = timed(lambda: run_erasure(erasure.id, actor=_ACTOR))
    with platform_transaction():
        erasure.refresh_from_db()
    assert erasure.state == ErasureState.PROVEN, (erasure.state, erasure.error)
    return {
        "seconds": seconds,
        "rows": sum(erasure.counts["tables"].values()),
        "steps": _steps(erasure.begun_at) | {Step.PROOF.value: erasure.finished_at},
        "begun": erasure.begun_at,
    }


def _steps(begun: Any) -> dict[str, Any]:
    """When each step was done, by what the provider's log says."""
    provider = provider_company()
    assert provider is not None
    with tenant_transaction(UUID(str(provider.tenant_id))):
        told = AuditEvent.objects.filter(action=ERASURE_STEP.code, at__gte=begun).order_by("at")
        return {event.after["step"]: event.at for event in told if event.after and "step" in event.after}


def _erased(found: dict[str, Any], options: Any) -> Result:
    result = Result("Erasure of a company", ("", "s", "rows/s"))
    begun = found["begun"]
    for step, done in found["steps"].items():
        seconds, begun = (done - begun).total_seconds(), done
        rate = found["rows"] / max(seconds, 0.001) if step == Step.ROWS.value else 0
        result.add(step, f"{seconds:.2f}", f"{rate:,.0f}" if rate else "", name=step, seconds=seconds)
    rate = found["rows"] / found["seconds"]
    result.add("everything", f"{found['seconds']:.2f}", f"{rate:,.0f}", name="everything", seconds=found["seconds"])
    result.numbers[-1]["per_second"] = rate
    result.notes.append(f"{found['rows']:,} rows and {options.files:,} files, among {options.tenants:,} companies.")
    return result


def _noticed(before: list[float], during: list[float], after: list[float], chance: random.Random) -> Result:
    result = Result("A page of another company", ("", "ms (median)", "longest, ms", "by before (95 %)", "pages"))
    for name, pages in (("before", before), ("during the erasure", during), ("after", after)):
        count = min(len(pages), len(before))
        beside = ratio(chance.sample(pages, count), chance.sample(before, count), chance)
        middle = median(pages)
        cells = (milliseconds(middle), milliseconds(max(pages)), "1" if name == "before" else str(beside))
        result.add(name, *cells, str(len(pages)), name=name, seconds=middle, ratio=beside.value)
    result.notes.append(f"Goal: the median during the erasure is at most {GOAL} times the one before.")
    return result
