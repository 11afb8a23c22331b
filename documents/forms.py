"""Forms of documents. They clean what was typed; the rules are in the services."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from documents import queries
from documents.models import Counterparty
from vault.filenames import NAME_LENGTH, clean_name

_AS_TYPED = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class NameForm(forms.Form):
    """The name of a folder or a document."""

    name = forms.CharField(label=_("Name"), max_length=NAME_LENGTH, widget=forms.TextInput(_AS_TYPED))

    def clean_name(self) -> str:
        """The name as it will be stored."""
        return clean_name(self.cleaned_data["name"])


class MoveForm(forms.Form):
    """The folder to move something to."""

    to = forms.ChoiceField(label=_("Move to"), required=False)

    def __init__(self, *args: Any, without: Collection[UUID] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(key), path) for key, path in queries.paths() if key not in without]
        self.fields["to"].choices = [("", _("Top level")), *choices]  # type: ignore[attr-defined]  # a field with choices


class CounterpartyForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A business partner (D4)."""

    class Meta:
        model = Counterparty
        fields = ("code", "name", "kana", "corporate_number", "note")
        labels = {"name": pgettext_lazy("company", "Name")}
        help_texts = {
            "code": _("Your own number or abbreviation for this company. No two companies have the same."),
            "kana": _("Lists are sorted and searched by it. Hiragana becomes katakana."),
            "corporate_number": _("The 13 digits that the National Tax Agency gave the company."),
        }
        widgets = {
            "code": forms.TextInput(_AS_TYPED),
            "name": forms.TextInput({"autocomplete": "off"}),
            "kana": forms.TextInput({"autocomplete": "off"}),
            "corporate_number": forms.TextInput({**_AS_TYPED, "inputmode": "numeric"}),
            "note": forms.Textarea({"rows": 4}),
        }

    def _post_clean(self) -> None:
        """Leave the rules of the model to the service, which also says what is wrong."""
