"""The public status page: what everybody may know about how the service does, and who is told by mail (N1, N8)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StatusPageConfig(AppConfig):
    """The document, its rendering and its store; subscribers by mail; states set by hand."""

    name = "incidents.status"
    label = "status_page"
    verbose_name = _("Status page")

    def ready(self) -> None:
        """Load what registers itself."""
        from incidents import public
        from incidents.status import actions  # noqa: F401

        public.when_it_changes("incidents.status.tasks.render_status_page")
