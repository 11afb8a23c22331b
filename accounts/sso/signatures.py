"""The signature of a response, checked by pysaml2 and xmlsec1 against the pinned certificates and nothing else."""

import logging
from typing import Any

from django.conf import settings
from saml2 import BINDING_HTTP_POST, SAMLError

from accounts.sso import addresses
from accounts.sso.messages import pinned_metadata
from accounts.sso.models import Connection
from accounts.sso.refusals import Reason, SsoRefused

# pysaml2 writes whole messages, people's attributes included, into its log when it refuses one (ASVS 16.2.5).
logging.getLogger("saml2").setLevel(logging.CRITICAL + 1)


def verified(connection: Connection, encoded: str, request_id: str) -> Any:
    """What pysaml2 makes of the response (`saml2.response.AuthnResponse`). Raises SsoRefused.

    The import reads the schemas of SAML, which takes a second: the web server does it when it starts (`config.wsgi`),
    and commands and workers, which come by here with the addresses, do without.
    """
    from saml2.client import Saml2Client
    from saml2.sigver import SigverError

    client = Saml2Client(config=_configuration(connection))
    try:
        answer = client.parse_authn_request_response(encoded, BINDING_HTTP_POST, outstanding={request_id: ""})
    except SigverError as error:
        raise SsoRefused(Reason.BAD_SIGNATURE, type(error).__name__) from error
    except (SAMLError, ValueError, KeyError, AttributeError, TypeError, IndexError) as error:
        raise SsoRefused(Reason.MALFORMED, type(error).__name__) from error
    except Exception as error:
        # pysaml2 raises bare Exception for some of what it refuses.
        raise SsoRefused(Reason.MALFORMED, type(error).__name__) from error
    if answer is None or len(answer.assertions) != 1:
        raise SsoRefused(Reason.MALFORMED, "no assertion")
    return answer


def _configuration(connection: Connection) -> Any:
    from saml2.config import SPConfig

    services = {
        "endpoints": {"assertion_consumer_service": [(addresses.acs_url(connection), BINDING_HTTP_POST)]},
        "allow_unsolicited": False,
        "allow_unknown_attributes": True,
        "want_response_signed": False,
        "want_assertions_signed": False,
        "want_assertions_or_response_signed": True,
    }
    return SPConfig().load(
        {
            "entityid": addresses.entity_id(connection),
            "service": {"sp": services},
            "metadata": {"inline": [pinned_metadata(connection)]},
            "only_use_keys_in_metadata": True,
            "accepted_time_diff": settings.SSO_CLOCK_SKEW_SECONDS,
            "delete_tmpfiles": True,
        }
    )
