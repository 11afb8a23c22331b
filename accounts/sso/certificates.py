"""Certificates of identity providers. They carry a key; nobody's signature on them is trusted or asked for."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

MAXIMUM = 2  # the one in use and its successor
_RSA_BITS = 2048
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----|-----END CERTIFICATE-----|\s")
_OWN_YEARS = 20


@dataclass(frozen=True, slots=True)
class Certificate:
    """What an administrator wants to know of a certificate."""

    pem: str
    subject: str
    fingerprint: str
    not_after: datetime

    @property
    def days_left(self) -> int:
        """Whole days until it expires; negative afterwards."""
        return (self.not_after - timezone.now()).days

    @property
    def expired(self) -> bool:
        """Whether its time is over."""
        return self.not_after <= timezone.now()

    @property
    def base64(self) -> str:
        """As metadata writes it: without the lines round it."""
        return _PEM.sub("", self.pem)


def read_certificate(text: str) -> Certificate:
    """The certificate in a PEM or in bare base64. Raises ValidationError for none, and for a weak or strange key."""
    try:
        loaded = x509.load_der_x509_certificate(base64.b64decode(_PEM.sub("", text), validate=True))
        key = loaded.public_key()
    except (ValueError, binascii.Error, x509.InvalidVersion) as error:
        raise ValidationError(_("This is not a certificate."), code="certificate") from error
    strong = isinstance(key, ec.EllipticCurvePublicKey) or (
        isinstance(key, rsa.RSAPublicKey) and key.key_size >= _RSA_BITS
    )
    if not strong:
        raise ValidationError(_("The key of this certificate is too weak: RSA needs 2048 bits."), code="certificate")
    return Certificate(
        pem=loaded.public_bytes(serialization.Encoding.PEM).decode(),
        subject=loaded.subject.rfc4514_string()[:200],
        fingerprint=loaded.fingerprint(hashes.SHA256()).hex(":"),
        not_after=loaded.not_valid_after_utc,
    )


def self_signed(key: rsa.RSAPrivateKey, common_name: str) -> str:
    """A certificate of our own, which only carries our public key to the identity provider."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * _OWN_YEARS))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()
