"""One change of a tenant's folders and documents at a time."""

import hashlib

from tenants.isolation.context import require_tenant_id
from tenants.isolation.transactions import current_connection


def lock_tree() -> None:
    """Wait for other changes of the tenant's tree, and keep them waiting until the transaction ends."""
    digest = hashlib.sha256(b"documents tree" + require_tenant_id().bytes).digest()
    with current_connection().cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], "big", signed=True)])
