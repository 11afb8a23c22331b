"""XML signatures without pysaml2 and xmlsec1: a second opinion, and a pen for forgers."""

import base64
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

from tests.sso.idp import KeyPair

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
DS = "http://www.w3.org/2000/09/xmldsig#"
NS = {"saml": SAML, "samlp": SAMLP, "ds": DS}

_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_METHODS: dict[str, tuple[str, str, hashes.HashAlgorithm]] = {
    "sha256": (
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2001/04/xmlenc#sha256",
        hashes.SHA256(),
    ),
    "sha1": (f"{DS}rsa-sha1", f"{DS}sha1", hashes.SHA1()),  # noqa: S303 - to see it refused
}
Change = Callable[[etree._Element], None]


def canonical(element: etree._Element) -> bytes:
    """The letters that are signed."""
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False, with_tail=False)


def sign(element: etree._Element, pair: KeyPair, *, method: str = "sha256", embed: bool = True) -> None:
    """Put an enveloped signature behind the issuer; with `embed` the certificate travels along."""
    signature_uri, digest_uri, algorithm = _METHODS[method]
    digest = hashes.Hash(algorithm)
    digest.update(canonical(element))
    signature = etree.fromstring(
        f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{_EXCLUSIVE}"/>'
        f'<ds:SignatureMethod Algorithm="{signature_uri}"/><ds:Reference URI="#{element.get("ID")}"><ds:Transforms>'
        f'<ds:Transform Algorithm="{DS}enveloped-signature"/><ds:Transform Algorithm="{_EXCLUSIVE}"/></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{digest_uri}"/><ds:DigestValue>{base64.b64encode(digest.finalize()).decode()}'
        "</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature>"
    )
    element.insert(1, signature)
    value = pair.key.sign(canonical(signature[0]), padding.PKCS1v15(), algorithm)
    signature[1].text = base64.b64encode(value).decode()
    if embed:
        body = "".join(pair.pem.splitlines()[1:-1])
        info = etree.SubElement(signature, f"{{{DS}}}KeyInfo")
        data = etree.SubElement(info, f"{{{DS}}}X509Data")
        etree.SubElement(data, f"{{{DS}}}X509Certificate").text = body


def assertion_of(response: etree._Element) -> etree._Element:
    """The assertion in a response."""
    found = response.find("saml:Assertion", NS)
    assert found is not None
    return found


def find(response: etree._Element, path: str) -> etree._Element:
    """The element at a path with the prefixes saml, samlp and ds."""
    found = response.find(path, NS)
    assert found is not None, path
    return found


def drop(response: etree._Element, path: str) -> None:
    """Take an element out."""
    element = find(response, path)
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def encoded(response: etree._Element | bytes) -> str:
    """A message as the browser posts it."""
    raw = response if isinstance(response, bytes) else etree.tostring(response)
    return base64.b64encode(raw).decode()
