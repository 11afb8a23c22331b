"""The list of business partners (D4)."""

import re
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from documents import counterparties
from documents.company_numbers import check_digit, validate_corporate_number
from documents.models import Counterparty
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.conftest import Cast
from tests.documents.making import SOMEBODY, events_of

pytestmark = pytest.mark.django_db

LIST = "documents:counterparties"
VALUES = {"code": "C-001", "name": "株式会社青海商事", "kana": "アオミショウジ", "corporate_number": "", "note": ""}
# Published numbers: the National Tax Agency itself, and the Digital Agency.
REAL_NUMBERS = ("7000012050002", "8000012010038")


def add(code: str, name: str = "Partner", **details: str) -> Counterparty:
    """A counterparty, made by the service."""
    return counterparties.create_counterparty(code=code, name=name, actor=SOMEBODY, **details)


def codes_on(client: Client, **query: str) -> list[str]:
    """The codes that the list shows, in its order."""
    html = client.get(reverse(LIST), query).content.decode()
    return re.findall(r'/counterparties/[0-9a-f-]{36}/">([^<]+)</a>', html)


# --- Rules -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("number", REAL_NUMBERS)
def test_real_corporate_numbers_are_accepted(number: str) -> None:
    """D4: the check digit as the ordinance defines it."""
    validate_corporate_number(number)


def test_every_single_wrong_digit_of_a_corporate_number_is_found() -> None:
    """D4: a typing error of one digit never passes, except 0 for 9 and back, which the ordinance's sum cannot see."""
    number = REAL_NUMBERS[0]
    for place in range(13):
        for digit in "0123456789":
            wrong = number[:place] + digit + number[place + 1 :]
            if wrong == number or (place and {digit, number[place]} == {"0", "9"}):
                continue
            with pytest.raises(ValidationError):
                validate_corporate_number(wrong)


@pytest.mark.parametrize(
    "number", ["", "700001205000", "70000120500021", "7000012050002\n", "７000012050002", "x" * 13]
)
def test_anything_but_13_digits_is_no_corporate_number(number: str) -> None:
    """D6."""
    with pytest.raises(ValidationError):
        validate_corporate_number(number)


def test_the_check_digit_is_one_to_nine() -> None:
    """It is never 0: nine minus a remainder by nine."""
    assert {check_digit(f"{n:012}") for n in range(1000)} == set(range(1, 10))


def test_input_is_brought_into_one_form(inside_acme: Tenant) -> None:
    """D6: full-width codes and numbers, hiragana and half-width readings."""
    made = add(
        " Ｃ－００１ ", " 青海 ", kana="あおみ ｼｮｳｼﾞ", corporate_number="７０００ ０１２０ ５０００２".replace(" ", "")
    )
    made.refresh_from_db()
    assert (made.code, made.name, made.kana) == ("C-001", "青海", "アオミ ショウジ")
    assert made.corporate_number == "7000012050002"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", ""),
        ("code", "x" * 41),
        ("name", "  "),
        ("name", "x" * 151),
        ("name", "two\nlines"),
        ("name", "turned \u202eround"),
        ("kana", "漢字"),
        ("corporate_number", "1000012050002"),
        ("note", "x" * 2001),
        ("note", "nul\0"),
    ],
)
def test_bad_values_are_refused_at_their_field(inside_acme: Tenant, field: str, value: str) -> None:
    """D6: a message where the person looks."""
    with pytest.raises(ValidationError) as refusal:
        counterparties.create_counterparty(actor=SOMEBODY, **{**VALUES, field: value})
    assert list(refusal.value.message_dict) == [field]
    assert not Counterparty.objects.exists()


def test_a_code_is_taken_once_in_each_company(acme: Tenant, globex: Tenant) -> None:
    """D4, T1: the other company's codes say nothing about ours."""
    with tenant_transaction(globex.id):
        add("C-1", "theirs")
    with tenant_transaction(acme.id):
        ours, other = add("C-1", "ours"), add("C-2")
        for attempt in (
            lambda: add("Ｃ－１"),
            lambda: counterparties.change_counterparty(other, code="C-1", actor=SOMEBODY),
        ):
            with pytest.raises(ValidationError) as refusal:
                attempt()
            assert list(refusal.value.message_dict) == ["code"]
        assert list(Counterparty.objects.order_by("code").values_list("code", "name")) == [
            ("C-1", "ours"),
            ("C-2", "Partner"),
        ]
        assert ours.active


def test_changes_are_recorded_with_before_and_after(acme: Tenant) -> None:
    """G1: what changed, and only that; nothing changed, nothing recorded."""
    with tenant_transaction(acme.id):
        partner = add("C-1", "Old name")
        counterparties.change_counterparty(partner, name="New name", code="C-1", actor=SOMEBODY)
        counterparties.change_counterparty(partner, name="New name", actor=SOMEBODY)
        for _attempt in range(2):
            counterparties.deactivate_counterparty(partner, actor=SOMEBODY)
        for _attempt in range(2):
            counterparties.reactivate_counterparty(partner, actor=SOMEBODY)
    assert [event[0] for event in events_of(acme, "documents.counterparty.")] == [
        "documents.counterparty.created",
        "documents.counterparty.changed",
        "documents.counterparty.deactivated",
        "documents.counterparty.reactivated",
    ]


# --- Pages -------------------------------------------------------------------------------------------------------
def test_the_list_is_searched_sorted_and_cut_into_pages(cast: Cast) -> None:
    """D4: by code, name or reading, whatever width; the other company's are not there."""
    with tenant_transaction(cast.outsider.tenant.id):
        add("X-1", "青海 of globex", kana="アオミ")
    with tenant_transaction(cast.editor.tenant.id):
        add("B-2", "青海商事", kana="アオミショウジ")
        add("A-1", "Zebra Ltd.")
        counterparties.deactivate_counterparty(add("C-3", "Old Ltd."), actor=SOMEBODY)
    client = cast.editor.client()
    assert codes_on(client) == ["A-1", "B-2", "C-3"]
    assert codes_on(client, sort="-code") == ["C-3", "B-2", "A-1"]
    for query in ("青海", "ｱｵﾐ", "アオミ", "b-2", "Ｂ－２", "商事 アオミ"):
        assert codes_on(client, q=query) == ["B-2"], query
    assert codes_on(client, q="あおみ") == []
    assert codes_on(client, state="active") == ["A-1", "B-2"]
    assert codes_on(client, state="inactive") == ["C-3"]
    assert codes_on(client, q="ltd", state="active") == ["A-1"]
    with tenant_transaction(cast.editor.tenant.id):
        for number in range(30):
            add(f"P-{number:02}")
    assert len(codes_on(client)) == 25
    assert codes_on(client, page="2") == [f"P-{n:02}" for n in range(22, 30)]


def test_the_list_costs_the_same_however_long_it_is(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """One row and thirty ask the database as often."""
    client = cast.editor.client()
    with tenant_transaction(cast.editor.tenant.id):
        add("C-0")
    with django_assert_num_queries(10):
        client.get(reverse(LIST))
    with tenant_transaction(cast.editor.tenant.id):
        for number in range(30):
            add(f"P-{number}")
    with django_assert_num_queries(10):
        client.get(reverse(LIST))


def test_one_is_registered_corrected_and_taken_out_of_use(cast: Cast) -> None:
    """D4: the whole life of one."""
    client = cast.editor.client()
    assert client.get(reverse("documents:new_counterparty")).status_code == 200
    made = client.post(reverse("documents:new_counterparty"), VALUES)
    assert (made.status_code, made["Location"]) == (302, reverse(LIST))
    with tenant_transaction(cast.editor.tenant.id):
        partner = Counterparty.objects.get()
    url = reverse("documents:counterparty", args=[partner.id])
    assert "株式会社青海商事" in client.get(url).content.decode()
    assert client.post(url, {**VALUES, "name": "青海ホールディングス"}).status_code == 302
    assert client.post(reverse("documents:deactivate_counterparty", args=[partner.id])).status_code == 302
    assert "not in use" in client.get(url).content.decode()
    with tenant_transaction(cast.editor.tenant.id):
        partner.refresh_from_db()
        assert (partner.name, partner.active) == ("青海ホールディングス", False)
    assert client.post(reverse("documents:reactivate_counterparty", args=[partner.id])).status_code == 302
    assert [event[:2] for event in events_of(cast.editor.tenant)] == [
        ("documents.counterparty.created", "erin"),
        ("documents.counterparty.changed", "erin"),
        ("documents.counterparty.deactivated", "erin"),
        ("documents.counterparty.reactivated", "erin"),
    ]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"code": "TAKEN"}, "Another counterparty has this code."),
        ({"code": ""}, "This field is required."),
        ({"kana": "漢字"}, "Write the reading in katakana or hiragana."),
        ({"corporate_number": "1000012050002"}, "its check digit is wrong"),
        ({"corporate_number": "12"}, "A corporate number has 13 digits."),
    ],
)
def test_bad_input_gets_its_reason_in_the_form(cast: Cast, values: dict[str, str], reason: str) -> None:
    """D6: when registering and when correcting."""
    with tenant_transaction(cast.editor.tenant.id):
        add("TAKEN")
        partner = add("C-1", "Partner")
    client = cast.editor.client()
    for url in (reverse("documents:new_counterparty"), reverse("documents:counterparty", args=[partner.id])):
        answer = client.post(url, {**VALUES, "code": "C-1", **values})
        assert answer.status_code == 200
        assert reason in answer.content.decode()
    with tenant_transaction(cast.editor.tenant.id):
        assert list(Counterparty.objects.order_by("code").values_list("name", flat=True)) == ["Partner", "Partner"]


PAGES = ["counterparties", "new_counterparty", "counterparty", "deactivate_counterparty", "reactivate_counterparty"]


@pytest.mark.parametrize("page", PAGES)
def test_who_may(cast: Cast, page: str) -> None:
    """A9, T1: a reader has no such menu, another company no such partner, nobody no page; other methods are none."""
    with tenant_transaction(cast.editor.tenant.id):
        partner = add("C-1")
    with_id = page not in {"counterparties", "new_counterparty"}
    url = reverse(f"documents:{page}", args=[partner.id] if with_id else [])
    assert cast.reader.client().post(url, VALUES).status_code == 403
    assert cast.reader.client().get(url).status_code == 403
    assert Client().post(url, VALUES).status_code == 302
    assert cast.editor.client().delete(url).status_code == 405
    if page.startswith(("de", "re")):
        assert cast.editor.client().get(url).status_code == 405
    if with_id:
        assert cast.outsider.client().post(url, VALUES).status_code == 404
        assert cast.editor.client().post(url.replace(str(partner.id), str(uuid4())), VALUES).status_code == 404
    with tenant_transaction(cast.editor.tenant.id):
        assert list(Counterparty.objects.values_list("code", "name", "active")) == [("C-1", "Partner", True)]


@pytest.mark.parametrize("page", PAGES[1:])
def test_pages_need_the_token(cast: Cast, page: str) -> None:
    """P1."""
    with tenant_transaction(cast.editor.tenant.id):
        partner = add("C-1")
    client = cast.editor.client()
    client.handler.enforce_csrf_checks = True
    url = reverse(f"documents:{page}", args=[partner.id] if page != "new_counterparty" else [])
    assert client.post(url, VALUES).status_code == 403
