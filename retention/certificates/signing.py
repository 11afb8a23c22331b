"""The signed file of a certificate, and whether one is ours (R1).

    {"statement": "…", "key_id": "…", "public_key": "…", "signature": "…"}

The signature is Ed25519 over the UTF-8 bytes of `statement`: any implementation verifies it with the public key.
"""

import base64
import json
from typing import Any

from retention.certificates.models import Certificate
from vault.errors import SignatureInvalid
from vault.keys import Signature, key_store

PURPOSE = "erasure-certificate"


def signed_file(certificate: Certificate) -> bytes:
    """The certificate as JSON, with the public key that verifies it."""
    keys = {key.key_id: key for key in key_store().signing.keys(PURPOSE)}
    public = keys[certificate.key_id].public_bytes if certificate.key_id in keys else b""
    content = {
        "statement": certificate.statement,
        "key_id": certificate.key_id,
        "public_key": base64.b64encode(public).decode(),
        "signature": base64.b64encode(bytes(certificate.signature)).decode(),
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def read_signed(content: bytes) -> dict[str, Any]:
    """What a file states that this installation signed. Raises SignatureInvalid for every other one."""
    try:
        found = json.loads(content)
        signature = Signature(found["key_id"], base64.b64decode(found["signature"], validate=True))
        key_store().signing.verify(PURPOSE, found["statement"].encode(), signature)
        stated: dict[str, Any] = json.loads(found["statement"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SignatureInvalid from error
    return stated
