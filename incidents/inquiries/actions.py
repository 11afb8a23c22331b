"""What the audit log records of inquiries (G3, N4)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

INQUIRY_ASKED = register("inquiries.inquiry.asked", Kind.EXECUTION, _("Sent an inquiry to the provider"))
INQUIRY_WRITTEN = register("inquiries.inquiry.written", Kind.EXECUTION, _("Wrote in an inquiry"))
INQUIRY_SETTLED = register("inquiries.inquiry.settled", Kind.EXECUTION, _("Marked an inquiry as resolved"))
INQUIRY_ANSWERED = register("inquiries.inquiry.answered", Kind.EXECUTION, _("Answered an inquiry"))
INQUIRY_ASSIGNED = register("inquiries.inquiry.assigned", Kind.EXECUTION, _("Assigned an inquiry"))
STATE_CHANGED = register("inquiries.inquiry.state_changed", Kind.EXECUTION, _("Changed the state of an inquiry"))
INQUIRY_PROMOTED = register("inquiries.inquiry.promoted", Kind.EXECUTION, _("Opened an incident from an inquiry"))
NOTE_ADDED = register("inquiries.note.added", Kind.EXECUTION, _("Wrote an internal note about an inquiry"))
FILE_FETCHED = register("inquiries.file.fetched", Kind.DATA, _("Downloaded a file of an inquiry"))
FILE_UNREADABLE = register("inquiries.file.unreadable", Kind.ERROR, _("A file of an inquiry could not be read"))
FILES_SWEPT = register("inquiries.files.swept", Kind.EXECUTION, _("Removed left-over files of inquiries"))
