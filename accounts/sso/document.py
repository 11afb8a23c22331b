"""The form that a SAML response must have before anybody looks at its signature (ASVS 6.8.2).

Signature wrapping lives from messages that hold more than one thing: a second assertion, a signature somewhere else, an
id twice. So there is exactly one place for each of them here, and everything is read from that place alone.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.conf import settings

from accounts.sso.refusals import Reason, SsoRefused

SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
SAMLP = "{urn:oasis:names:tc:SAML:2.0:protocol}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"

_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_SIGNATURES = {_MORE + name for name in ("rsa-sha256", "rsa-sha384", "rsa-sha512")} | {
    _MORE + name for name in ("ecdsa-sha256", "ecdsa-sha384", "ecdsa-sha512")
}
_DIGESTS = {
    "http://www.w3.org/2001/04/xmlenc#sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512",
}
_CANONICAL = {_EXCLUSIVE, _EXCLUSIVE + "WithComments"}
_TRANSFORMS = _CANONICAL | {"http://www.w3.org/2000/09/xmldsig#enveloped-signature"}

_ENCODING = re.compile(rb"\A\s*<\?xml[^>]*encoding\s*=\s*[\"']([^\"']*)[\"']")
_ABSOLUTE = re.compile(r"\A\{(urn:|https?://)[^}]*\}")


@dataclass(frozen=True, slots=True)
class Document:
    """A response of the right form: the decoded text, its root and its only assertion."""

    text: str
    response: Element
    assertion: Element


def decode(encoded: str) -> bytes:
    """The message in a form field. Raises SsoRefused."""
    if len(encoded) > settings.SSO_MESSAGE_BYTES:
        raise SsoRefused(Reason.TOO_LARGE)
    try:
        return base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SsoRefused(Reason.MALFORMED, "not base64") from error


def parse(raw: bytes) -> tuple[str, Element]:
    """The text and the tree of a message: UTF-8, well-formed, without DOCTYPE and entities. Raises SsoRefused."""
    declared = _ENCODING.match(raw)
    if declared and declared[1].lower() not in {b"utf-8", b"utf8", b"us-ascii"}:
        raise SsoRefused(Reason.MALFORMED, "encoding is not UTF-8")
    try:
        text = raw.decode()
        root = fromstring(raw, forbid_dtd=True)
    except DefusedXmlException as error:
        raise SsoRefused(Reason.MALFORMED, "DOCTYPE or entities") from error
    except (ParseError, ValueError) as error:
        raise SsoRefused(Reason.MALFORMED, "not well-formed XML in UTF-8") from error
    return text, root


def read_response(raw: bytes) -> Document:
    """The response in a message, if it has the form of one. Raises SsoRefused."""
    text, root = parse(raw)
    if root.tag != f"{SAMLP}Response":
        raise SsoRefused(Reason.MALFORMED, "not a Response")
    elements = list(root.iter())
    _refuse_odd_names(elements)
    if any(element.tag.rpartition("}")[2].startswith("Encrypted") for element in elements):
        raise SsoRefused(Reason.ENCRYPTED)
    status = [code.get("Value", "") for code in root.iter(f"{SAMLP}StatusCode")]
    if status != ["urn:oasis:names:tc:SAML:2.0:status:Success"]:
        raise SsoRefused(Reason.PROVIDER_REFUSED, " ".join(code.rpartition(":")[2] for code in status))
    assertions = [element for element in elements if element.tag == f"{SAML}Assertion"]
    responses = sum(element.tag == f"{SAMLP}Response" for element in elements)
    if len(assertions) != 1 or assertions[0] not in list(root) or responses != 1:
        raise SsoRefused(Reason.WRONG_STRUCTURE, f"{len(assertions)} assertions, {responses} responses")
    _check_signatures(elements, root, assertions[0])
    return Document(text, root, assertions[0])


def _refuse_odd_names(elements: list[Element]) -> None:
    """Ids twice or in a namespace, and relative namespaces, are what two parsers may see differently."""
    ids: set[str] = set()
    for element in elements:
        if not _ABSOLUTE.match(element.tag):
            raise SsoRefused(Reason.WRONG_STRUCTURE, "element without an absolute namespace")
        for name, value in element.attrib.items():
            if name.rpartition("}")[2].lower() != "id":
                continue
            if name.startswith("{") or value in ids:
                raise SsoRefused(Reason.WRONG_STRUCTURE, "id twice or in a namespace")
            ids.add(value)


def _check_signatures(elements: list[Element], root: Element, assertion: Element) -> None:
    """Each signature is a child of what it signs, signs nothing else, and by strong means."""
    signatures = [element for element in elements if element.tag == f"{DS}Signature"]
    owners = [owner for owner in (root, assertion) for child in owner if child.tag == f"{DS}Signature"]
    if not signatures:
        raise SsoRefused(Reason.BAD_SIGNATURE, "no signature")
    if len(owners) != len(signatures) or len(owners) != len({id(owner) for owner in owners}):
        raise SsoRefused(Reason.WRONG_STRUCTURE, "signature in a wrong place")
    for owner in owners:
        _check_signature(owner, next(child for child in owner if child.tag == f"{DS}Signature"))


def _check_signature(owner: Element, signature: Element) -> None:
    references = list(signature.iter(f"{DS}Reference"))
    expected = "#" + owner.get("ID", "")
    if len(references) != 1 or expected == "#" or references[0].get("URI") != expected:
        raise SsoRefused(Reason.WRONG_STRUCTURE, "signature of something else")
    if next(signature.iter(f"{DS}Object"), None) is not None:
        raise SsoRefused(Reason.WRONG_STRUCTURE, "object in a signature")
    rules = (
        ("SignatureMethod", _SIGNATURES),
        ("DigestMethod", _DIGESTS),
        ("CanonicalizationMethod", _CANONICAL),
        ("Transform", _TRANSFORMS),
    )
    for name, allowed in rules:
        used = list(_algorithms(signature, name))
        if not used or not allowed.issuperset(used):
            raise SsoRefused(Reason.WEAK_ALGORITHM, f"{name}: {' '.join(used)}")


def _algorithms(signature: Element, name: str) -> Iterator[str]:
    return (element.get("Algorithm", "") for element in signature.iter(DS + name))
