"""What the audit logs record of staff access, the company's own and the provider's (A14, G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

ACCESS_ASKED = register("staff.access.asked", Kind.RIGHTS, _("Asked for staff access"))
ACCESS_APPROVED = register("staff.access.approved", Kind.RIGHTS, _("Approved staff access"))
ACCESS_REFUSED = register("staff.access.refused", Kind.RIGHTS, _("Refused staff access"))
ACCESS_ENTERED = register("staff.access.entered", Kind.SENSITIVE, _("Entered by staff access"))
ACCESS_ENDED = register("staff.access.ended", Kind.RIGHTS, _("Ended staff access"))
PAGE_OPENED = register("staff.page.opened", Kind.SENSITIVE, _("Opened a page by staff access"))
