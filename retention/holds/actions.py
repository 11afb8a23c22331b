"""What the audit logs record of legal holds: the provider's always, the company's own unless they are sealed (R5)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

HOLD_PLACED = register("retention.hold.placed", Kind.RIGHTS, _("Placed a legal hold"))
HOLD_REVIEWED = register("retention.hold.reviewed", Kind.RIGHTS, _("Reviewed a legal hold"))
HOLD_UNSEALED = register("retention.hold.unsealed", Kind.RIGHTS, _("Made a legal hold known to the company"))
RELEASE_ASKED = register("retention.hold.release_asked", Kind.RIGHTS, _("Asked for the release of a legal hold"))
RELEASE_WITHDRAWN = register(
    "retention.hold.release_withdrawn", Kind.RIGHTS, _("Withdrew the request to release a legal hold")
)
HOLD_RELEASED = register("retention.hold.released", Kind.RIGHTS, _("Released a legal hold"))
