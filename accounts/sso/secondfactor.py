"""What the identity provider says about a second factor of its own (A5, A6; ASVS 6.8.4)."""

from accounts.sso.models import SSO_TWO_FACTORS, Connection
from accounts.sso.validation import Identity
from tenants.isolation.directory import current_company

# Microsoft Entra ID names its methods in this attribute, whatever stands in the context.
_METHODS = "http://schemas.microsoft.com/claims/authnmethodsreferences"


def says_two_factors(connection: Connection, identity: Identity) -> bool:
    """Whether the assertion carries one of the methods that the company counts as two factors. Missing means one."""
    said = {identity.authn_context, *identity.attributes.get(_METHODS, [])}
    return not said.isdisjoint(connection.factor_contexts)


def method_of(connection: Connection, identity: Identity) -> str:
    """The method of a log-in by that assertion. For the provider's own people it is never more than one factor."""
    company = current_company()
    operators = company is not None and company.is_provider
    return SSO_TWO_FACTORS if says_two_factors(connection, identity) and not operators else "sso"
