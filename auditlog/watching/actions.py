"""What watching itself puts on record (G3, G9)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

FINDING_MADE = register("watching.finding.made", Kind.EXECUTION, _("Noticed unusual behaviour"))
FINDING_SEEN = register("watching.finding.seen", Kind.EXECUTION, _("Took note of unusual behaviour"))
FINDING_EXPLAINED = register("watching.finding.explained", Kind.EXECUTION, _("Explained unusual behaviour"))
RULE_CHANGED = register("watching.rule.changed", Kind.RIGHTS, _("Changed a rule of watching"))
