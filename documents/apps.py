"""Documents: what the tenants keep here (D1-D8)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """Folders, documents and their versions, counterparties."""

    name = "documents"
    verbose_name = _("Documents")
