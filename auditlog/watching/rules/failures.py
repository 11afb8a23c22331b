"""Failed log-ins: the same passwords tried on many people, many passwords tried on one (G9)."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from auditlog.watching.looking import Look, Seen, Sighting, crowded, grouped
from auditlog.watching.models import Severity
from auditlog.watching.networks import narrow_network
from auditlog.watching.registry import Rule, Threshold, register

_FAILURES = frozenset(
    {"accounts.login.failed", "accounts.factor.refused", "accounts.identity.refused", "accounts.sso.failed"}
)
MINUTES = Threshold("minutes", _("within minutes"), 60, 24 * 60)


def _sprayed(look: Look) -> Iterator[Sighting]:
    by_network = grouped(look.surroundings(ip__isnull=False), _network_of)
    for network, failures in by_network.items():
        found = crowded(failures, span=look.span, many=look.limits["users"], each=lambda event: event.actor_user_id)
        if any(event.new for event in found):
            yield Sighting(network, found, network=network, about_actor=False)


def _guessed(look: Look) -> Iterator[Sighting]:
    by_user = grouped(look.surroundings(), lambda event: event.actor_user_id)
    for user_id, failures in by_user.items():
        found = crowded(failures, span=look.span, many=look.limits["failures"])
        if any(event.new for event in found):
            networks = {_network_of(event) for event in found if event.ip}
            yield Sighting(user_id, found, network=networks.pop() if len(networks) == 1 else "")


def _network_of(event: Seen) -> str:
    return narrow_network(event.ip) if event.ip else ""


PASSWORD_SPRAYING = register(
    Rule(
        code="failures.spraying",
        label=_("Failed log-ins of many users from one network"),
        explanation=_(
            "Somebody tries passwords on many user IDs from one place (/24 of IPv4, /64 of IPv6), a few each."
        ),
        severity=Severity.HIGH,
        actions=_FAILURES,
        find=_sprayed,
        thresholds=(Threshold("users", _("user IDs"), 5, 1000), MINUTES),
    )
)
PASSWORD_GUESSING = register(
    Rule(
        code="failures.guessing",
        label=_("Many failed log-ins of one user"),
        explanation=_("Somebody tries many passwords or codes on one user ID, from wherever."),
        severity=Severity.MEDIUM,
        actions=_FAILURES,
        find=_guessed,
        thresholds=(Threshold("failures", _("failures"), 10, 1000), MINUTES),
    )
)
