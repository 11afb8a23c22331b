"""Forms of the pages about backups."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class CompanyFilterForm(forms.Form):
    """Narrows the operators' list of companies."""

    text = forms.CharField(label=_("Company code or name"), required=False, max_length=100)
    show = forms.ChoiceField(
        label=_("Show"), required=False, choices=[("", _("All")), ("troubled", _("Needs attention"))]
    )

    def wanted(self) -> dict[str, Any]:
        """What the list is narrowed to; everything, when something cannot be."""
        asked = self.cleaned_data if self.is_valid() else {}
        return {"text": asked.get("text", ""), "troubled": asked.get("show") == "troubled"}
