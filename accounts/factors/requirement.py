"""Who needs a second factor (A5; ASVS 6.3.3)."""

from accounts.factors.models import EnrolmentDemand
from accounts.models import Session, User
from accounts.policy.models import FactorRule, SecurityPolicy
from accounts.policy.queries import current_policy
from accounts.queries import rights_of
from accounts.sso.models import SSO_TWO_FACTORS
from tenants.isolation.directory import current_company


def is_required(policy: SecurityPolicy, *, by_role: bool, is_operator: bool) -> bool:
    """Whether somebody needs one: by the company's rule, by a role of theirs, or because they are the provider's."""
    if is_operator or policy.factor_required == FactorRule.EVERYONE:
        return True
    return by_role and policy.factor_required == FactorRule.ROLES


def needs_factor(user: User) -> bool:
    """The same for a user in scope, or because an administrator has reset the ones before."""
    if EnrolmentDemand.objects.filter(user=user).exists():
        return True
    by_role, policy = rights_of(user).factor_required, current_policy()
    return is_required(policy, by_role=by_role, is_operator=_is_provider())


def enrolment_due(session: Session, policy: SecurityPolicy, *, by_role: bool) -> bool:
    """Whether the user of a session, as `find_session` gives it, has to set one up before anything else."""
    found: dict[str, bool] = vars(session)
    if found["has_factor"]:
        return False
    enough = {SSO_TWO_FACTORS, "sso"} if policy.sso_suffices else {SSO_TWO_FACTORS}
    if session.method in enough and not found["is_operator"]:
        return False
    return found["is_demanded"] or is_required(policy, by_role=by_role, is_operator=found["is_operator"])


def sso_suffices() -> bool:
    """Whether a log-in by the company's identity provider counts as two factors; never for the provider's people."""
    return current_policy().sso_suffices and not _is_provider()


def _is_provider() -> bool:
    company = current_company()
    return company is not None and company.is_provider
