"""What the audit log records of contracts (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

ORGANISATION_CHANGED = register("contract.organisation.changed", Kind.EXECUTION, _("Changed the organisation record"))
PLAN_CHANGED = register("contract.plan.changed", Kind.EXECUTION, _("Changed the plan"))
EDITION_CHANGED = register("contract.edition.changed", Kind.RIGHTS, _("Changed the edition"))
MENUS_CHANGED = register("contract.menus.changed", Kind.RIGHTS, _("Changed which menus are closed for the company"))
ZONE_CHANGED = register("contract.time_zone.changed", Kind.EXECUTION, _("Changed the time zone of the company"))
