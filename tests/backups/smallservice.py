"""A small service as a process of its own: `make` it, or `check` it; prints what it holds as JSON.

Run as a module, in the environment of an embedded stack (`tests/backups/test_rebuild.py`).
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import django


def make() -> dict[str, Any]:
    """A provider and two companies with people and files; what was recorded is sealed."""
    from accounts.menus import OPERATOR
    from auditlog.sealing.sealer import seal
    from tenants.plans import PlanCode
    from tests.backups.conftest import furnish
    from tests.factories.people import make_person
    from tests.factories.tenants import make_tenant

    provider = make_tenant("PROVIDER", "Sekisho Service", is_provider=True, plan_code=PlanCode.ENTERPRISE)
    make_person(provider, "olga", OPERATOR)
    companies = [make_tenant("ACME", "Acme Trading"), make_tenant("GLOBEX", "Globex Corporation")]
    for company in companies:
        furnish(company, size=50_000)
    seal([provider.id, *(company.id for company in companies)])
    return look()


def check() -> dict[str, Any]:
    """What is there now, how its logs verify, and whether its people log in and open their files, by HTTP."""
    from auditlog.sealing.headchecks import verify_heads
    from auditlog.sealing.verifying import verify_tenant
    from tenants.queries import all_tenants

    reports = {tenant.company_code: verify_tenant(tenant.id) for tenant in all_tenants()}
    return look() | {
        "audit": {code: [str(report.finding), report.events > 0] for code, report in reports.items()},
        "heads": str(verify_heads().finding),
        "opened": {code: _opened(code) for code in ("ACME", "GLOBEX")},
    }


def look() -> dict[str, Any]:
    """Digests of every company's rows without its log, and of its files; what it recorded, by id."""
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
    """Log in with the old password, and download every file."""
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
        keys = list(Document.objects.order_by("name").values_list("id", flat=True))
    pages = [client.get(reverse("document_download", args=[key])) for key in keys]
    assert {page.status_code for page in pages} == {200}
    return [len(b"".join(page.streaming_content)) for page in pages]


if __name__ == "__main__":
    django.setup()
    deeds: dict[str, Callable[[], dict[str, Any]]] = {"make": make, "check": check}
    sys.stdout.write(json.dumps(deeds[sys.argv[1]]()))
