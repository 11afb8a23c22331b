"""What the promise puts on record."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

GRACE_CHANGED = register("promise.grace.changed", Kind.RIGHTS, _("Changed the days until erasure"))
