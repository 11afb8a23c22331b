"""Forms of accounts. They clean what was typed; the rules are in the services."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundWidget
from django.utils.functional import Promise
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts import queries
from accounts.menus import Menu, by_audience
from accounts.models import UserState
from accounts.roles import grantable_menus
from accounts.zones import TIME_ZONES

# Longer than anything that is stored, so that an attempt with it is counted; short enough to be hashed in no time.
_TYPED_LENGTH = 200
_PASSWORD_LENGTH = 1000

_PERSON_NAME = pgettext_lazy("person", "Name")  # Japanese has another word for it than for the name of a thing

_TIME_ZONES = [(zone, zone) for zone in TIME_ZONES]
# Each in its own words, for somebody who cannot read the others.
_LANGUAGES = [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


def complain(form: forms.BaseForm, error: ValidationError) -> None:
    """Put a service's complaint where the person looks: at its field, or above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def _typed(label: Any, autocomplete: str, **attributes: str) -> forms.CharField:
    attributes |= {"autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false"}
    return forms.CharField(label=label, max_length=_TYPED_LENGTH, widget=forms.TextInput(attributes))


def _password(label: Any, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput({"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=_PASSWORD_LENGTH, strip=False, widget=widget)


class LoginForm(forms.Form):
    """Company code, user ID, password (A1)."""

    company_code = _typed(_("Company code"), "organization")
    user_id = _typed(_("User ID"), "username")
    password = _password(_("Password"), "current-password")
    remember = forms.BooleanField(label=_("Remember the company code on this device"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Where the next letter belongs. After a refusal the password is empty again.
        next_field = "password" if self.is_bound else "user_id" if self.initial.get("company_code") else "company_code"
        self.fields[next_field].widget.attrs["autofocus"] = True


class ForgottenForm(forms.Form):
    """Whose password is forgotten."""

    company_code = _typed(_("Company code"), "organization")
    user_id = _typed(_("User ID"), "username")


class NewPasswordForm(forms.Form):
    """A password, typed twice."""

    password = _password(_("New password"), "new-password")
    repeated = _password(_("New password, again"), "new-password")

    def clean(self) -> dict[str, Any]:
        """Both must be the same."""
        cleaned = super().clean() or {}
        if "password" in cleaned and "repeated" in cleaned and cleaned["password"] != cleaned["repeated"]:
            self.add_error("repeated", _("The two passwords are not the same."))
        return cleaned


class PasswordChangeForm(NewPasswordForm):
    """A new password, with the current one as proof."""

    current = _password(_("Current password"), "current-password")
    field_order = ("current", "password", "repeated")


class ProfileForm(forms.Form):
    """What users may change of their own account (T10)."""

    name = forms.CharField(label=_PERSON_NAME, max_length=100, widget=forms.TextInput({"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language"), choices=_LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_TIME_ZONES)


class UserForm(forms.Form):
    """The name and the address of a user."""

    name = forms.CharField(label=_PERSON_NAME, max_length=100, widget=forms.TextInput({"autocomplete": "off"}))
    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput({"autocomplete": "off"}))


class RolesForm(forms.Form):
    """Which roles a user has (A9)."""

    roles: Any = forms.ModelMultipleChoiceField(
        queryset=None, label=_("Roles"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].queryset = queries.roles()  # type: ignore[attr-defined]  # a field of a model's rows


class RegisterForm(RolesForm, UserForm):
    """A new user (A8), who gets an invitation by mail."""

    user_id = forms.CharField(
        label=_("User ID"),
        max_length=64,
        help_text=_("Letters, digits and . _ @ + - are allowed. The user ID cannot be changed later."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=_LANGUAGES)
    field_order = ("user_id", "name", "email", "language", "roles")


class UserFilterForm(forms.Form):
    """Narrows the list of users."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *UserState.choices])


class RoleForm(forms.Form):
    """The menus that a role grants. Menus that the tenant cannot have are not offered (A9)."""

    name = forms.CharField(label=pgettext_lazy("role", "Name"), max_length=60)
    menus = forms.MultipleChoiceField(
        label=_("Menus"),
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
        error_messages={"required": _("Choose at least one menu.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._groups = by_audience(grantable_menus())
        choices = [(menu.code, menu.label) for _label, menus in self._groups for menu in menus]
        self.fields["menus"].choices = choices  # type: ignore[attr-defined]  # a field with choices

    def groups(self) -> list[tuple[Promise, list[tuple[Menu, BoundWidget]]]]:
        """The menus with their check boxes, by whose they are."""
        boxes = iter(self["menus"])
        return [(label, [(menu, next(boxes)) for menu in menus]) for label, menus in self._groups]
