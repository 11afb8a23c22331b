"""Signatures of the installation (B2, G5, R2)."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from vault.errors import InvalidName, KeysAltered, SignatureInvalid
from vault.keys import Signature, key_store


def test_a_signature_is_plain_ed25519_over_the_bytes() -> None:
    """A customer verifies with the published key and any library; nothing of ours is needed."""
    signing = key_store().signing
    signature = signing.sign("backups.manifest", b"message")
    (key,) = signing.keys("backups.manifest")
    assert key.key_id == signature.key_id
    Ed25519PublicKey.from_public_bytes(key.public_bytes).verify(signature.value, b"message")
    signing.verify("backups.manifest", b"message", signature)


def test_keys_stay_and_are_made_once() -> None:
    """Processes that sign for the first time together end with one key, and a new process finds it."""
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(lambda _: key_store().signing.sign("p", b"m").key_id, range(8)))
    key_store.cache_clear()
    assert ids == {key_store().signing.sign("p", b"m").key_id}


def test_a_renewed_key_signs_and_the_old_one_is_believed() -> None:
    """G7: also in a process that has not heard of the new key yet."""
    signing = key_store().signing
    before = signing.sign("p", b"m")
    key_store.cache_clear()
    renewed = key_store().signing.rotate("p")
    after = key_store().signing.sign("p", b"m")
    assert after.key_id == renewed.key_id != before.key_id
    assert [key.version for key in key_store().signing.keys("p")] == [1, 2]
    key_store().signing.verify("p", b"m", before)
    assert len(signing._recent.get("p")) == 1
    signing.verify("p", b"m", after)


def test_refuses_what_was_not_signed() -> None:
    """Another content, another purpose, another key, an altered signature."""
    signing = key_store().signing
    good = signing.sign("one", b"m")
    other = signing.sign("two", b"m")
    stranger = Signature(good.key_id, Ed25519PrivateKey.generate().sign(b"m"))
    altered = Signature(good.key_id, bytes([good.value[0] ^ 1]) + good.value[1:])
    for purpose, message, signature in (
        ("one", b"n", good),
        ("two", b"m", good),
        ("one", b"m", other),
        ("one", b"m", Signature(good.key_id, other.value)),
        ("one", b"m", stranger),
        ("one", b"m", altered),
        ("one", b"m", Signature(good.key_id, b"")),
        ("one", b"m", Signature(str(uuid4()), good.value)),
    ):
        with pytest.raises(SignatureInvalid):
            signing.verify(purpose, message, signature)


def test_a_public_key_slipped_into_the_store_is_not_believed(tmp_path: Path) -> None:
    """Whoever can write the key store but has no root key cannot make a signature that we accept."""
    key_store().signing.sign("p", b"m")
    forger = Ed25519PrivateKey.generate()
    path = tmp_path / "keys/signing/p/1.json"
    record = json.loads(path.read_text())
    record["public_key"] = base64.b64encode(forger.public_key().public_bytes_raw()).decode()
    path.write_text(json.dumps(record))
    key_store.cache_clear()
    with pytest.raises(KeysAltered):
        key_store().signing.sign("p", b"m")


def test_older_keys_still_verify() -> None:
    """After a rotation the newest key signs and the older ones keep verifying what they signed."""
    signing = key_store().signing
    old = signing.sign("p", b"m")
    signing._add("p", 2)
    key_store.cache_clear()
    signing = key_store().signing
    new = signing.sign("p", b"m")
    assert new.key_id != old.key_id
    assert [key.key_id for key in signing.keys("p")] == [old.key_id, new.key_id]
    signing.verify("p", b"m", old)
    signing.verify("p", b"m", new)


def test_a_purpose_is_no_path() -> None:
    """A purpose cannot reach the keys of tenants."""
    with pytest.raises(InvalidName):
        key_store().signing.sign("../tenants/x", b"m")
