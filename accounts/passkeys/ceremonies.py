"""The two ceremonies of WebAuthn, by py_webauthn, and what it leaves to us (A5).

Ours: the size of what is parsed, frames of other sites, the counter (told apart from a wrong signature, so that only
the true device can raise that alarm), and flags that cannot change in an honest device.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, options_to_json_dict, parse_authentication_credential_json
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.models import User
from accounts.passkeys.challenges import MINUTES
from accounts.passkeys.models import Passkey
from accounts.passkeys.refusals import PasskeyRefused, Reason
from accounts.passkeys.relying_party import handle_of, own_origin, rp_id

_LARGEST_ANSWER = 32 * 1024
_TIMEOUT_MS = MINUTES * 60 * 1000

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a device told about the passkey that it has made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: list[str]
    aaguid: UUID
    backup_eligible: bool
    backed_up: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a device that says it has a passkey: not checked yet."""

    parsed: AuthenticationCredential

    @property
    def credential_id(self) -> bytes:
        """Which passkey it says to be."""
        return self.parsed.raw_id

    @property
    def handle(self) -> bytes:
        """Whose account it says to open; empty when the device keeps no such name."""
        return self.parsed.response.user_handle or b""


def registration_options(user: User, challenge: bytes, known: list[Passkey]) -> dict[str, Any]:
    """What the browser needs to have a passkey made. Devices that hold one of `known` decline."""
    options = generate_registration_options(
        rp_id=rp_id(),
        rp_name=settings.PRODUCT_NAME,
        user_id=handle_of(user),
        user_name=user.user_id,
        user_display_name=user.name,
        challenge=challenge,
        timeout=_TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=_descriptors(known),
    )
    return options_to_json_dict(options)


def assertion_options(challenge: bytes, allowed: list[Passkey], *, verify_user: bool) -> dict[str, Any]:
    """What the browser needs to have a challenge signed, by one of `allowed` or by any passkey for this address."""
    demand = UserVerificationRequirement.REQUIRED if verify_user else UserVerificationRequirement.PREFERRED
    options = generate_authentication_options(
        rp_id=rp_id(),
        challenge=challenge,
        timeout=_TIMEOUT_MS,
        allow_credentials=_descriptors(allowed),
        user_verification=demand,
    )
    return options_to_json_dict(options)


def new_key(text: str, challenge: bytes) -> NewKey:
    """Check what a device says that has made a passkey. Raises PasskeyRefused."""
    message = _message(text)
    verified = _checked(
        lambda: verify_registration_response(
            credential=message, expected_challenge=challenge, expected_rp_id=rp_id(), expected_origin=own_origin()
        )
    )
    _refuse_frames(message)
    transports = {transport.value for transport in AuthenticatorTransport}
    return NewKey(
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        transports=[name for name in _told_transports(message) if name in transports],
        aaguid=UUID(verified.aaguid),
        backup_eligible=verified.credential_device_type == CredentialDeviceType.MULTI_DEVICE,
        backed_up=verified.credential_backed_up,
    )


def read_answer(text: str) -> Answer:
    """What a device says that has signed a challenge, taken apart. Raises PasskeyRefused."""
    message = _message(text)
    answer = Answer(_checked(lambda: parse_authentication_credential_json(message), Reason.MALFORMED))
    _refuse_frames(message)
    return answer


def check_answer(answer: Answer, passkey: Passkey, challenge: bytes, *, verify_user: bool) -> None:
    """Check that this very passkey has signed this challenge for us, and note its counter. Raises PasskeyRefused."""
    verified = _checked(
        lambda: verify_authentication_response(
            credential=answer.parsed,
            expected_challenge=challenge,
            expected_rp_id=rp_id(),
            expected_origin=own_origin(),
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=0,  # compared below, once the signature is known to be right
            require_user_verification=verify_user,
        )
    )
    if (verified.credential_device_type == CredentialDeviceType.MULTI_DEVICE) != passkey.backup_eligible:
        raise PasskeyRefused(Reason.NOT_VERIFIED, "backup eligibility changed")
    if (verified.new_sign_count or passkey.sign_count) and verified.new_sign_count <= passkey.sign_count:
        raise PasskeyRefused(Reason.COPIED, f"{verified.new_sign_count} after {passkey.sign_count}")
    passkey.sign_count, passkey.backed_up = verified.new_sign_count, verified.credential_backed_up


def _message(text: str) -> dict[str, Any]:
    if len(text) > _LARGEST_ANSWER:
        raise PasskeyRefused(Reason.MALFORMED, "too long")
    message = _checked(lambda: json.loads(text), Reason.MALFORMED)
    if not isinstance(message, dict):
        raise PasskeyRefused(Reason.MALFORMED)
    return message


def _refuse_frames(message: dict[str, Any]) -> None:
    """The page was shown inside another site's, which ours never are."""
    said = _checked(lambda: json.loads(base64url_to_bytes(message["response"]["clientDataJSON"])), Reason.MALFORMED)
    if not isinstance(said, dict) or said.get("crossOrigin"):
        raise PasskeyRefused(Reason.NOT_VERIFIED, "cross origin")


def _told_transports(message: dict[str, Any]) -> list[str]:
    told = message["response"].get("transports")
    return [name for name in told if isinstance(name, str)] if isinstance(told, list) else []


def _checked(check: Callable[[], Result], reason: Reason = Reason.NOT_VERIFIED) -> Result:
    """Whatever a hostile message makes the parsers raise (there are four of them below py_webauthn), it is refused."""
    try:
        return check()
    except Exception as error:
        raise PasskeyRefused(reason, f"{type(error).__name__}: {error}") from error


def _descriptors(passkeys: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=bytes(passkey.credential_id),
            transports=[AuthenticatorTransport(name) for name in passkey.transports],
        )
        for passkey in passkeys
    ]
