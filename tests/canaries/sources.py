"""Where secrets come into being: from here on, what these functions make or are given is looked for."""

import functools
import json
import secrets
import sys
from collections.abc import Callable
from typing import Any

from accounts.factors import recovery
from accounts.hashers import ConfiguredArgon2Hasher
from tests.canaries.watching import WATCH
from vault.keystore import KeyStore
from vault.primitives import Keyset

# Modules whose random texts are secrets. The rest of `accounts` makes public names of the same looks.
_MAKERS = {
    "tenants.isolation.secrets": "a bearer secret",
    "accounts.devices": "the name of a device",
    "accounts.sso.pending": "a secret of a log-in by single sign-on",
}
_MAKERS_OF_LINKS = "accounts.links"


def watch_sources() -> None:
    """Remember every secret of this process from now on."""
    _token_urlsafe()
    _after(recovery, "_new_code", lambda made, *_given: WATCH.remember("a recovery code", made))
    _before(KeyStore, "seal_secret", lambda _store, _tenant, purpose, secret: WATCH.remember(purpose, secret))
    _before(ConfiguredArgon2Hasher, "encode", lambda _hasher, password, _salt: WATCH.remember("a password", password))
    _before(ConfiguredArgon2Hasher, "verify", lambda _hasher, password, _hash: WATCH.remember("a password", password))
    _before(Keyset, "wrapped", lambda keyset, *_given: _remember_keys(keyset))


def _token_urlsafe() -> None:
    made_by = secrets.token_urlsafe

    def token_urlsafe(nbytes: int | None = None) -> str:
        token, caller = made_by(nbytes), sys._getframe(1)
        if what := _MAKERS.get(caller.f_globals["__name__"]):
            behind = caller.f_back.f_globals["__name__"] if caller.f_back else ""
            WATCH.remember(what, token, mailed=behind == _MAKERS_OF_LINKS)
        return token

    secrets.token_urlsafe = token_urlsafe


def _remember_keys(keyset: Keyset) -> None:
    for key in json.loads(keyset.to_clear_json())["key"]:
        WATCH.remember("a key of the vault", key["keyData"]["value"])


def _before(owner: Any, name: str, note: Callable[..., None]) -> None:
    work = getattr(owner, name)

    @functools.wraps(work)
    def noted(*given: Any, **named: Any) -> Any:
        note(*given, *named.values())
        return work(*given, **named)

    setattr(owner, name, noted)


def _after(owner: Any, name: str, note: Callable[..., None]) -> None:
    work = getattr(owner, name)

    @functools.wraps(work)
    def noted(*given: Any, **named: Any) -> Any:
        made = work(*given, **named)
        note(made, *given)
        return made

    setattr(owner, name, noted)
