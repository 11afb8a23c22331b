"""Why a passkey is refused: codes for the audit log. People are told less (research/identity.md 4.1)."""

from enum import StrEnum

from accounts.network.actions import OUTSIDE


class Reason(StrEnum):
    """Every reason."""

    MALFORMED = "malformed answer"
    NO_CHALLENGE = "no challenge in this browser"
    EXPIRED = "challenge expired"
    REPLAYED = "challenge used before"
    NOT_VERIFIED = "answer does not verify"
    COPIED = "counter went back"
    UNKNOWN = "unknown passkey"
    OTHER_HANDLE = "passkey of another account"
    NOT_ALLOWED = "passkey alone not allowed"
    ADDRESS = OUTSIDE
    SSO_REQUIRED = "single sign-on required"
    NOT_ACTIVE = "user not active"
    COMPANY_CLOSED = "company suspended"
    COMPANY_FROZEN = "company being restored"


class PasskeyRefused(Exception):  # noqa: N818 - reads as the statement it is
    """Nothing was proved. `detail` is what was found, for the log."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail[:300]
