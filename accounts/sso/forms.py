"""Forms of single sign-on. They clean what was typed; the rules are in `accounts.sso.connections`."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import queries as accounts_queries
from accounts.sso import queries
from accounts.sso.joining import may_be_default
from accounts.sso.models import Connection, Joining


class CompanyForm(forms.Form):
    """Whose identity provider to go to."""

    company_code = forms.CharField(
        label=_("Company code"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "organization", "autocapitalize": "none", "spellcheck": "false"}),
    )


class ProviderForm(forms.Form):
    """The metadata of the identity provider, as a file or pasted."""

    file = forms.FileField(
        label=_("Metadata file"), required=False, widget=forms.ClearableFileInput({"accept": ".xml,text/xml"})
    )
    text = forms.CharField(
        label=_("or its content"),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("Download the metadata at the identity provider. An address is not enough: nothing is fetched."),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two; put together as `metadata`."""
        cleaned = super().clean() or {}
        file, text = cleaned.get("file"), cleaned.get("text", "")
        if not file and not text.strip():
            raise ValidationError(_("Choose the metadata file, or paste its content."))
        cleaned["metadata"] = file.read(1024 * 1024) if file else text.strip().encode()
        return cleaned


class CertificateForm(forms.Form):
    """The next certificate of the same identity provider."""

    certificate = forms.CharField(
        label=_("Next certificate (PEM)"),
        max_length=20_000,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("Add it before the identity provider changes over; remove the old one afterwards."),
    )


class JoiningForm(forms.Form):
    """Who is let in for the first time, and where to find out about them."""

    joining = forms.ChoiceField(label=_("Who may join"), choices=Joining.choices, widget=forms.RadioSelect)
    default_role: Any = forms.ModelChoiceField(
        queryset=None, label=_("Role of new users"), required=False, empty_label="—"
    )
    user_id_attribute = forms.CharField(
        label=_("Attribute with the user ID"),
        required=False,
        max_length=200,
        help_text=_("Empty: the NameID itself."),
    )
    name_attribute = forms.CharField(
        label=_("Attribute with the name"),
        required=False,
        max_length=200,
        help_text=_("Such as displayName. Empty: the user ID stands for the name."),
    )
    email_attribute = forms.CharField(
        label=_("Attribute with the e-mail address"),
        required=False,
        max_length=200,
        help_text=_("Empty: the NameID, where it is an address."),
    )
    refuse_expired = forms.BooleanField(
        label=_("Let nobody in when every certificate of the identity provider has expired"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fit = [role.id for role in accounts_queries.roles() if may_be_default(role)]
        self.fields["default_role"].queryset = accounts_queries.roles().filter(  # type: ignore[attr-defined]
            id__in=fit
        )

    @classmethod
    def showing(cls, connection: Connection) -> "JoiningForm":
        """The form with what is set."""
        return cls(initial={name: getattr(connection, name) for name in cls.base_fields})


class FactorForm(forms.Form):
    """The methods of the identity provider that are two factors, one a line."""

    contexts = forms.CharField(
        label=_("Methods that count as two factors (one a line)"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea({"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("AuthnContextClassRef, as the test log-in shows it. Empty: every log-in counts as one factor."),
    )

    def clean_contexts(self) -> list[str]:
        """The lines that are not empty."""
        return [line.strip() for line in self.cleaned_data["contexts"].splitlines() if line.strip()]

    @classmethod
    def showing(cls, connection: Connection) -> "FactorForm":
        """The form with what is set."""
        return cls(initial={"contexts": "\n".join(connection.factor_contexts)})


class RequireForm(forms.Form):
    """The administrator who keeps the way back in."""

    break_glass: Any = forms.ModelChoiceField(
        queryset=None,
        label=_("Administrator who may still use the password"),
        help_text=_("For the day on which the identity provider is down. Every use is told to all administrators."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["break_glass"].queryset = queries.administrators().order_by(  # type: ignore[attr-defined]
            "user_id"
        )


class LinkForm(forms.Form):
    """Which user is who at the identity provider."""

    user: Any = forms.ModelChoiceField(queryset=None, label=_("User"))
    name_id = forms.CharField(label=_("NameID"), max_length=256, widget=forms.TextInput({"autocomplete": "off"}))

    def __init__(self, *args: Any, entity_id: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = queries.unlinked_users(entity_id)  # type: ignore[attr-defined]
