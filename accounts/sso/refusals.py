"""Why a log-in by single sign-on is refused: a stable code for the log, and words that an administrator understands."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.network.actions import OUTSIDE


class Reason(models.TextChoices):
    """Every reason, with what to do about it."""

    NOT_READY = "not_ready", _("Single sign-on is not set up yet.")
    TOO_LARGE = "too_large", _("The message is larger than 256 kB. Send fewer attributes (often: groups).")
    NO_REQUEST = (
        "no_request",
        _(
            "The answer belongs to no log-in that was started here. The log-in took too long, was sent twice, or was "
            "started at the identity provider: start from our log-in page or from the log-in address below."
        ),
    )
    OTHER_BROWSER = "other_browser", _("The log-in was started in another browser, or the browser blocks our cookie.")
    MALFORMED = "malformed", _("The message is not a SAML response, or contains what a response must not contain.")
    WRONG_STRUCTURE = (
        "wrong_structure",
        _("The message does not hold exactly one signed assertion. It may have been tampered with."),
    )
    ENCRYPTED = "encrypted", _("The assertion is encrypted. Switch the encryption of assertions off.")
    WEAK_ALGORITHM = "weak_algorithm", _("The signature uses SHA-1 or an unknown method. Choose RSA with SHA-256.")
    BAD_SIGNATURE = (
        "bad_signature",
        _(
            "The signature is missing or does not fit the certificates below. If the identity provider has changed "
            "its certificate, upload its metadata again."
        ),
    )
    CERTIFICATE_EXPIRED = "certificate_expired", _("Every certificate of the identity provider has expired.")
    PROVIDER_REFUSED = "provider_refused", _("The identity provider did not let the person in. Look into its own log.")
    WRONG_ISSUER = (
        "wrong_issuer",
        _("The message comes from another identity provider than the one that is set up here."),
    )
    WRONG_DESTINATION = (
        "wrong_destination",
        _("The message was meant for another address. Copy the ACS URL (reply URL) below anew."),
    )
    WRONG_AUDIENCE = (
        "wrong_audience",
        _("The message was meant for another service. Copy our entity ID (audience) below anew."),
    )
    NO_CONDITIONS = "no_conditions", _("The message does not say for whom and until when it is valid.")
    WRONG_TIME = (
        "wrong_time",
        _("The message is not valid at this time. Check the clock of the identity provider."),
    )
    WRONG_REQUEST = "wrong_request", _("The message answers another log-in than the one that was started.")
    NO_NAME = "no_name", _("The message has no lasting NameID. Choose the format persistent, e-mail or unspecified.")
    TOO_OLD = "too_old", _("The person logged in to the identity provider too long ago and has to do so again.")
    REPLAYED = "replayed", _("The message was used before.")
    UNKNOWN_PERSON = (
        "unknown_person",
        _("Nobody here is linked to this NameID, and the setting for joining lets nobody in by it."),
    )
    ACCOUNT_TAKEN = (
        "account_taken",
        _("An account with this user ID is in use already. Its owner links it by the profile page, or you do."),
    )
    BAD_ATTRIBUTES = (
        "bad_attributes",
        _("User ID, name or e-mail address are missing or not allowed here. Check the mapping of attributes."),
    )
    PLAN_FULL = "plan_full", _("Your plan has no room for another user.")
    NOT_ACTIVE = "not_active", _("The account is suspended.")
    ADDRESS = OUTSIDE, _("The person came from an IP address that the company does not allow.")
    COMPANY_CLOSED = "company_closed", _("The contract of the company is suspended.")
    COMPANY_FROZEN = "company_frozen", _("The data of the company was being restored.")


# What the person may know, in words for somebody who cannot change any setting; the rest is for the administrator.
TOLD = {
    Reason.NO_REQUEST: _("This log-in took too long, or was started elsewhere. Please start again here."),
    Reason.OTHER_BROWSER: _("Please log in in one browser from beginning to end, and allow cookies for this site."),
    Reason.TOO_OLD: _("You logged in to your identity provider too long ago. Please log in there once more."),
    Reason.UNKNOWN_PERSON: _(
        "You are known to your identity provider, but not linked to a user here. If you have a password, log in "
        "with it and link your account under Profile and security. Otherwise ask the administrator of your company."
    ),
    Reason.ACCOUNT_TAKEN: _(
        "There is a user with your user ID already. If it is you, log in with your password and link your account "
        "under Profile and security. Otherwise ask the administrator of your company."
    ),
    Reason.PLAN_FULL: _(
        "Your company's plan has no room for another user. Please ask the administrator of your company."
    ),
    Reason.NOT_ACTIVE: _("Your account is suspended. Please ask the administrator of your company."),
    Reason.ADDRESS: _(
        "Your company lets people in from certain networks only. Connect from one of them and start again."
    ),
    Reason.COMPANY_CLOSED: _("The contract of your company is suspended. Please ask your administrator."),
    Reason.COMPANY_FROZEN: _(
        "Your company is under maintenance: its data is being restored. Please try again in a little while."
    ),
}


class SsoRefused(Exception):  # noqa: N818 - reads as the statement it is
    """Nobody was logged in. `detail` is what was found, for the log; it never holds the message itself."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail[:300]
