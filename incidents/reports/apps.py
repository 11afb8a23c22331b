"""What is left in writing of an incident: reports as files, response records of companies, the review (N3, N5)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """The review afterwards with its measures; documents are made when somebody asks for them."""

    name = "incidents.reports"
    label = "incident_reports"
    verbose_name = _("Reports and reviews of incidents")

    def ready(self) -> None:
        """Load what registers itself."""
        from incidents.reports import actions, attention  # noqa: F401
