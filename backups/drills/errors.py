"""Why there was no drill. What a drill finds wrong is no error: it is its result."""

# ruff: noqa: N818 - the names read as the statements they are

from django.utils.translation import gettext as _

from backups.errors import BackupError


class NoScratchServer(BackupError):
    """There is nowhere to restore to."""

    def __init__(self) -> None:
        super().__init__(
            _("Set DATABASE_SCRATCH_URL to a database server on which restore drills may make databases of their own.")
        )


class ScratchRefused(BackupError):
    """The scratch server is not one to restore to. Nothing was touched."""


class ScratchUnavailable(BackupError):
    """The scratch server does not answer, or went away in the middle: this proves nothing about the backup."""


class NothingToDrill(BackupError):
    """There is no verified backup."""

    def __init__(self) -> None:
        super().__init__(_("There is no verified backup yet."))


class DrillRunning(BackupError):
    """Another process drills this company."""

    def __init__(self) -> None:
        super().__init__(_("A restore drill of this company is running already."))


class ArchiveReplaced(BackupError):
    """The generation went, as it should, because a newer one had come."""

    def __init__(self) -> None:
        super().__init__(_("The backup was replaced by a newer one during the drill."))
