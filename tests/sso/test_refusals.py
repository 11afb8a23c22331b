"""Everything that a response must not be (ASVS 6.8.1-6.8.4; the table of the identity research, row by row)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from lxml import etree

from accounts.models import Session
from accounts.sso.joining import link
from accounts.sso.messages import instant
from accounts.sso.models import PendingRequest
from accounts.sso.refusals import Reason
from auditlog.models import AuditEvent
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import Cast
from tests.sso import wrapping
from tests.sso.conftest import Side
from tests.sso.idp import KeyPair, certified
from tests.sso.signing import DS, SAML, Change, assertion_of, drop, find, sign

pytestmark = [pytest.mark.django_db, pytest.mark.system("xmlsec1")]

ALICE = "alice@acme.example"
SUBJECT = "saml:Assertion/saml:Subject"
CONFIRMATION = f"{SUBJECT}/saml:SubjectConfirmation/saml:SubjectConfirmationData"
CONDITIONS = "saml:Assertion/saml:Conditions"
SIGNED = ["response", "assertion"]


@pytest.fixture(autouse=True)
def linked(cast: Cast, acme_side: Side) -> None:
    """Whoever is taken for Alice gets in."""
    with tenant_transaction(acme_side.tenant.id):
        link(cast.admin.user, entity_id=acme_side.provider.entity_id, name_id=ALICE, actor=cast.admin.actor)


def refused(side: Side, response: HttpResponse, reason: Reason) -> None:
    """Nobody is in, and the company's log says why."""
    assert response.status_code in {403, 413}
    assert settings.SESSION_COOKIE_NAME not in response.cookies
    with tenant_transaction(side.tenant.id):
        assert not Session.objects.exists()
        events = AuditEvent.objects.filter(action="accounts.sso.failed")
        assert [event.after["reason"] for event in events if event.after] == [reason.value]


def set_to(path: str, attribute: str, value: str) -> Change:
    """Give an attribute another value."""
    return lambda root: (root if path == "." else find(root, path)).set(attribute, value)


def without(path: str, attribute: str = "") -> Change:
    """Take an attribute away, or the element itself."""
    if not attribute:
        return lambda root: drop(root, path)

    def change(root: etree._Element) -> None:
        element = root if path == "." else find(root, path)
        del element.attrib[attribute]

    return change


def text(path: str, value: str) -> Change:
    """Give an element another text."""

    def change(root: etree._Element) -> None:
        find(root, path).text = value

    return change


def ago(**time: float) -> str:
    return instant(timezone.now() - timedelta(**time))


def twice(path: str) -> Change:
    """Put a copy of the element behind it."""

    def change(root: etree._Element) -> None:
        element = find(root, path)
        element.addnext(etree.fromstring(etree.tostring(element)))

    return change


ROWS: dict[str, tuple[Change, Reason]] = {
    "the assertion has another issuer": (
        text("saml:Assertion/saml:Issuer", "https://evil.example/"),
        Reason.WRONG_ISSUER,
    ),
    "the response has another issuer": (text("saml:Issuer", "https://evil.example/"), Reason.WRONG_ISSUER),
    "the response has no issuer": (without("saml:Issuer"), Reason.WRONG_ISSUER),
    "no audience": (without(f"{CONDITIONS}/saml:AudienceRestriction"), Reason.NO_CONDITIONS),
    "another audience": (
        text(f"{CONDITIONS}/saml:AudienceRestriction/saml:Audience", "https://evil.example/"),
        Reason.WRONG_AUDIENCE,
    ),
    "no conditions": (without(CONDITIONS), Reason.NO_CONDITIONS),
    "conditions over": (set_to(CONDITIONS, "NotOnOrAfter", "2020-01-01T00:00:00Z"), Reason.WRONG_TIME),
    "conditions not yet": (set_to(CONDITIONS, "NotBefore", "2999-01-01T00:00:00Z"), Reason.WRONG_TIME),
    "another recipient": (set_to(CONFIRMATION, "Recipient", "https://evil.example/"), Reason.WRONG_DESTINATION),
    "no recipient": (without(CONFIRMATION, "Recipient"), Reason.WRONG_DESTINATION),
    "another destination": (set_to(".", "Destination", "https://evil.example/"), Reason.WRONG_DESTINATION),
    "no destination": (without(".", "Destination"), Reason.WRONG_DESTINATION),
    "no end of the confirmation": (without(CONFIRMATION, "NotOnOrAfter"), Reason.NO_CONDITIONS),
    "confirmation over": (set_to(CONFIRMATION, "NotOnOrAfter", "2020-01-01T00:00:00Z"), Reason.WRONG_TIME),
    "two confirmations": (twice(f"{SUBJECT}/saml:SubjectConfirmation"), Reason.NO_CONDITIONS),
    "an answer to nothing": (without(".", "InResponseTo"), Reason.WRONG_REQUEST),
    "an answer to something else": (set_to(".", "InResponseTo", "_other"), Reason.WRONG_REQUEST),
    "a confirmation of something else": (set_to(CONFIRMATION, "InResponseTo", "_other"), Reason.WRONG_REQUEST),
    "issued before it was asked for": (set_to(".", "IssueInstant", "2020-01-01T00:00:00Z"), Reason.WRONG_TIME),
    "no name": (without(f"{SUBJECT}/saml:NameID"), Reason.NO_NAME),
    "an empty name": (text(f"{SUBJECT}/saml:NameID", " "), Reason.NO_NAME),
    "a name for this time only": (
        set_to(f"{SUBJECT}/saml:NameID", "Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"),
        Reason.NO_NAME,
    ),
    "logged in long ago": (
        set_to("saml:Assertion/saml:AuthnStatement", "AuthnInstant", "2020-01-01T00:00:00Z"),
        Reason.TOO_OLD,
    ),
    "a session that is over": (
        set_to("saml:Assertion/saml:AuthnStatement", "SessionNotOnOrAfter", "2020-01-01T00:00:00Z"),
        Reason.WRONG_TIME,
    ),
    "two assertions": (twice("saml:Assertion"), Reason.WRONG_STRUCTURE),
    "no success": (
        set_to("samlp:Status/samlp:StatusCode", "Value", "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"),
        Reason.PROVIDER_REFUSED,
    ),
    "an id in a namespace": (
        set_to("saml:Assertion/saml:Subject", "{urn:x}ID", "_x"),
        Reason.WRONG_STRUCTURE,
    ),
}


@pytest.mark.parametrize("signed", SIGNED)
@pytest.mark.parametrize("row", ROWS)
def test_a_well_signed_message_with_wrong_content(acme_side: Side, client: Client, row: str, signed: str) -> None:
    """Signed by the right key all the same; pysaml2 alone accepts many of these (ASVS 6.8.2, 6.8.4, 7.6.1)."""
    change, reason = ROWS[row]
    asked = acme_side.start(client)

    def sign_first(root: etree._Element) -> None:
        sign(assertion_of(root), acme_side.provider.pair)
        change(root)

    # A copy of the assertion must be a copy of the signed one, or its own signature would be what is missing.
    early = sign_first if row == "two assertions" and signed == "assertion" else change
    pen = "none" if early is sign_first else signed
    response = acme_side.post(client, acme_side.response(asked, change=early, signed=pen), asked)
    refused(acme_side, response, reason)


def test_the_same_message_without_a_change(acme_side: Side, client: Client) -> None:
    """The pen of these tests writes what is accepted: the refusals above are about the change alone."""
    for signed in ("response", "assertion", "both"):
        asked = acme_side.start(client)
        response = acme_side.post(client, acme_side.response(asked, signed=signed), asked)
        assert response.status_code == 302, response.content.decode()


@pytest.mark.parametrize("signed", SIGNED)
def test_weak_digests_and_signatures(acme_side: Side, client: Client, signed: str) -> None:
    """SHA-1 is refused, although the key is right (ASVS 6.8.2)."""
    asked = acme_side.start(client)
    refused(
        acme_side,
        acme_side.post(client, acme_side.response(asked, signed=signed, method="sha1"), asked),
        Reason.WEAK_ALGORITHM,
    )


def tampered(root: etree._Element) -> None:
    find(root, f"{SUBJECT}/saml:NameID").text = "rob"


def stripped(root: etree._Element) -> None:
    for signature in list(root.iter(f"{{{DS}}}Signature")):
        parent = signature.getparent()
        assert parent is not None
        parent.remove(signature)


def hollow(root: etree._Element) -> None:
    """A signature that refers to the whole document instead of an id."""
    for reference in root.iter(f"{{{DS}}}Reference"):
        reference.set("URI", "")


@pytest.mark.parametrize("signed", SIGNED)
@pytest.mark.parametrize(
    ("late", "reason"),
    [
        (tampered, Reason.BAD_SIGNATURE),
        (stripped, Reason.BAD_SIGNATURE),
        (hollow, Reason.WRONG_STRUCTURE),
    ],
)
def test_signatures_that_do_not_fit(acme_side: Side, client: Client, signed: str, late: Change, reason: Reason) -> None:
    """Tampered, stripped or hollow signatures are refused (ASVS 6.8.2)."""
    asked = acme_side.start(client)
    refused(acme_side, acme_side.post(client, acme_side.response(asked, signed=signed, late=late), asked), reason)


@pytest.mark.parametrize("signed", SIGNED)
def test_an_unknown_key_that_travels_along(
    acme_side: Side, client: Client, signed: str, pairs: dict[str, KeyPair]
) -> None:
    """A certificate inside the message is no reason to trust it (ASVS 6.8.2)."""
    asked = acme_side.start(client)
    response = acme_side.response(asked, signed=signed, by=pairs["attacker"])
    refused(acme_side, acme_side.post(client, response, asked), Reason.BAD_SIGNATURE)


@pytest.mark.parametrize("also", [False, True])
@pytest.mark.parametrize("attack", [*wrapping.OF_RESPONSES, *wrapping.OF_ASSERTIONS])
def test_signature_wrapping(
    acme_side: Side, client: Client, attack: Callable[[etree._Element, str], None], also: bool
) -> None:
    """XSW 1-8 on a message signed once and twice: nobody is let in, least of all the forged name (ASVS 6.8.2)."""
    once = "response" if attack in wrapping.OF_RESPONSES else "assertion"
    asked = acme_side.start(client)
    response = acme_side.response(
        asked, person="rob@acme.example", signed="both" if also else once, late=lambda root: attack(root, ALICE)
    )
    refused(acme_side, acme_side.post(client, response, asked), Reason.WRONG_STRUCTURE)


@pytest.mark.parametrize("signed", SIGNED)
def test_the_other_companys_answer(
    acme_side: Side, globex_side: Side, client: Client, signed: str, pairs: dict[str, KeyPair]
) -> None:
    """GLOBEX's provider has no say at ACME, both log-ins pending in one browser (ASVS 6.8.1, 8.4.1)."""
    here, there = acme_side.start(client), globex_side.start(client)
    theirs = globex_side.response(there, person=ALICE, signed=signed)
    assert acme_side.post(client, theirs, there).status_code == 403
    assert acme_side.post(client, theirs, here).status_code == 403
    forged = acme_side.response(here, signed=signed, by=pairs["globex"])
    assert acme_side.post(client, forged, here).status_code == 403
    with tenant_transaction(acme_side.tenant.id):
        reasons = [
            (event.after or {})["reason"]
            for event in AuditEvent.objects.order_by("at")
            if event.action.endswith("failed")
        ]
        assert reasons == [Reason.NO_REQUEST, Reason.WRONG_ISSUER, Reason.BAD_SIGNATURE]
        assert not Session.objects.exists()


@pytest.mark.parametrize("signed", SIGNED)
def test_one_answer_opens_one_session(acme_side: Side, client: Client, signed: str) -> None:
    """A used response is refused, also with a fresh request of the same browser and after log-out (ASVS 6.8.3)."""
    asked = acme_side.start(client)
    answer = acme_side.response(asked, signed=signed)
    assert acme_side.post(client, answer, asked).status_code == 302
    client.post("/logout/")
    assert acme_side.post(client, answer, asked).status_code == 403
    again = acme_side.start(client)
    assert acme_side.post(client, answer, again).status_code == 403
    with tenant_transaction(acme_side.tenant.id):
        # Even if the request were open again, the assertion is not.
        PendingRequest.objects.update(answered_at=None)
    assert acme_side.post(client, answer, asked).status_code == 403
    with tenant_transaction(acme_side.tenant.id):
        newest = AuditEvent.objects.filter(action="accounts.sso.failed").first()
        assert newest is not None
        assert newest.after is not None
        assert newest.after["reason"] == Reason.REPLAYED


def test_another_browsers_log_in(acme_side: Side, client: Client) -> None:
    """An answer to somebody else's request is refused: nobody is logged in as another person (log-in CSRF)."""
    asked = acme_side.start(client)
    answer = acme_side.response(asked)
    refused(acme_side, acme_side.post(Client(), answer, asked), Reason.OTHER_BROWSER)


def test_an_answer_that_nobody_asked_for(acme_side: Side, client: Client) -> None:
    """Log-ins that start at the provider are refused (ASVS 7.6.2)."""
    asked = acme_side.start(client)
    asked.relay_state = ""
    refused(acme_side, acme_side.post(client, acme_side.response(asked), asked), Reason.NO_REQUEST)


def test_a_comment_in_the_name(acme_side: Side, client: Client) -> None:
    """`rob<!-- -->@…` is the whole name, not its beginning."""

    def comment(root: etree._Element) -> None:
        name = find(root, f"{SUBJECT}/saml:NameID")
        name.text = ALICE
        hidden = etree.Comment("x")
        hidden.tail = ".evil.example"
        name.append(hidden)

    asked = acme_side.start(client)
    response = acme_side.post(client, acme_side.response(asked, change=comment), asked)
    refused(acme_side, response, Reason.UNKNOWN_PERSON)
    with tenant_transaction(acme_side.tenant.id):
        event = AuditEvent.objects.get(action="accounts.sso.failed")
        assert event.after is not None
        assert event.after["detail"] == f"{ALICE}.evil.example"


DOCTYPES = [
    b"<!DOCTYPE x>",
    b'<!DOCTYPE x [<!ENTITY a "alice@acme.example">]>',
    b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">',
]


@pytest.mark.parametrize("doctype", DOCTYPES)
def test_doctype(acme_side: Side, client: Client, doctype: bytes) -> None:
    """A DOCTYPE is refused, whatever it says (ASVS 1.5.1)."""
    asked = acme_side.start(client)
    raw = doctype + etree.tostring(acme_side.response(asked))
    refused(acme_side, acme_side.post(client, raw, asked), Reason.MALFORMED)


@pytest.mark.parametrize(
    "raw", [b"", b"<x/>", b"not xml", b"\xff\xfe<\x00x\x00", b'<?xml version="1.0" encoding="utf-7"?><x/>']
)
def test_what_is_no_response(acme_side: Side, client: Client, raw: bytes) -> None:
    """Noise is refused without an error of the server."""
    refused(acme_side, acme_side.post(client, raw, acme_side.start(client)), Reason.MALFORMED)


def test_five_megabytes_of_comment(acme_side: Side, client: Client) -> None:
    """A body above 256 kB is refused before anything of it is read."""
    asked = acme_side.start(client)
    response = acme_side.response(asked)
    response.append(etree.Comment("x" * 5_000_000))
    answer = acme_side.post(client, response, asked)
    assert (answer.status_code, settings.SESSION_COOKIE_NAME in answer.cookies) == (413, False)


def test_a_relative_namespace(acme_side: Side, client: Client) -> None:
    """Namespaces that canonicalisation and parsers see differently are refused."""
    asked = acme_side.start(client)
    raw = etree.tostring(acme_side.response(asked)).replace(b"</saml:Subject>", b'<x xmlns="1"/></saml:Subject>')
    raw = raw.replace(b"</ns1:Subject>", b'<x xmlns="1"/></ns1:Subject>')
    refused(acme_side, acme_side.post(client, raw, asked), Reason.WRONG_STRUCTURE)


def test_an_encrypted_assertion(acme_side: Side, client: Client) -> None:
    """Encryption is refused with a word on how to switch it off."""

    def change(root: etree._Element) -> None:
        root.replace(assertion_of(root), etree.Element(f"{{{SAML}}}EncryptedAssertion"))

    asked = acme_side.start(client)
    refused(
        acme_side,
        acme_side.post(client, acme_side.response(asked, change=change, signed="none"), asked),
        Reason.ENCRYPTED,
    )


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example",
        r"\\evil.example",
        "/\\evil.example",
        "javascript:x",
        "https:evil.example",
    ],
)
def test_no_open_redirect(acme_side: Side, client: Client, wanted: str) -> None:
    """Neither `next` nor RelayState leads out of the product (ASVS 3.7.2)."""
    asked = acme_side.start(client, next=wanted)
    response = acme_side.post(client, acme_side.response(asked), asked)
    assert (response.status_code, response["Location"]) == (302, "/")


def test_the_way_back_to_the_page(acme_side: Side, client: Client) -> None:
    """A page of ours is where the log-in goes on; RelayState is opaque."""
    asked = acme_side.start(client, next="/profile/?tab=2")
    assert "profile" not in asked.relay_state
    assert acme_side.post(client, acme_side.response(asked), asked)["Location"] == "/profile/?tab=2"


def test_two_certificates_and_expired_ones(acme_side: Side, client: Client, pairs: dict[str, KeyPair]) -> None:
    """Old and new certificate are both accepted; expired ones are refused only if the company says so."""
    connection = acme_side.connection

    def store(**fields: Any) -> None:
        for name, value in fields.items():
            setattr(connection, name, value)
        with tenant_transaction(acme_side.tenant.id):
            connection.save()

    def enter(pair: KeyPair) -> int:
        asked = acme_side.start(client)
        return acme_side.post(client, acme_side.response(asked, by=pair), asked).status_code

    store(certificates=[pairs["acme"].pem, pairs["acme-next"].pem])
    assert [enter(pairs[name]) for name in ("acme", "acme-next", "attacker")] == [302, 302, 403]
    store(certificates=[certified(pairs["acme"].key, "old", days=-30).pem])
    assert enter(pairs["acme"]) == 302
    store(refuse_expired=True)
    assert enter(pairs["acme"]) == 403


@pytest.mark.parametrize("name", ["x", "0" * 32 + "." + "x" * 22, "../login"])
def test_unknown_addresses(client: Client, name: str) -> None:
    """Addresses that lead to no connection answer without a word about tenants, and without a record."""
    for suffix, method in (
        ("", client.post),
        ("acs/", client.post),
        ("metadata/", client.get),
        ("farewell/", client.get),
    ):
        assert method(f"/sso/{name}/{suffix}").status_code in {302, 403, 404}


def test_key_info_only(acme_side: Side, client: Client) -> None:
    """Without any pinned certificate nothing is accepted (SolarWinds CVE-2026-28323)."""
    asked = acme_side.start(client)
    answer = acme_side.response(asked)
    with tenant_transaction(acme_side.tenant.id):
        acme_side.connection.certificates = []
        acme_side.connection.save()
    assert acme_side.post(client, answer, asked).status_code == 403
