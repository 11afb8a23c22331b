"""What the provider's audit log records of incidents (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

INCIDENT_OPENED = register("incidents.opened", Kind.EXECUTION, _("Opened an incident"))
INCIDENT_CHANGED = register("incidents.changed", Kind.EXECUTION, _("Changed what is known of an incident"))
SEVERITY_SET = register("incidents.severity.set", Kind.EXECUTION, _("Set the severity of an incident"))
STATUS_CHANGED = register("incidents.status.changed", Kind.EXECUTION, _("Changed the status of an incident"))
COMMANDER_SET = register("incidents.commander.set", Kind.EXECUTION, _("Named the commander of an incident"))
COMPANIES_CHANGED = register(
    "incidents.companies.changed", Kind.EXECUTION, _("Changed which companies an incident affects")
)
NOTE_WRITTEN = register("incidents.noted", Kind.EXECUTION, _("Wrote into the log of an incident"))
AUTHORITY_TOLD = register(
    "incidents.authority.told", Kind.EXECUTION, _("Recorded that the authority was told of an incident")
)
INCIDENTS_MERGED = register("incidents.merged", Kind.EXECUTION, _("Merged an incident into another one"))
INCIDENT_REOPENED = register("incidents.reopened", Kind.EXECUTION, _("Opened an incident again"))
REPORT_DRAFTED = register("incidents.report.drafted", Kind.EXECUTION, _("Drafted a report of an incident"))
REPORT_EDITED = register("incidents.report.edited", Kind.EXECUTION, _("Changed the draft of an incident report"))
REPORT_DISCARDED = register(
    "incidents.report.discarded", Kind.EXECUTION, _("Discarded the draft of an incident report")
)
REPORT_PUBLISHED = register("incidents.report.published", Kind.EXECUTION, _("Published a report of an incident"))
SETTINGS_CHANGED = register("incidents.settings.changed", Kind.EXECUTION, _("Changed how incidents are handled"))
