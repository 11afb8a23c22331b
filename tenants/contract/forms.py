"""Forms of contracts. They clean what was typed; the rules are in the services."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.menus import CLOSABLE, MENUS
from accounts.zones import TIME_ZONES
from tenants.contract.models import Organisation
from tenants.contract.services import OPERATOR_FIELDS, OWN_FIELDS
from tenants.models import Edition, State
from tenants.plans import PlanCode


def _contact(who: str) -> tuple[str, ...]:
    return tuple(f"{who}_{part}" for part in ("department", "name", "phone", "email"))


_GROUPS = (
    (_("Organisation"), ("name",)),
    (_("System contact"), _contact("system")),
    (_("Billing contact"), _contact("billing")),
    (_("Billing address"), ("country", "postal_code", "address", "currency")),
)


class ContractFilterForm(forms.Form):
    """Narrows the list of contracts."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *State.choices])
    plan = forms.ChoiceField(label=_("Plan"), required=False, choices=[("", _("All")), *PlanCode.choices])


class OrganisationForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """The organisation record, as a company keeps it (T5)."""

    class Meta:
        model = Organisation
        fields = OWN_FIELDS
        widgets = {
            "address": forms.Textarea({"rows": 2, "autocomplete": "street-address"}),
            "postal_code": forms.TextInput({"autocomplete": "postal-code"}),
            "system_phone": forms.TextInput({"type": "tel"}),
            "billing_phone": forms.TextInput({"type": "tel"}),
        }

    def groups(self) -> list[tuple[Promise, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [(label, [self[name] for name in names if name in self.fields]) for label, names in _GROUPS]


class OperatorOrganisationForm(OrganisationForm):
    """The same, with what was agreed about prices."""

    class Meta(OrganisationForm.Meta):
        fields = OPERATOR_FIELDS


class TimeZoneForm(forms.Form):
    """In which zone the company's months end (T10)."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=[(zone, zone) for zone in TIME_ZONES])


class PlanForm(forms.Form):
    """One of the plans on offer."""

    plan = forms.TypedChoiceField(choices=PlanCode.choices, coerce=PlanCode)


class MenusForm(forms.Form):
    """Which menus are open in the company; the others are closed for everybody there (T2)."""

    open = forms.MultipleChoiceField(
        label=_("Open menus"),
        required=False,
        choices=[(menu.code, menu.label) for menu in MENUS if menu.code in CLOSABLE],
        widget=forms.CheckboxSelectMultiple,
    )

    def closed(self) -> frozenset[str]:
        """The menus that were left out."""
        return CLOSABLE.difference(self.cleaned_data["open"])


class EditionForm(forms.Form):
    """One of the editions."""

    edition: Any = forms.TypedChoiceField(choices=Edition.choices, coerce=Edition)
