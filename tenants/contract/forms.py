"""Forms of contracts. They clean what was typed; the rules are in the services."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.models import State
from tenants.plans import PlanCode


class ContractFilterForm(forms.Form):
    """Narrows the list of contracts."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *State.choices])
    plan = forms.ChoiceField(label=_("Plan"), required=False, choices=[("", _("All")), *PlanCode.choices])
