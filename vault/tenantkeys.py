"""The keys of one tenant, unwrapped: they seal small secrets and wrap the data keys of objects."""

from uuid import UUID

from vault.errors import SecretUnreadable
from vault.primitives import CannotDecrypt, Keyset, bind


class TenantKeys:
    """A tenant's keyset. Older keys in it still open what they sealed; the primary one seals."""

    def __init__(self, tenant_id: UUID, keyset: Keyset) -> None:
        self.tenant_id = tenant_id
        self.keyset = keyset
        self._aead = keyset.aead()
        self.key_id = keyset.primary_id
        self.key_ids = keyset.key_ids

    def seal(self, purpose: str, plaintext: bytes) -> bytes:
        """Encrypt a small secret for one purpose, such as `mfa.totp` (D7)."""
        return self._aead.encrypt(plaintext, self._secret(purpose))

    def unseal(self, purpose: str, sealed: bytes) -> bytes:
        """Decrypt it. Raises SecretUnreadable for another tenant's, another purpose's or an altered secret."""
        try:
            return self._aead.decrypt(sealed, self._secret(purpose))
        except CannotDecrypt as error:
            raise SecretUnreadable(f"The secret is not for {purpose} of tenant {self.tenant_id}.") from error

    def wrap(self, keyset: Keyset, associated_data: bytes) -> bytes:
        """Wrap the data key of an object."""
        return keyset.wrapped(self._aead, associated_data)

    def unwrap(self, wrapped: bytes, associated_data: bytes) -> Keyset:
        """Unwrap it. Raises CannotDecrypt."""
        return Keyset.unwrapped(wrapped, self._aead, associated_data)

    def _secret(self, purpose: str) -> bytes:
        return bind("sekisho secret 1", str(self.tenant_id), purpose)
