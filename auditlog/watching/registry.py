"""What watching can notice: each rule registers itself once, with its words, its thresholds and its search (G9)."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise

from auditlog.watching.looking import Look, Sighting
from auditlog.watching.models import Severity


class Concern(StrEnum):
    """Who is told."""

    OPERATORS = "operators"
    ADMINS = "admins"


EVERYBODY = frozenset(Concern)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number that the provider may set, from 1 to `most`."""

    name: str
    label: Promise
    default: int
    most: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of unusual behaviour. `actions` are the codes of the events that make the rule look at all."""

    code: str
    label: Promise
    explanation: Promise
    severity: Severity
    actions: frozenset[str]
    find: Callable[[Look], Iterable[Sighting]]
    thresholds: tuple[Threshold, ...] = ()
    concerns: frozenset[Concern] = EVERYBODY

    def limits(self, changed: Mapping[str, int]) -> dict[str, int]:
        """The thresholds in force: the defaults, and what was set otherwise."""
        return {each.name: changed.get(each.name, each.default) for each in self.thresholds}


_rules: dict[str, Rule] = {}


def register(rule: Rule) -> Rule:
    """Declare a rule; a code stands for one rule only."""
    if rule.code in _rules:
        raise ValueError(f"The rule {rule.code} is registered twice.")
    _rules[rule.code] = rule
    return rule


def rules() -> dict[str, Rule]:
    """Every rule by its code."""
    return dict(_rules)


def rule_of(code: str) -> Rule | None:
    """The rule of a code; None for one of a newer or older release."""
    return _rules.get(code)


def codes_concerning(who: Concern) -> Collection[str]:
    """The codes of the rules that concern them."""
    return [rule.code for rule in _rules.values() if who in rule.concerns]
