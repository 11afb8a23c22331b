"""Tables of watching."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from auditlog.watching.models import RuleSetting
from auditlog.watching.registry import Rule, rules
from auditlog.watching.summaries import label_of

_NUMERIC = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}
_WHO = """{% if record.actor_name %}{{ record.actor_name }}<br>{% endif %}
{% if record.actor_user_id %}<code>{{ record.actor_user_id }}</code>{% if record.network %}<br>{% endif %}{% endif %}
{% if record.network %}<small>{{ record.network }}</small>{% endif %}"""
_LAST = "{% load elements %}{% moment value %}"
_STATE = "{% load elements %}{% badge record.get_state_display status=record.state %}"
_COMPANY = "{{ record.company_name }}<br><code>{{ record.company_code }}</code>"
_RULE = """<a href="{% url 'operator:watch_rule' record.rule.code %}">{{ record.rule.label }}</a><br>
<small class="text-secondary">{{ record.rule.explanation }}</small>"""
_LIMITS = "{% for label, value in record.limits %}{{ label }}: {{ value }}<br>{% empty %}–{% endfor %}"
_USE = """{% load elements %}{% if record.enabled %}{% badge on status="active" %}
{% else %}{% badge off status="suspended" %}<br><small>{{ record.setting.reason }}</small>{% endif %}"""


class _RuleNames(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Tables that name rules by their codes."""

    def render_rule(self, value: str) -> str:
        """The rule as people call it."""
        return label_of(value)


class FindingTable(_RuleNames):
    """What was noticed in the company."""

    last_at = tables.TemplateColumn(_LAST, verbose_name=_("Last"))
    rule = tables.Column(verbose_name=_("What"), linkify=("console:watch_finding", [tables.A("id")]))
    who = tables.TemplateColumn(_WHO, verbose_name=_("Who or where"), empty_values=())
    count = tables.Column(verbose_name=_("Count"), attrs=_NUMERIC)
    severity = tables.TemplateColumn(
        "{% load elements %}{% badge record.get_severity_display status=record.severity %}", verbose_name=_("Severity")
    )
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"))

    class Meta:
        orderable = False
        empty_text = _("Nothing unusual was noticed")

    caption = _("Unusual behaviour")
    empty_icon = "eye"
    empty_hint = _("The rules look at the audit log every few minutes.")


class NoticedTable(_RuleNames):
    """How often each rule noticed something in each company."""

    last_at = tables.TemplateColumn(_LAST, verbose_name=_("Last"))
    company = tables.TemplateColumn(_COMPANY, verbose_name=_("Company"), empty_values=())
    rule = tables.Column(verbose_name=_("What"))
    severity = tables.TemplateColumn(
        "{% load elements %}{% badge record.severity_label status=record.severity %}", verbose_name=_("Severity")
    )
    findings = tables.Column(verbose_name=_("Findings"), attrs=_NUMERIC)
    events = tables.Column(verbose_name=_("Events"), attrs=_NUMERIC)
    open = tables.Column(verbose_name=_("To be looked at"), attrs=_NUMERIC)

    class Meta:
        orderable = False
        empty_text = _("Nothing unusual was noticed")

    caption = _("All companies in numbers")
    empty_icon = "eye"
    empty_hint = _("The rules look at the audit log every few minutes.")


@dataclass(frozen=True, slots=True)
class _SetRule:
    rule: Rule
    setting: RuleSetting | None

    @property
    def enabled(self) -> bool:
        return self.setting is None or self.setting.enabled

    @property
    def limits(self) -> list[tuple[str, int]]:
        values = self.rule.limits(self.setting.thresholds if self.setting else {})
        return [(str(each.label), values[each.name]) for each in self.rule.thresholds]


class RuleTable(tables.Table):  # type: ignore[misc]
    """The rules as they are set."""

    rule = tables.TemplateColumn(_RULE, verbose_name=_("Rule"))
    severity = tables.TemplateColumn(
        "{% load elements %}{% badge record.rule.severity.label status=record.rule.severity %}",
        verbose_name=_("Severity"),
        empty_values=(),
    )
    limits = tables.TemplateColumn(_LIMITS, verbose_name=_("Thresholds"))
    enabled = tables.TemplateColumn(
        _USE, verbose_name=_("State"), extra_context={"on": _("In use"), "off": _("Switched off")}
    )

    class Meta:
        orderable = False

    caption = _("Rules")

    @classmethod
    def of(cls, settings: Mapping[str, RuleSetting]) -> Any:
        """Every rule with what the provider has set."""
        return cls([_SetRule(rule, settings.get(rule.code)) for rule in rules().values()])
