"""Why sealing stops, each cause with its own name."""

# ruff: noqa: N818 - the names read as the statements they are

from django.utils.translation import gettext as _


class SealingError(Exception):
    """The events stay unsealed for now; nothing of them is lost."""


class SealerBusy(SealingError):
    """Another sealer is at work."""

    def __init__(self) -> None:
        super().__init__(_("Another process is sealing the audit log."))


class RolledBack(SealingError):
    """The anchor store holds heads that this database does not know: an older state of it was put back."""

    def __init__(self, known: int) -> None:
        super().__init__(
            _(
                "The anchor store holds a later head than number %(number)d, the newest in the database: an older state"
                " of the database was put back. After a recovery that you know of, run"
                " `manage.py audit seal --after-recovery`."
            )
            % {"number": known}
        )


class TransactionsAnew(SealingError):
    """The server counts transactions from a smaller number than the sealed ones, so new events would look sealed."""

    def __init__(self, sealed: int, present: int) -> None:
        super().__init__(
            _(
                "The seals go up to transaction %(sealed)d, but this server is at %(present)d: the database was loaded"
                " into another server. Stop it and move its counter on with `pg_resetwal --next-transaction-id`."
            )
            % {"sealed": sealed, "present": present}
        )


class AnchorDamaged(SealingError):
    """What the anchor store holds is not a head that we signed."""

    def __init__(self, number: int) -> None:
        super().__init__(_("Head %(number)d in the anchor store is not one that we signed.") % {"number": number})
