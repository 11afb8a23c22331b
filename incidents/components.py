"""The parts of the service that can fail, each once: what customers read on the status page and in reports (N8)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the service as its customers see it. The code is kept in records: it never changes its meaning."""

    code: str
    label: Promise
    explanation: Promise


COMPONENTS = (
    Component("web", _("Log-in and pages"), _("Logging in and every page in the browser")),
    Component("documents", pgettext_lazy("component", "Documents"), _("Opening, uploading and downloading files")),
    Component("mail", _("Mail delivery"), _("Mails that the service sends: invitations, notices, codes")),
    Component("jobs", _("Background jobs"), _("Imports, exports and everything that takes longer than a page")),
    Component("audit", pgettext_lazy("component", "Audit log"), _("Recording, sealing and proving what was done")),
    Component("backups", pgettext_lazy("component", "Backups"), _("Daily backups and bringing them back")),
)

BY_CODE = {component.code: component for component in COMPONENTS}
CHOICES = tuple((component.code, component.label) for component in COMPONENTS)
