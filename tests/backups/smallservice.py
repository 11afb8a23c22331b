"""A small service on an embedded stack of its own, as a process: `make` it, `check` it, `resume` its rebuild.

Prints what it found as JSON (`tests/backups/test_rebuild.py`).
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

from config import stack


def make() -> dict[str, Any]:
    """A provider and two companies with people and files; what was recorded is sealed."""
    from django.core.management import call_command

    from accounts.menus import OPERATOR
    from auditlog.sealing.sealer import seal
    from tenants.plans import PlanCode
    from tests.backups.conftest import furnish
    from tests.factories.people import make_person
    from tests.factories.tenants import make_tenant

    call_command("migrate", verbosity=0, skip_checks=True)
    provider = make_tenant("PROVIDER", "Sekisho Service", is_provider=True, plan_code=PlanCode.ENTERPRISE)
    make_person(provider, "olga", OPERATOR)
    companies = [make_tenant("ACME", "Acme Trading"), make_tenant("GLOBEX", "Globex Corporation")]
    for company in companies:
        furnish(company, size=50_000)
    seal([provider.id, *(company.id for company in companies)])
    return look()


def check() -> dict[str, Any]:
    """What is there after a rebuild: logs verified, people logged in, files opened; then one byte is flipped."""
    from auditlog.sealing.headchecks import verify_heads
    from auditlog.sealing.verifying import verify_tenant
    from tenants.queries import all_tenants

    reports = {tenant.company_code: verify_tenant(tenant.id) for tenant in all_tenants()}
    return look() | {
        "audit": {code: [report.finding and str(report.finding), report.events] for code, report in reports.items()},
        "heads": str(verify_heads().finding),
        "opened": {code: _opened(code) for code in ("ACME", "GLOBEX")},
        "flipped": _flipped(),
    }


def resume() -> dict[str, Any]:
    """Go on with a rebuild that was killed."""
    from auditlog.actors import Actor
    from backups.recovery.rebuilding import rebuild
    from vault.stores import backup_store

    return rebuild(backup_store(), actor=Actor.command()).as_json() | {"companies_after": look()["companies"]}


def look() -> dict[str, Any]:
    """Digests of every company's rows without its log, its files, and what it recorded, by id."""
    from auditlog.models import AuditEvent
    from tenants.isolation.transactions import tenant_transaction
    from tenants.queries import all_tenants
    from tests.backups.test_round_trip import contents_of, digests

    found: dict[str, Any] = {}
    for tenant in all_tenants():
        with tenant_transaction(tenant.id):
            events = sorted(map(str, AuditEvent.objects.values_list("id", flat=True)))
        rows = digests(tenant.id)
        del rows[AuditEvent._meta.db_table]
        files = {path: len(content) for path, content in contents_of(tenant.id).items()}
        found[tenant.company_code] = {"id": str(tenant.id), "rows": rows, "files": files, "events": events}
    return {"companies": found}


def _opened(company_code: str) -> list[int]:
    """Log in with the old password, and download every file; how many bytes each has."""
    from django.test import Client
    from django.urls import reverse

    from documents.models import Document
    from tenants.isolation.directory import resolve_company
    from tenants.isolation.transactions import tenant_transaction
    from tests.factories.people import PASSWORD

    client = Client()
    typed = {"company_code": company_code, "user_id": "anna", "password": PASSWORD}
    assert client.post(reverse("login"), typed).status_code == 302
    company = resolve_company(company_code)
    assert company is not None
    with tenant_transaction(company.tenant_id):
        keys = list(Document.objects.values_list("id", flat=True))
    pages: list[Any] = [client.get(reverse("documents:download", args=[key])) for key in keys]
    assert {page.status_code for page in pages} == {200}
    return sorted(len(b"".join(page.streaming_content)) for page in pages)


def _flipped() -> dict[str, str]:
    """Flip one byte of an archive: what `backup verify` says of it."""
    from django.core.management import CommandError, call_command

    from backups.queries import archives_of_everybody
    from tests.backups.tampering import flip, names

    archive = archives_of_everybody()[-1]
    name = names(archive.place, ".enc")[0]
    flip(name, -1)
    try:
        call_command("backup", "verify", str(archive.id), stdout=sys.stderr)
    except CommandError as error:
        flip(name, -1)
        return {"part": name, "said": str(error)}
    return {"part": name, "said": ""}


if __name__ == "__main__":
    lease = stack.acquire(Path(os.environ["SEKISHO_VAR"]))
    django.setup()
    deeds: dict[str, Callable[[], dict[str, Any]]] = {"make": make, "check": check, "resume": resume}
    sys.stdout.write(json.dumps(deeds[sys.argv[1]]()))
    lease.release()
