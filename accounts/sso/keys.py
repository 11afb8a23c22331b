"""Our key pair towards an identity provider: one a connection, its private half sealed in the vault."""

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.conf import settings

from accounts.sso.certificates import self_signed
from accounts.sso.models import KEY_PURPOSE, Connection
from tenants.isolation.context import require_tenant_id
from vault.keys import key_store


def new_key() -> rsa.RSAPrivateKey:
    """A fresh private key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def give_key(connection: Connection) -> None:
    """Put a fresh key pair into the connection, which the caller saves."""
    key = new_key()
    clear = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    connection.sp_key_sealed = key_store().seal_secret(require_tenant_id(), KEY_PURPOSE, clear)
    connection.sp_certificate = self_signed(key, f"{settings.PRODUCT_NAME} SSO")


def sign(connection: Connection, message: bytes) -> bytes:
    """An RSA-SHA256 signature. The private key is in the clear in this call alone, and never in a file."""
    clear = key_store().open_secret(connection.tenant_id, KEY_PURPOSE, bytes(connection.sp_key_sealed))
    key = serialization.load_der_private_key(clear, password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("The key of a connection is an RSA key.")
    return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
