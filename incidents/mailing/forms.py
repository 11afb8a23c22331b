"""What operators ask of mailings."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.mailing.models import DeliveryState


class DeliveryFilterForm(forms.Form):
    """Mails in a state, with a text in the address."""

    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *DeliveryState.choices], required=False)
    search = forms.CharField(label=_("E-mail address"), max_length=100, required=False)
