"""What the audit logs record of notices: the provider's every step, the company's own who has read (N7)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

NOTICE_DRAFTED = register("notices.drafted", Kind.EXECUTION, _("Drafted a notice"))
NOTICE_REVISED = register("notices.revised", Kind.EXECUTION, _("Changed the draft of a notice"))
NOTICE_SCHEDULED = register("notices.scheduled", Kind.EXECUTION, _("Scheduled a notice"))
NOTICE_PUBLISHED = register("notices.published", Kind.EXECUTION, _("Published a notice"))
NOTICE_WITHDRAWN = register("notices.withdrawn", Kind.EXECUTION, _("Withdrew a notice"))
NOTICE_READ = register("notices.read", Kind.DATA, _("Read a notice"))
