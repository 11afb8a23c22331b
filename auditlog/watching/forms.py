"""Forms of watching. They clean what was typed; the rules are in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from auditlog.watching.models import FindingState, RuleSetting, Severity
from auditlog.watching.registry import Rule, rules


def _rules() -> list[tuple[str, str]]:
    return [("", str(_("All"))), *((rule.code, str(rule.label)) for rule in rules().values())]


class FindingFilterForm(forms.Form):
    """Which findings to show."""

    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *FindingState.choices], required=False)
    severity = forms.ChoiceField(label=_("Severity"), choices=[("", _("All")), *Severity.choices], required=False)
    rule = forms.ChoiceField(label=_("Rule"), choices=_rules, required=False)

    def conditions(self) -> dict[str, str]:
        """What was chosen; nothing for what makes no sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ExplainForm(forms.Form):
    """What it was."""

    note = forms.CharField(label=_("Note"), max_length=500, widget=forms.Textarea({"rows": 3}))


class RuleForm(forms.Form):
    """Whether a rule is in use, from which numbers on it speaks, and why that is changed."""

    enabled = forms.BooleanField(label=_("In use"), required=False)

    def __init__(self, *args: Any, rule: Rule, setting: RuleSetting | None, **kwargs: Any) -> None:
        limits = rule.limits(setting.thresholds if setting else {})
        super().__init__(*args, **kwargs)
        self.initial = {"enabled": setting is None or setting.enabled, **limits}
        for each in rule.thresholds:
            self.fields[each.name] = forms.IntegerField(
                label=str(each.label),
                min_value=1,
                max_value=each.most,
                help_text=_("%(default)d unless you choose another number") % {"default": each.default},
            )
        self.fields["reason"] = forms.CharField(
            label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 2}), help_text=_("It stays on record.")
        )

    def choice(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        typed = dict(self.cleaned_data)
        enabled, reason = typed.pop("enabled"), typed.pop("reason")
        return {"enabled": enabled, "reason": reason, "thresholds": typed}
