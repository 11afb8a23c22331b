"""What an administrator uploads of the identity provider: read once, reduced to a few pinned values (A6)."""

from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.sso.certificates import MAXIMUM, Certificate, read_certificate
from accounts.sso.document import DS, parse
from accounts.sso.refusals import SsoRefused

_MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
_REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
_LENGTH = 256 * 1024


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider as it will be pinned."""

    entity_id: str
    sso_url: str
    slo_url: str
    certificates: list[Certificate]


def read_metadata(raw: bytes) -> Provider:
    """The only identity provider in the metadata. Raises ValidationError with what to do about it.

    The file is not trusted for anything but its values, which the administrator sees: its signature is not asked for.
    """
    if len(raw) > _LENGTH:
        raise ValidationError(_("The metadata are larger than 256 kB. Export the metadata of one service alone."))
    try:
        _text, root = parse(raw.removeprefix(b"\xef\xbb\xbf"))
    except SsoRefused as refusal:
        raise ValidationError(_("This is not a metadata file: it is no plain XML.")) from refusal
    entities = list(root.iter(f"{_MD}EntityDescriptor"))
    providers = list(root.iter(f"{_MD}IDPSSODescriptor"))
    if len(entities) != 1 or len(providers) != 1:
        raise ValidationError(
            _("The metadata must describe exactly one identity provider; this file describes %(count)d."),
            params={"count": len(providers)},
        )
    return checked_provider(
        entity_id=entities[0].get("entityID", ""),
        sso_url=_location(providers[0], "SingleSignOnService"),
        slo_url=_location(providers[0], "SingleLogoutService"),
        certificates=_certificates(providers[0]),
    )


def checked_provider(*, entity_id: str, sso_url: str, slo_url: str, certificates: list[str]) -> Provider:
    """The provider of these values. Raises ValidationError, keyed by field."""
    entity_id = entity_id.strip()
    if not entity_id or len(entity_id) > 1024 or not entity_id.isprintable():
        raise ValidationError({"entity_id": _("The entity ID is missing or too long.")})
    if not sso_url:
        raise ValidationError({"sso_url": _("There is no log-in address for the HTTP-Redirect binding.")})
    for name, url in (("sso_url", sso_url), ("slo_url", slo_url)):
        if url and not _is_fit(url):
            raise ValidationError({name: _("The address must begin with https:// and name a server.")})
    read = {certificate.fingerprint: certificate for certificate in map(read_certificate, certificates)}
    if not read:
        raise ValidationError({"certificates": _("There is no certificate for signatures.")})
    if len(read) > MAXIMUM:
        raise ValidationError({"certificates": _("Keep two certificates at most: the present one and its successor.")})
    return Provider(entity_id, sso_url, slo_url, list(read.values()))


def _is_fit(url: str) -> bool:
    """An https address; a plain one outside production only, where identity providers run on the same machine."""
    parts = urlsplit(url)
    schemes = {"https"} if settings.PRODUCTION else {"https", "http"}
    # The host becomes part of our content security policy, so it must not carry anything else.
    host = (parts.hostname or "").replace(".", "").replace("-", "").replace("_", "")
    return parts.scheme in schemes and host.isalnum() and host.isascii() and url.isprintable() and len(url) <= 2000


def _location(provider: Element, name: str) -> str:
    services = (service for service in provider.findall(_MD + name) if service.get("Binding") == _REDIRECT)
    return next((service.get("Location", "").strip() for service in services), "")


def _certificates(provider: Element) -> list[str]:
    """Those for signatures; a key without `use` is for both."""
    keys = (key for key in provider.findall(f"{_MD}KeyDescriptor") if key.get("use", "signing") == "signing")
    return [certificate.text or "" for key in keys for certificate in key.iter(f"{DS}X509Certificate")]
