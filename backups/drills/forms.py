"""What operators ask of drills."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenants.isolation.directory import normalize_code

_OUTCOMES = [("", _("All")), ("sound", _("Succeeded")), ("failed", pgettext_lazy("restore drill", "Failed"))]


class CompanyForm(forms.Form):
    """The company to drill."""

    company = forms.CharField(label=_("Company code"), max_length=20)

    def clean_company(self) -> str:
        """The code as it is kept."""
        return normalize_code(self.cleaned_data["company"])


class DrillFilterForm(CompanyForm):
    """Drills of one company or all, of one outcome or all."""

    outcome = forms.ChoiceField(label=pgettext_lazy("restore drill", "Result"), choices=_OUTCOMES, required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["company"].required = False

    @property
    def sound(self) -> bool | None:
        """The outcome that was asked for; None for all."""
        return {"sound": True, "failed": False}.get(self.cleaned_data.get("outcome", ""))
