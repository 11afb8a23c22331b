"""The form of the security policy. The bounds are the model's; the texts say what each choice means."""

from typing import ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.policy.models import DEFAULTS, SecurityPolicy

GROUPS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (_("Passwords"), ("min_length", "required_classes", "history_generations", "expiry_days")),
    (_("Failed log-ins"), ("failures_allowed", "lock_minutes")),
    (_("Second factor"), ("factor_required", "passkey_alone", "sso_suffices")),
    (_("Sessions"), ("idle_minutes", "absolute_hours")),
)


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """Every setting, in groups."""

    class Meta:
        model = SecurityPolicy
        fields = tuple(DEFAULTS)
        help_texts: ClassVar[dict[str, Promise]] = {
            "min_length": _("8 to 64. Length protects better than any other rule; 15 or more is advised."),
            "required_classes": _(
                "0 to 4 of: capital letters, small letters, digits, symbols, kana or kanji. "
                "0 forces nothing, which the standards demand; people answer such rules with “Password1!”."
            ),
            "history_generations": _("0 to 12, counting the current password. 0 remembers none."),
            "expiry_days": _(
                "0, or 30 to 730. Mails go out 14, 7 and 1 days before. Afterwards the old password still opens "
                "the page for a new one; nobody is locked out."
            ),
            "failures_allowed": _(
                "3 to 20 in a row, for one user from one address. Then each further attempt waits 1, 2, 4 … minutes. "
                "A device on which the user has logged in before is counted by itself."
            ),
            "lock_minutes": _("1 to 60. The delay grows no further. There is no lock that stays."),
            "factor_required": _(
                "An authenticator app or a passkey besides the password (ASVS 6.3.3). Whoever needs one and has none "
                "sets it up at the next click, before anything else. Which roles demand it is on their pages."
            ),
            "passkey_alone": _(
                "A passkey that asks for a fingerprint, a face or a PIN is two factors in one. "
                "If you allow it, the password is not asked for."
            ),
            "sso_suffices": _(
                "Only if your identity provider demands two factors of everybody without saying so. Where it says so, "
                "its log-in counts as both in any case; otherwise as one (ASVS 6.8.4)."
            ),
            "idle_minutes": _("5 to 2160 (36 hours)."),
            "absolute_hours": _("1 to 36, however much the session is used."),
        }

    def groups(self) -> list[tuple[Promise, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [(label, [self[name] for name in names]) for label, names in GROUPS]

    def described(self) -> SecurityPolicy:
        """The policy as typed so far; what cannot be understood yet counts as the default."""
        typed = {name: value for name, value in self.cleaned_data.items() if value is not None}
        return SecurityPolicy(**DEFAULTS | typed)
