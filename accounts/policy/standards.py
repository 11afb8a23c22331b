"""Presets, and which standard a policy meets: ASVS 5.0, NIST SP 800-63B-4, the usual Japanese checklist (A2, A3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.policy.models import DEFAULTS, FactorRule, SecurityPolicy

# Without a second factor NIST asks for this length; with one, 8 do.
LENGTH_WITHOUT_SECOND_FACTOR = 15
CUSTOM = "custom"
# The presets are about passwords; who needs a second factor is a question of its own.
UNTOUCHED = frozenset({"factor_required", "passkey_alone", "sso_suffices"})


@dataclass(frozen=True, slots=True)
class Preset:
    """A policy to start from."""

    code: str
    label: Promise
    explanation: Promise
    values: Mapping[str, Any]


PRESETS = (
    Preset(
        "nist",
        _("NIST / ASVS (recommended)"),
        _(
            "Long passwords that stay. Common and guessable ones are refused; "
            "nobody is made to change them by the calendar."
        ),
        {},
    ),
    Preset(
        "checklist",
        _("Japanese corporate checklist"),
        _(
            "What security questionnaires of Japanese companies still ask for: "
            "four kinds of characters, a new one every 90 days."
        ),
        {"min_length": 8, "required_classes": 4, "expiry_days": 90, "history_generations": 3, "failures_allowed": 5},
    ),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a policy meets a standard; if not, why."""

    standard: Promise | str
    reasons: tuple[Promise, ...]

    @property
    def is_met(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.reasons


def preset_policy(code: str, current: SecurityPolicy | None = None) -> SecurityPolicy | None:
    """An unsaved policy with the values of the preset, and what no preset touches as it is in the current one."""
    kept = {name: getattr(current, name) for name in UNTOUCHED} if current else {}
    return next((SecurityPolicy(**kept | dict(preset.values)) for preset in PRESETS if preset.code == code), None)


def preset_of(policy: SecurityPolicy) -> str:
    """The code of the preset whose values the policy has; `custom` if none."""
    names = DEFAULTS.keys() - UNTOUCHED
    chosen = {name: getattr(policy, name) for name in names}
    same = (
        preset.code for preset in PRESETS if {name: DEFAULTS[name] for name in names} | dict(preset.values) == chosen
    )
    return next(same, CUSTOM)


def verdicts(policy: SecurityPolicy) -> list[Verdict]:
    """Each standard with what speaks against it. Values that are missing (half a form) count as the default."""
    classes = (policy.required_classes > 0, _("It forces kinds of characters (ASVS 6.2.5, NIST 3.1.1.2)."))
    expiry = (policy.expiry_days > 0, _("It forces a change after some time (ASVS 6.2.10, NIST 3.1.1.2)."))
    everybody = policy.factor_required == FactorRule.EVERYONE
    alone = (not everybody, _("It does not ask everybody for a second factor (ASVS 6.3.3)."))
    short = (
        not everybody and policy.min_length < LENGTH_WITHOUT_SECOND_FACTOR,
        _("NIST asks for 15 characters where no second factor is required, and for 8 where one is."),
    )
    return [
        Verdict(_("ASVS 5.0, level 1"), _reasons(classes)),
        Verdict(
            _("ASVS 5.0, level 2"),
            _reasons(classes, expiry, alone),
        ),
        Verdict("NIST SP 800-63B-4", _reasons(classes, expiry, short)),
        Verdict(
            _("Japanese corporate checklist"),
            _reasons(
                (policy.required_classes < 4, _("It does not force four kinds of characters.")),
                (not 0 < policy.expiry_days <= 90, _("Passwords stay valid for more than 90 days.")),
                (policy.history_generations < 3, _("It remembers fewer than 3 former passwords.")),
                (policy.failures_allowed > 5, _("It allows more than 5 wrong passwords.")),
            ),
        ),
    ]


def _reasons(*rules: tuple[bool, Promise]) -> tuple[Promise, ...]:
    return tuple(reason for applies, reason in rules if applies)


def changed_values(before: SecurityPolicy, after: SecurityPolicy) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings that differ, as they were and as they are."""
    names = [name for name in DEFAULTS if getattr(before, name) != getattr(after, name)]
    return {name: getattr(before, name) for name in names}, {name: getattr(after, name) for name in names}
