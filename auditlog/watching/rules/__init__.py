"""The rules. Whoever adds one imports its module here; registering is all that the rest of watching needs."""

from auditlog.watching.rules import failures, logins, record, rights, volume

__all__ = ["failures", "logins", "record", "rights", "volume"]
