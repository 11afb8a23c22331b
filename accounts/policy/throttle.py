"""Counting attempts before their password is looked at (research/identity.md section 4; docs/authentication.md).

Three counters: by address, in the cache, because an address belongs to no tenant; by user and address, and by user from
everywhere, in the tenant's own table. A device that the user logged in from before has a counter of its own in place of
all three, so that a stranger who locks everything else does not lock the owner out.
"""

import hashlib
import ipaddress
import json
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from accounts.policy.models import AttemptCounter, SecurityPolicy
from tenants.isolation.context import require_tenant_id
from tenants.isolation.models import new_id
from tenants.isolation.transactions import current_connection

logger = logging.getLogger(__name__)

# One statement, so that parallel attempts take turns at the row; a closed counter is left as it is and returns nothing.
_COUNT = """
INSERT INTO policy_attemptcounter AS counter (tenant_id, id, bucket, failures, locked_until, forgotten_at)
SELECT %(tenant)s, %(id)s, %(bucket)s, 1, NULL, %(forgotten)s WHERE %(proceed)s
ON CONFLICT (tenant_id, bucket) DO UPDATE SET
  failures = CASE WHEN counter.forgotten_at <= %(now)s THEN 1 ELSE counter.failures + 1 END,
  locked_until = CASE WHEN counter.forgotten_at > %(now)s AND counter.failures + 1 >= %(allowed)s
    THEN %(now)s + make_interval(mins => least(%(longest)s, 2 ^ least(counter.failures + 1 - %(allowed)s, 10))::int)
    END,
  forgotten_at = excluded.forgotten_at
WHERE counter.locked_until IS NULL OR counter.locked_until <= %(now)s
RETURNING failures
"""


class TooManyAttempts(Exception):  # noqa: N818
    """The address has failed too often, whomever it tried; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many attempts from this address")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Limit:
    """How many failures in a row are free, and how long the delay grows: 1, 2, 4 … minutes up to the longest."""

    allowed: int
    longest_minutes: int


@dataclass(frozen=True, slots=True)
class Counted:
    """An attempt that was counted as a failure until it turns out to be none."""

    allowed: bool
    own: str
    total: str = ""
    by_device: bool = False


# --- By user, in the tenant's table ------------------------------------------------------------------------------
def bucket(*parts: str) -> str:
    """The name of what is counted together; the parts cannot be read from it."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def count(name: str, limit: Limit, *, proceed: bool = True) -> bool:
    """Count one attempt in the tenant in scope; returns whether it may go on. Call inside a transaction.

    With `proceed` False nothing is counted, at the same cost.
    """
    now = timezone.now()
    values: dict[str, Any] = {
        "tenant": require_tenant_id(),
        "id": new_id(),
        "bucket": name,
        "now": now,
        "forgotten": now + timedelta(hours=settings.LOGIN_COUNTERS_HOURS),
        "allowed": limit.allowed,
        "longest": limit.longest_minutes,
        "proceed": proceed,
    }
    with current_connection().cursor() as cursor:
        cursor.execute(_COUNT, values)
        return cursor.fetchone() is not None


def count_login(policy: SecurityPolicy, *, company_code: str, user_id: str, address: str, device: str) -> Counted:
    """Count an attempt to log in, known user or not; both IDs normalised. Call inside a transaction."""
    limit = Limit(policy.failures_allowed, policy.lock_minutes)
    if device:
        own = bucket("device", company_code, user_id, device)
        return Counted(count(own, limit), own, by_device=True)
    own, total = bucket("address", company_code, user_id, address), bucket("total", company_code, user_id)
    allowed = count(own, limit)
    total_limit = Limit(policy.failures_allowed * settings.LOGIN_TOTAL_FACTOR, policy.lock_minutes)
    return Counted(count(total, total_limit, proceed=allowed) and allowed, own, total)


def failures(name: str) -> int:
    """How many attempts failed in a row, the one at hand included."""
    return AttemptCounter.objects.filter(bucket=name).values_list("failures", flat=True).first() or 0


def forget(name: str) -> None:
    """The attempt was no failure: forget it, and those before it."""
    AttemptCounter.objects.filter(bucket=name).delete()


def forgive_login(counted: Counted) -> None:
    """The password was right: forget the failures before it, and take the attempt itself out of the total."""
    forget(counted.own)
    if counted.total:
        with current_connection().cursor() as cursor:
            cursor.execute(
                "UPDATE policy_attemptcounter SET failures = greatest(failures - 1, 0), locked_until = NULL"
                " WHERE tenant_id = %s AND bucket = %s",
                [require_tenant_id(), counted.total],
            )


# --- By address, in the cache ------------------------------------------------------------------------------------
def network_of(ip: str | None) -> str:
    """What counts as one address: the IPv4 address, or the /64 network that one IPv6 customer has."""
    if not ip:
        return "unknown"
    parsed = ipaddress.ip_address(ip)
    return ip if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))


def count_address(network: str) -> None:
    """Count one attempt from the address; raises TooManyAttempts.

    Without the cache there is nothing to count in: the counters in the database still hold, and the log says so.
    """
    failures, left = count_in_span(_address(network), settings.LOGIN_ADDRESS_SECONDS)
    if failures > settings.LOGIN_ADDRESS_FAILURES:
        raise TooManyAttempts(left)


def forgive_address(network: str) -> None:
    """The attempt was no failure."""
    try:
        cache.decr(_window(_address(network), settings.LOGIN_ADDRESS_SECONDS)[0])
    except (ValueError, RedisError, OSError):
        return  # it is about one attempt only


def count_in_span(name: str, seconds: int) -> tuple[int, int]:
    """Count one more in the span of so many seconds; the number so far, and the seconds until the span is over."""
    key, left = _window(name, seconds)
    try:
        cache.add(key, 0, timeout=seconds)
        return cache.incr(key), left
    except ValueError:
        return 0, left  # it ended in this very moment, and a new one begins
    except (RedisError, OSError):
        logger.exception("Attempts are not counted in the cache: it does not answer")
        return 0, left


def _address(network: str) -> str:
    return f"login-address:{network}"


def _window(name: str, seconds: int) -> tuple[str, int]:
    """The key for the current span of time, and the seconds until it is over."""
    now = int(timezone.now().timestamp())
    return f"{name}:{now // seconds}", seconds - now % seconds
