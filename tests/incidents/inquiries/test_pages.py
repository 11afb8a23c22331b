"""The pages of inquiries: the company's thread, the operators' queue and what they do (N4, A9, T1)."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from auditlog.queries import events
from incidents.inquiries import queries
from incidents.inquiries.attachments import MOST_BYTES, Sent
from incidents.inquiries.models import Inquiry, InquiryState
from incidents.inquiries.queue import Wanted, queue_page
from incidents.queries import open_incidents, tenant_ids_of
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.conftest import EVERY_ROLE, Cast
from tests.incidents.inquiries.asking import TEXT, answer, ask, now

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def add(tenant: Tenant, first: int, count: int, **fields: object) -> list[Inquiry]:
    """Inquiries of a company, each due an hour after the one before."""
    with tenant_transaction(tenant.id):
        return [
            Inquiry.objects.create(
                **{
                    "number": first + step,
                    "kind": "question",
                    "subject": f"Subject {first + step}",
                    "asked_by_name": "Anna",
                    "first_answer_due_at": timezone.now() + timedelta(hours=first + step),
                    **fields,
                }
            )
            for step in range(count)
        ]


def test_asking_and_answering_on_pages(cast: Cast, acme: Tenant, provider: Tenant) -> None:
    """N4: what was typed stays, threads are escaped, files are attachments; what operators fetch is in both logs."""
    admin, new = cast.admin.client(), reverse("inquiries:new")
    typed = {"kind": "fault", "priority": "high", "subject": "White page", "text": "<b>bold</b>"}
    page = admin.post(new, typed | {"attached": SimpleUploadedFile("a.exe", b"MZ\x90\x00")}).content.decode()
    assert "cannot be sent" in page
    assert "White page" in page
    huge = SimpleUploadedFile("a.txt", b"x" * (MOST_BYTES + 1))
    assert "larger than 10 MB" in admin.post(new, typed | {"attached": huge}).content.decode()
    log = SimpleUploadedFile("エラー.log", "失敗\n".encode())
    address = admin.post(new, typed | {"attached": [log]}).headers["Location"]
    page = admin.get(address).content.decode()
    assert "&lt;b&gt;bold&lt;/b&gt;" in page

    operator, inquiry = cast.operator.client(), queue_page(Wanted()).object_list[0].inquiry
    with tenant_transaction(acme.id):
        file = queries.thread_of(inquiry)[0].attachments.get()
    one = [inquiry.tenant_id, inquiry.id]
    for client, place in (
        (admin, reverse("inquiries:download", args=[file.id])),
        (operator, reverse("operator:inquiry_file", args=[*one, file.id])),
    ):
        response = client.get(place)
        assert response.getvalue() == "失敗\n".encode()
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert response.headers["Content-Type"] == "application/octet-stream"
    with tenant_transaction(acme.id):
        assert events().filter(action="inquiries.file.fetched").count() == 2
    with tenant_transaction(provider.id):
        assert events().filter(action="inquiries.file.fetched").count() == 1

    promote = reverse("operator:inquiry_promote", args=one)
    assert "Open the incident" in operator.get(promote).content.decode()
    details = {
        "severity": "moderate",
        "title_ja": "検索が遅い",
        "components": ["web"],
        "detected_at": "2026-11-20T09:00",
    }
    for _again in range(2):
        operator.post(promote, details)
    [incident] = open_incidents()
    with platform_transaction():
        assert tenant_ids_of(incident) == [acme.id]
    assert (incident.source, incident.source_id) == ("inquiry", str(inquiry.id))
    assert now(inquiry).incident_number == incident.number

    secret = f"note {uuid4()}"
    operator.post(reverse("operator:inquiry_note", args=one), {"text": secret})
    operator.post(reverse("operator:inquiry_take_over", args=one))
    assert now(inquiry).assigned_to == cast.operator.user.id
    answer_url = reverse("operator:inquiry_answer", args=one)
    assert operator.post(answer_url, {"text": "", "state": "resolved"}).status_code == 200
    assert operator.post(answer_url, {"text": "Better now?", "state": "waiting_for_company"}).status_code == 302
    assert secret in operator.get(reverse("operator:inquiry", args=one)).content.decode()
    seen = admin.get(address).content.decode()
    assert "Better now?" in seen
    assert secret not in seen
    assert admin.post(reverse("inquiries:write", args=[inquiry.id]), {"text": "Yes"}).status_code == 302
    assert admin.post(reverse("inquiries:settle", args=[inquiry.id])).status_code == 302
    operator.post(reverse("operator:inquiry_state", args=one), {"state": "closed"})
    operator.post(reverse("operator:inquiry_assign", args=one), {"operator": ""})
    assert (now(inquiry).state, now(inquiry).assigned_to) == (InquiryState.CLOSED, None)


def test_operators_reach_an_inquiry_in_its_company_only(cast: Cast, globex: Tenant) -> None:
    """N4, T1: an address that names another company finds nothing; a file is handed out with its inquiry only."""
    inquiry, other = ask(cast.admin, Sent("a.txt", b"a")), ask(cast.outsider)
    with tenant_transaction(inquiry.tenant_id):
        file = queries.thread_of(inquiry)[0].attachments.get()
    operator = cast.operator.client()
    page = [reverse("operator:inquiry", args=[tenant, inquiry.id]) for tenant in (inquiry.tenant_id, globex.id)]
    assert [operator.get(one).status_code for one in page] == [200, 404]
    places = [(inquiry.tenant_id, inquiry.id), (inquiry.tenant_id, other.id), (globex.id, other.id)]
    files = [reverse("operator:inquiry_file", args=[*place, file.id]) for place in places]
    assert [operator.head(one).status_code for one in files] == [200, 404, 404]
    answers = [reverse("operator:inquiry_answer", args=[globex.id, inquiry.id])]
    assert [operator.post(one, {"text": TEXT, "state": "resolved"}).status_code for one in answers] == [404]


def test_the_queue_has_the_oldest_deadline_first(cast: Cast, acme: Tenant, globex: Tenant) -> None:
    """N4: over all companies; by state, company, who is in charge and deadline."""
    [late] = add(globex, 1, 1, first_answer_due_at=timezone.now() - timedelta(hours=1))
    [soon, later] = add(acme, 1, 2, asked_at=timezone.now())
    [ended] = add(globex, 2, 1, state=InquiryState.CLOSED)
    answered = ask(cast.admin)
    answer(cast.operator, answered)

    def found(wanted: Wanted) -> list[UUID]:
        return [one.inquiry.id for one in queue_page(wanted).object_list]

    waiting = Wanted(states=("open", "waiting_for_support"))
    assert found(waiting) == [late.id, soon.id, later.id]
    assert found(Wanted())[:3] == [late.id, soon.id, later.id]
    assert set(found(Wanted())[3:]) == {answered.id, ended.id}
    assert found(Wanted(states=("closed",))) == [ended.id]
    assert found(Wanted(company="globex")) == found(Wanted(company="Globex Corp")) == [late.id, ended.id]
    assert found(Wanted(in_charge=cast.operator.user.id)) == [answered.id]
    assert answered.id not in found(Wanted(nobodys=True))
    assert found(Wanted(due_before=timezone.now())) == [late.id]

    client, queue = cast.operator.client(), reverse("operator:inquiries")
    page = client.get(queue).content.decode()
    assert page.index("Overdue") < page.index("Subject 2")
    page = client.get(queue, {"in_charge": "me", "state": "all"}).content.decode()
    assert "Q-0003" in page
    assert "Subject 2" not in page
    assert "No inquiry like this" in client.get(queue, {"deadline": "overdue", "company": "ACME"}).content.decode()


def test_lists_take_as_many_statements_for_thirty_as_for_one(cast: Cast, acme: Tenant, globex: Tenant) -> None:
    """P4, N4: the company's list and the queue; neither shows a company what is another's."""
    add(globex, 1, 2, subject="Theirs")
    pages = [(cast.admin.client(), reverse("inquiries:list")), (cast.operator.client(), reverse("operator:inquiries"))]
    counts: dict[str, list[int]] = {address: [] for _client, address in pages}
    for first, count in ((1, 1), (2, 29)):
        add(acme, first, count)
        for client, address in pages:
            client.get(address)
            with (
                CaptureQueriesContext(connections["default"]) as app,
                CaptureQueriesContext(connections["platform"]) as p,
            ):
                client.get(address)
            counts[address].append(len(app) + len(p))
    for few, many in counts.values():
        assert few == many
    assert b"Theirs" not in pages[0][0].get(pages[0][1]).content
