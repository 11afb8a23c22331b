"""The eight signature wrapping attacks, as SAML Raider numbers them, on a response that is signed already."""

from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from tests.sso.signing import DS, NS, SAMLP, assertion_of, find

Element = etree._Element


def _unsigned(element: Element) -> Element:
    copy = deepcopy(element)
    for signature in copy.findall("ds:Signature", NS):
        copy.remove(signature)
    return copy


def _evil(element: Element, name: str, *, new_id: bool = True) -> Element:
    """Rename the person in the element, which gets an id of its own."""
    find(element, ".//saml:NameID").text = name
    if new_id:
        element.set("ID", "_evil")
    return element


def xsw1(root: Element, name: str) -> None:
    """The signed response inside the signature of a forged one."""
    original = _unsigned(root)
    find(root, "ds:Signature").append(original)
    _evil(root, name)


def xsw2(root: Element, name: str) -> None:
    """The signed response beside the signature of a forged one."""
    original, signature = _unsigned(root), find(root, "ds:Signature")
    signature.addprevious(original)
    _evil(root, name)
    find(root, "saml:Assertion/saml:Subject/saml:NameID").text = name


def xsw3(root: Element, name: str) -> None:
    """A forged assertion in front of the signed one."""
    original = assertion_of(root)
    original.addprevious(_evil(_unsigned(original), name))


def xsw4(root: Element, name: str) -> None:
    """The signed assertion inside a forged one."""
    original = assertion_of(root)
    forged = _evil(_unsigned(original), name)
    original.addprevious(forged)
    forged.append(original)


def xsw5(root: Element, name: str) -> None:
    """The signature stays on the assertion, which is forged; the signed text is appended."""
    original = assertion_of(root)
    root.append(_unsigned(original))
    _evil(original, name)


def xsw6(root: Element, name: str) -> None:
    """As 5, with the signed text inside the signature."""
    original = assertion_of(root)
    copy = _unsigned(original)
    find(original, "ds:Signature").append(copy)
    _evil(original, name)


def xsw7(root: Element, name: str) -> None:
    """A forged assertion with the same id in extensions, which schemas let pass."""
    original = assertion_of(root)
    extensions = etree.Element(f"{{{SAMLP}}}Extensions")
    extensions.append(_evil(_unsigned(original), name, new_id=False))
    original.addprevious(extensions)


def xsw8(root: Element, name: str) -> None:
    """The signed text in an object of the signature of a forged assertion."""
    original = assertion_of(root)
    copy = _unsigned(original)
    etree.SubElement(find(original, "ds:Signature"), f"{{{DS}}}Object").append(copy)
    _evil(original, name)


OF_RESPONSES: tuple[Callable[[Element, str], None], ...] = (xsw1, xsw2)
OF_ASSERTIONS: tuple[Callable[[Element, str], None], ...] = (xsw3, xsw4, xsw5, xsw6, xsw7, xsw8)
