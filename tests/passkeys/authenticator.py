"""An authenticator in software: what a browser and a device do with the options that the server hands out.

Every method takes what an attacker would change, so that a test changes one thing and leaves the rest honest.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

_PRESENT, _VERIFIED, _ELIGIBLE, _BACKED_UP, _ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40


@dataclass
class Device:
    """One device with one key. `handle` is what it remembers of the account; empty when it remembers none."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes = b""
    counter: int = 0
    synchronised: bool = False
    aaguid: bytes = bytes(16)

    def register(self, options: dict[str, Any], **changes: Any) -> str:
        """Make a passkey as the server asks; returns what the page sends."""
        self.handle = base64url_to_bytes(options["user"]["id"])
        client_data = _client_data("webauthn.create", options["challenge"], changes)
        identity = self.aaguid + len(self.credential_id).to_bytes(2, "big") + self.credential_id + self._public_key()
        data = self._data(options["rp"]["id"], changes, _ATTESTED) + identity
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {"attestationObject": statement, "clientDataJSON": client_data}
        return self._message(response, transports=["internal", "hybrid", "telepathy"])

    def sign(self, options: dict[str, Any], **changes: Any) -> str:
        """Sign the challenge as the server asks; returns what the page sends."""
        self.counter += changes.get("counted", 1) if self.counter or not self.synchronised else 0
        client_data = _client_data("webauthn.get", options["challenge"], changes)
        data = self._data(options["rpId"], changes, 0)
        key = changes.get("key", self.key)
        signature = key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        response = {"authenticatorData": data, "signature": signature, "clientDataJSON": client_data}
        handle = changes.get("handle", self.handle)
        return self._message(response | ({"userHandle": handle} if handle else {}))

    def _data(self, rp_id: str, changes: dict[str, Any], flags: int) -> bytes:
        flags |= _PRESENT if changes.get("present", True) else 0
        flags |= _VERIFIED if changes.get("verified", True) else 0
        flags |= (_ELIGIBLE | _BACKED_UP) if changes.get("synchronised", self.synchronised) else 0
        rp_hash = hashlib.sha256(changes.get("rp_id", rp_id).encode()).digest()
        return rp_hash + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _public_key(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        point = {-2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        return cbor2.dumps({1: 2, 3: -7, -1: 1} | point)

    def _message(self, response: dict[str, bytes], **more: Any) -> str:
        name = bytes_to_base64url(self.credential_id)
        encoded = {key: bytes_to_base64url(value) for key, value in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": encoded | more})


def _client_data(kind: str, challenge: str, changes: dict[str, Any]) -> bytes:
    said = {
        "type": changes.get("kind", kind),
        "challenge": bytes_to_base64url(changes["challenge"]) if "challenge" in changes else challenge,
        "origin": changes.get("origin", settings.PUBLIC_URL),
        "crossOrigin": changes.get("framed", False),
    }
    return json.dumps(said).encode()
