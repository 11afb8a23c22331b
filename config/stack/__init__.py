"""The embedded stack: PostgreSQL and Valkey from PyPI packages, for `make demo`, the tests and local work.

Everything of it lies in `<var>/stack/`. Whoever needs the servers takes a lease: the first one starts them, the last
one stops them. Production never comes here; it has DATABASE_URL and REDIS_URL.
"""

from config.stack.description import Stack, StackError, describe
from config.stack.lease import Lease, acquire, remove, running

__all__ = ["Lease", "Stack", "StackError", "acquire", "describe", "remove", "running"]
