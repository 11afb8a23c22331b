"""What the provider's audit log records of the status page (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

SUBSCRIPTION_ASKED = register("status.subscription.asked", Kind.EXECUTION, _("Asked for mails about the service"))
SUBSCRIPTION_ENTERED = register("status.subscription.entered", Kind.EXECUTION, _("Noted who asked for mails"))
SUBSCRIPTION_MAILED = register("status.subscription.mailed", Kind.EXECUTION, _("Sent a link to a subscriber"))
SUBSCRIPTION_CONFIRMED = register(
    "status.subscription.confirmed", Kind.EXECUTION, _("Confirmed a subscription to mails about the service")
)
SUBSCRIPTION_CHANGED = register(
    "status.subscription.changed", Kind.EXECUTION, _("Changed a subscription to mails about the service")
)
SUBSCRIPTION_ENDED = register(
    "status.subscription.ended", Kind.EXECUTION, _("Ended a subscription to mails about the service")
)
STATE_SET = register("status.state.set", Kind.EXECUTION, _("Set the state of a component by hand"))
STATE_FREED = register("status.state.freed", Kind.EXECUTION, _("Took back the state of a component set by hand"))
