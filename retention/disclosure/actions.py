"""What the audit logs record of disclosures: the provider's always, the company's own unless they are sealed (R5)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

DISCLOSURE_ASKED = register("retention.disclosure.asked", Kind.RIGHTS, _("Asked for a disclosure"))
DISCLOSURE_REFUSED = register("retention.disclosure.refused", Kind.RIGHTS, _("Refused a disclosure"))
DISCLOSURE_APPROVED = register("retention.disclosure.approved", Kind.RIGHTS, _("Approved a disclosure"))
PACKAGE_MADE = register("retention.disclosure.made", Kind.SENSITIVE, _("Put a disclosure package together"))
PACKAGE_FAILED = register("retention.disclosure.failed", Kind.ERROR, _("A disclosure package could not be made"))
PACKAGE_DOWNLOADED = register("retention.disclosure.downloaded", Kind.SENSITIVE, _("Downloaded a disclosure package"))
PACKAGE_REMOVED = register("retention.disclosure.removed", Kind.EXECUTION, _("Removed an expired disclosure package"))
HANDED_OUT = register("retention.disclosure.handed_out", Kind.SENSITIVE, _("Handed a disclosure package out"))
