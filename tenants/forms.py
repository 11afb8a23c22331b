"""Forms of the operators' pages about tenants."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.models import State
from tenants.plans import PlanCode

_PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class TenantForm(forms.Form):
    """A new tenant and its first administrator (T3, T5)."""

    company_code = forms.CharField(
        label=_("Company code"),
        max_length=20,
        help_text=_("3 to 20 letters, digits and hyphens. It cannot be changed later."),
        widget=forms.TextInput(_PLAIN),
    )
    name = forms.CharField(label=_("Organisation name"), max_length=150, widget=forms.TextInput(_PLAIN))
    plan = forms.ChoiceField(label=_("Plan"), choices=PlanCode.choices, initial=PlanCode.STANDARD)
    admin_name = forms.CharField(label=_("Administrator's name"), max_length=100, widget=forms.TextInput(_PLAIN))
    admin_user_id = forms.CharField(
        label=_("Administrator's user ID"), max_length=64, widget=forms.TextInput(_PLAIN), initial="admin"
    )
    admin_email = forms.EmailField(label=_("Administrator's e-mail address"), widget=forms.EmailInput(_PLAIN))


class TenantFilterForm(forms.Form):
    """Narrows the list of tenants."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *State.choices])
