"""Judges the live catalogue against what the product declares (T1): every difference is a finding."""

from tenants.isolation.findings.judgement import Declarations, judge
from tenants.isolation.findings.kinds import Finding, FindingKind

__all__ = ["Declarations", "Finding", "FindingKind", "judge"]
