"""Setting the rules: the provider's choice for every company, each change with its reason on record (G9)."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from auditlog.services import Target, record
from auditlog.watching.actions import RULE_CHANGED
from auditlog.watching.models import RuleSetting
from auditlog.watching.registry import Rule
from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import platform_transaction


def change_rule(rule: Rule, *, enabled: bool, thresholds: Mapping[str, int], reason: str, actor: Actor) -> None:
    """Set a rule for all companies, from the next look on; in the provider's scope.

    Raises ValidationError, keyed by field, without a reason or for a number that a threshold does not allow.
    """
    chosen = _checked(rule, thresholds)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why. The reason stays on record.")})
    require_tenant_id()
    with platform_transaction():
        setting = RuleSetting.objects.select_for_update().filter(rule=rule.code).first() or RuleSetting(rule=rule.code)
        before = {"enabled": setting.enabled, **rule.limits(setting.thresholds)}
        after = {"enabled": enabled, **rule.limits(chosen)}
        if after == before:
            return
        setting.enabled, setting.thresholds, setting.reason = enabled, chosen, reason.strip()
        setting.changed_at, setting.changed_by_name = timezone.now(), actor.name or actor.user_id
        setting.full_clean()
        setting.save()
        target = Target("watching.rulesetting", rule.code, rule.code)
        record(RULE_CHANGED, actor=actor, target=target, before=before, after={**after, "reason": setting.reason})


def _checked(rule: Rule, thresholds: Mapping[str, int]) -> dict[str, int]:
    """What departs from the defaults."""
    wrong = {
        each.name: _("Choose a number from 1 to %(most)d.") % {"most": each.most}
        for each in rule.thresholds
        if not 1 <= thresholds[each.name] <= each.most
    }
    if wrong:
        raise ValidationError(wrong)
    return {each.name: thresholds[each.name] for each in rule.thresholds if thresholds[each.name] != each.default}
