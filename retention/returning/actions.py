"""What the audit log records of data returns (R3, G2)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

RETURN_ASKED = register("retention.return.asked", Kind.EXECUTION, _("Asked for a data return"))
RETURN_COMPLETED = register("retention.return.completed", Kind.EXECUTION, _("Completed a data return"))
RETURN_CANCELLED = register("retention.return.cancelled", Kind.EXECUTION, _("Cancelled a data return"))
RETURN_FAILED = register("retention.return.failed", Kind.EXECUTION, _("A data return failed"))
RETURN_REMOVED = register("retention.return.removed", Kind.EXECUTION, _("Removed the files of a data return"))
RETURN_DOWNLOADED = register("retention.return.downloaded", Kind.DATA, _("Downloaded a file of a data return"))
RETURN_WRITTEN = register("retention.return.written", Kind.DATA, _("Wrote all data of the company into a folder"))
