"""What can be in the way of a delivery, in words that say what to do."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Trouble(models.TextChoices):
    """Why a destination did not confirm."""

    ADDRESS = "address", _("This address is not allowed: it is not a public server. Enter another one.")
    NAME = "name", _("No server has this name. Check the spelling, and the DNS.")
    UNREACHABLE = "unreachable", _("The server does not accept connections. Check that it runs and its firewall.")
    TIMEOUT = "timeout", _("The server took too long. It has to answer within the time, and may work on afterwards.")
    CERTIFICATE = "certificate", _("The server's certificate was not accepted.")
    TLS = "tls", _("No encrypted connection came about. The server needs TLS 1.2 or 1.3.")
    REDIRECT = "redirect", _("The server redirects. Enter the address to which it leads: redirects are not followed.")
    STATUS = "status", _("The server answered with an error.")
    CUT = "cut", _("The connection broke before the server had confirmed.")
    FAREWELL = (
        "farewell",
        _("The server did not end the connection as TLS demands, so it may not have read everything."),
    )
    SECRET = "secret", _("The signing secret cannot be read. Renew it.")


class DeliveryFailed(Exception):  # noqa: N818 - reads as the statement it is
    """Nothing was confirmed. `detail` is short and a machine's: a status, the complaint about a certificate."""

    def __init__(self, trouble: Trouble, detail: str = "", answer: str = "") -> None:
        super().__init__(f"{trouble}: {detail}")
        self.trouble, self.detail, self.answer = trouble, detail[:200], answer
