"""What the audit log records of documents and counterparties (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

FOLDER_CREATED = register("documents.folder.created", Kind.DATA, _("Created a folder"))
FOLDER_RENAMED = register("documents.folder.renamed", Kind.DATA, _("Renamed a folder"))
FOLDER_MOVED = register("documents.folder.moved", Kind.DATA, _("Moved a folder"))
FOLDER_DELETED = register("documents.folder.deleted", Kind.DATA, _("Deleted a folder"))
FILE_UPLOADED = register("documents.file.uploaded", Kind.DATA, _("Uploaded a file"))
UPLOAD_REFUSED = register("documents.file.upload_refused", Kind.ERROR, _("Sent a file that was refused"))
DOCUMENT_OPENED = register("documents.document.opened", Kind.DATA, _("Looked at a document"))
FILE_DOWNLOADED = register("documents.file.downloaded", Kind.DATA, _("Downloaded a file"))
FILE_UNREADABLE = register("documents.file.unreadable", Kind.ERROR, _("Could not read a stored file"))
DOCUMENT_RENAMED = register("documents.document.renamed", Kind.DATA, _("Renamed a document"))
DOCUMENT_MOVED = register("documents.document.moved", Kind.DATA, _("Moved a document"))
DOCUMENT_DELETED = register("documents.document.deleted", Kind.DATA, _("Deleted a document"))
DOCUMENT_RETURNED = register(
    "documents.document.returned", Kind.DATA, _("Brought a deleted document back from a backup")
)
FOLDER_RETURNED = register(
    "documents.folder.returned", Kind.DATA, _("Made a deleted folder again, as it is in a backup")
)
OBJECTS_SWEPT = register("documents.objects.swept", Kind.EXECUTION, _("Removed left-over contents of files"))
COUNTERPARTY_CREATED = register("documents.counterparty.created", Kind.DATA, _("Created a counterparty"))
COUNTERPARTY_CHANGED = register("documents.counterparty.changed", Kind.DATA, _("Changed a counterparty"))
COUNTERPARTY_DEACTIVATED = register("documents.counterparty.deactivated", Kind.DATA, _("Deactivated a counterparty"))
COUNTERPARTY_REACTIVATED = register("documents.counterparty.reactivated", Kind.DATA, _("Reactivated a counterparty"))
