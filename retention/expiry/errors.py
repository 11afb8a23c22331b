"""What can go wrong with a run."""

from django.utils.translation import gettext as _


class ExpiryRunning(Exception):  # noqa: N818 - it reads as the statement it is
    """Another process is at it."""

    def __init__(self) -> None:
        super().__init__(_("Expired data are being removed already. Wait until that has ended."))
