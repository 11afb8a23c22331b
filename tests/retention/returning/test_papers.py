"""The invoices of a company in its data return, as rows and as papers (R3, T6)."""

import pytest

from tenants.invoices import issuing
from tenants.invoices.crediting import credit
from tenants.invoices.reporting import file_name, pdf, printed
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE, Cast
from tests.invoices import conftest as invoicing
from tests.retention.returning.conftest import asked, part_of, unpacked

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
prices, issuer = invoicing.prices, invoicing.issuer


@pytest.mark.usefixtures("prices", "issuer")
def test_own_invoices_are_in_it_and_no_others(acme: Tenant, globex: Tenant, cast: Cast) -> None:
    """R3, T6, T1: each paper as it can be downloaded, each row but for who of the provider issued it."""
    invoicing.since(acme, "2026-11-01")
    invoicing.since(globex, "2026-11-16", plan_code="enterprise")
    issuing.issue_missing(invoicing.NOW, actor=invoicing.ACTOR)
    first = next(one for one in invoicing.ledger() if one.tenant_id == acme.id)
    credit(first, {"10": 5}, reason="計算の誤り", now=invoicing.NOW, actor=invoicing.ACTOR)
    own = [one for one in invoicing.ledger() if one.tenant_id == acme.id]
    (other,) = (one for one in invoicing.ledger() if one.tenant_id == globex.id)
    row = asked(acme, cast.admin.actor)
    found = unpacked([part_of(row)])
    papers = {path: content for path, content in found.entries.items() if path.startswith("invoices/")}
    assert papers == {f"invoices/{file_name(one)}": pdf(printed(one, row.language)) for one in own}
    assert len(papers) == 2
    rows, index = found.rows("invoices_invoice"), {one["path"]: one for one in found.rows("files")}
    assert sorted(one["id"] for one in rows) == sorted(str(one.id) for one in own)
    assert {one["total"] for one in rows} == {one.total for one in own}
    assert not any("issued_by_name" in one for one in rows)
    listed = {one["path"]: (one["size"], one["sha256"]) for one in found.manifest["entries"]}
    for path, content in papers.items():
        assert listed[path] == (len(content), index[path]["sha256"])
    everything = b"\n".join(path.encode() + content for path, content in found.entries.items())
    for mark in (str(other.id), other.number, str(globex.id)):
        assert mark.encode() not in everything
