"""What can go wrong with an erasure, each with its own name; the text is meant for people."""

# ruff: noqa: N818 - the names read as the statements they are: ErasureRefused, ResidueFound

from collections.abc import Collection

from django.utils.translation import gettext as _

from backups.errors import BackupError


class ErasureError(BackupError):
    """An erasure could not be carried out, or not to its end. Begun again it goes on."""


class ErasureRefused(ErasureError):
    """Nothing was erased: the company may not be, or not yet."""


class LedgerDamaged(ErasureError):
    """An entry of the ledger is not one that we signed. Nothing is opened until somebody has looked at it."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("%(name)s is no entry of the erasure ledger that this installation signed.") % {"name": name}
        )
        self.name = name


class StillReadable(ErasureError):
    """The newest backup could be decrypted although the keys were destroyed."""

    def __init__(self, archive: str) -> None:
        super().__init__(_("The backup %(archive)s can still be read.") % {"archive": archive})


class ResidueFound(ErasureError):
    """The search at the end found something of the company. `places` are names of tables and stores, no contents."""

    def __init__(self, places: Collection[str]) -> None:
        super().__init__(_("Something of the company is left in: %(places)s.") % {"places": ", ".join(sorted(places))})
        self.places = sorted(places)
