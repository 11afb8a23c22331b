"""What a digest and the operators' page say: counts by rule and company, no word of who did what (G9)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from auditlog.watching import queries
from auditlog.watching.models import Digest
from auditlog.watching.registry import Concern, codes_concerning, rule_of


@dataclass(frozen=True, slots=True)
class Line:
    """How many findings there are of something: of a rule, or in a company."""

    label: str
    findings: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The findings of a time: how many, of which rules, in which companies. Labels are in the reader's language."""

    findings: int
    rules: tuple[tuple[str, int], ...]
    companies: tuple[Line, ...] = ()

    @property
    def by_rule(self) -> list[Line]:
        """Most frequent first."""
        return [Line(label_of(code), count) for code, count in self.rules]


def label_of(code: str) -> str:
    """The label of a rule in the reader's language; the code of one that this release does not know."""
    rule = rule_of(code)
    return str(rule.label) if rule else code


def everybodys_summary(digest: Digest) -> Summary:
    """What operators are told: of every company."""
    concerning = set(codes_concerning(Concern.OPERATORS))
    noticed = [each for each in queries.noticed_everywhere(digest.since, digest.until) if each.rule in concerning]
    companies: Counter[str] = Counter()
    for each in noticed:
        companies[f"{each.company_code} {each.company_name}"] += each.findings
    lines = tuple(Line(label, count) for label, count in companies.most_common())
    return _summary(((each.rule, each.findings) for each in noticed), lines)


def own_summary(digest: Digest) -> Summary:
    """What the administrators of the company in scope are told."""
    found = queries.findings_noted(digest.since, digest.until).filter(rule__in=codes_concerning(Concern.ADMINS))
    return _summary(((rule, 1) for rule in found.values_list("rule", flat=True)), ())


def _summary(counts: Iterable[tuple[str, int]], companies: tuple[Line, ...]) -> Summary:
    rules: Counter[str] = Counter()
    for rule, count in counts:
        rules[rule] += count
    return Summary(rules.total(), tuple(rules.most_common()), companies)
