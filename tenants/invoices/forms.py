"""Forms of invoices. They clean what was typed; the rules are in the services."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.invoices.crediting import Rest
from tenants.invoices.models import InvoiceKind, Issuer
from tenants.plans import PlanCode

_PLAIN = {"autocomplete": "off"}


class MonthField(forms.DateField):
    """A month, as its first day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m"], widget=forms.DateInput({"type": "month"}, format="%Y-%m"), **kwargs)


class LedgerFilterForm(forms.Form):
    """Narrows the list of all invoices."""

    company = forms.CharField(label=_("Company code"), required=False, max_length=20)
    month = MonthField(label=_("Month"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *InvoiceKind.choices])

    def conditions(self) -> dict[str, Any]:
        """What the ledger is asked for; nothing of a form that is not in order."""
        asked = self.cleaned_data if self.is_valid() else {}
        wanted = {
            "company_code__icontains": asked.get("company"),
            "period": asked.get("month"),
            "kind": asked.get("kind"),
        }
        return {name: value for name, value in wanted.items() if value}


class PriceForm(forms.Form):
    """A new price of a plan."""

    plan_code = forms.ChoiceField(
        label=_("Plan"), choices=[choice for choice in PlanCode.choices if choice[0] != PlanCode.TRIAL]
    )
    valid_from = MonthField(label=_("From this month on"))
    fee = forms.IntegerField(label=_("Fee a month without tax (JPY)"), min_value=0, max_value=100_000_000)
    tax_percent = forms.IntegerField(label=_("Tax rate (%)"), min_value=0, max_value=100, initial=10)
    reduced = forms.BooleanField(label=_("This is the reduced tax rate"), required=False)


class IssuerForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who issues the invoices. Letters that a Japanese keyboard makes wide become narrow where numbers are."""

    class Meta:
        model = Issuer
        fields = (
            *("name", "postal_code", "address", "phone", "registration_number"),
            *("bank_name", "branch_name", "account_kind", "account_number", "account_holder"),
            *("rounding", "fiscal_month"),
        )
        help_texts = {
            "registration_number": _("T and 13 digits, as the tax office has registered you."),
            "rounding": _("Of the tax, once for each tax rate on an invoice."),
            "fiscal_month": _("The numbers of invoices begin anew with each fiscal year."),
        }

    def clean(self) -> dict[str, Any]:
        """Numbers in narrow letters."""
        typed: dict[str, Any] = super().clean() or {}
        return typed | {
            name: unicodedata.normalize("NFKC", typed[name]).strip()
            for name in ("postal_code", "phone", "account_number")
            if name in typed
        }

    def clean_registration_number(self) -> str:
        """Without blanks and hyphens, with a capital T."""
        typed = unicodedata.normalize("NFKC", self.cleaned_data["registration_number"])
        return "".join(typed.split()).replace("-", "").upper()


class CreditForm(forms.Form):
    """What is taken back of an invoice, by tax rate."""

    reason = forms.CharField(label=_("Reason"), max_length=500, help_text=_("It stands on the credit note."))

    def __init__(self, *args: Any, rests: Iterable[Rest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for rest in rests:
            self.fields[f"net_{rest.key}"] = forms.IntegerField(
                label=_("Yen to take back, without tax, at %(percent)d %%") % {"percent": rest.percent},
                min_value=0,
                max_value=rest.net,
                initial=rest.net,
                widget=forms.NumberInput(_PLAIN),
            )
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    def nets(self) -> dict[str, int]:
        """Yen by rate."""
        return {name[4:]: value for name, value in self.cleaned_data.items() if name.startswith("net_")}
