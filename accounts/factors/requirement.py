"""Who needs a second factor (A5; ASVS 6.3.3)."""

from accounts.policy.models import FactorRule, SecurityPolicy
from accounts.policy.queries import current_policy
from tenants.isolation.directory import current_company


def is_required(policy: SecurityPolicy, *, by_role: bool, is_operator: bool) -> bool:
    """Whether somebody needs one: by the company's rule, by a role of theirs, or because they are the provider's."""
    if is_operator or policy.factor_required == FactorRule.EVERYONE:
        return True
    return by_role and policy.factor_required == FactorRule.ROLES


def sso_suffices() -> bool:
    """Whether a log-in by the company's identity provider counts as two factors; never for the provider's people."""
    company = current_company()
    return current_policy().sso_suffices and not (company is not None and company.is_provider)
