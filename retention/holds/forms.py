"""Forms of legal holds and disclosures. They clean what was typed; the rules are in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from retention.holds.models import Hold, Scope
from retention.holds.scopes import Reach
from retention.holds.services import Order

_PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
_DAY = {"type": "date"}


class CompanyForm(forms.Form):
    """Whose data."""

    company = forms.CharField(label=_("Company code"), max_length=20, widget=forms.TextInput(_PLAIN))


class CodeForm(forms.Form):
    """The company code by hand."""

    confirmation = forms.CharField(label=_("Type the company code"), max_length=20, widget=forms.TextInput(_PLAIN))


class OrderForm(forms.Form):
    """What the authority has ordered."""

    authority = forms.CharField(label=_("Court, agency or other authority"), max_length=150)
    reference = forms.CharField(label=_("Reference number"), max_length=100)
    legal_ground = forms.CharField(label=_("Legal ground"), max_length=300, help_text=_("The law and its article."))
    requested_on = forms.DateField(label=_("Ordered on"), widget=forms.DateInput(_DAY))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("For the provider's own record. The company does not see it."),
    )

    def order(self, reach: Reach) -> Order:
        """What was typed, as the services take it."""
        typed = self.cleaned_data
        return Order(
            reach=reach,
            authority=typed["authority"],
            reference=typed["reference"],
            legal_ground=typed["legal_ground"],
            reason=typed["reason"],
            requested_on=typed["requested_on"],
            sealing_ground=typed["sealing_ground"],
        )


class ReachForm(OrderForm):
    """The same with what the order names."""

    scope = forms.ChoiceField(label=_("Scope"), choices=Scope)
    name = forms.CharField(
        label=_("Path or user ID"),
        max_length=2000,
        required=False,
        widget=forms.TextInput(_PLAIN),
        help_text=_("Path of the folder or the document, as in “Contracts/2026”; user ID of the person."),
    )
    first_day = forms.DateField(label=_("First day"), required=False, widget=forms.DateInput(_DAY))
    last_day = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput(_DAY))

    def reach(self) -> Reach:
        """What was typed, as the services take it."""
        typed = self.cleaned_data
        return Reach(
            scope=Scope(typed["scope"]),
            name=typed["name"],
            first_day=typed["first_day"],
            last_day=typed["last_day"],
        )


def _sealing_field() -> forms.CharField:
    return forms.CharField(
        label=_("Ground for sealing"),
        max_length=300,
        required=False,
        help_text=_("Only where the law forbids to tell the company. Left empty, the company sees it."),
    )


class HoldForm(ReachForm):
    """A new hold, with who is to review it and when. The days bound an audit log only."""

    sealing_ground = _sealing_field()
    reviewer = forms.ChoiceField(label=_("Reviewer"))
    review_on = forms.DateField(label=_("Review by"), widget=forms.DateInput(_DAY))
    confirmation = forms.CharField(label=_("Type the company code"), max_length=20, widget=forms.TextInput(_PLAIN))

    def __init__(self, *args: Any, reviewers: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reviewer"].choices = reviewers  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Days bound nothing but an audit log: a hold on part of a folder's time would lose the rest."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if typed.get("scope") != Scope.AUDIT:
            typed["first_day"] = typed["last_day"] = None
        return typed


class DisclosureForm(ReachForm):
    """A new disclosure. Days, where they are given, bound what is handed out of any scope."""

    sealing_ground = _sealing_field()
    confirmation = forms.CharField(label=_("Type the company code"), max_length=20, widget=forms.TextInput(_PLAIN))


class HeldDisclosureForm(OrderForm):
    """A disclosure of what a hold has kept."""

    sealing_ground = _sealing_field()
    confirmation = forms.CharField(label=_("Type the company code"), max_length=20, widget=forms.TextInput(_PLAIN))

    @staticmethod
    def initial_of(hold: Hold) -> dict[str, Any]:
        """The order of the hold, to begin with."""
        names = ("authority", "reference", "legal_ground", "requested_on", "sealing_ground")
        return {name: getattr(hold, name) for name in names}


class ReviewForm(forms.Form):
    """When to look at it again."""

    review_on = forms.DateField(label=_("Next review"), widget=forms.DateInput(_DAY))


class ReleaseForm(forms.Form):
    """Why it may go."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 2}))
    confirmation = forms.CharField(label=_("Type the company code"), max_length=20, widget=forms.TextInput(_PLAIN))


class HandOutForm(forms.Form):
    """To whom a package went."""

    handed_on = forms.DateField(label=_("Handed out on"), widget=forms.DateInput(_DAY))
    recipient = forms.CharField(label=_("To whom"), max_length=200, help_text=_("Authority, office and person."))
    way = forms.CharField(label=_("How"), max_length=200, help_text=_("As in “encrypted disk, by registered mail”."))
