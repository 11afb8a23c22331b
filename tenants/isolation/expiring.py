"""What a function says that removes rows whose period is over, where batches of rows are not the way (R6).

An asset names it in `Retention.expired_by`. Each may be called as often as anybody likes, with no transaction open, and
asks `tenants.isolation.keeping` what is held.

For a table of companies, whose rows have files in a store: `function(*, actor)`, in the scope of each company that has
something due; the run counts what went. For a table in partitions or of the provider's: `function(*, actor, dry_run)`,
once, with the provider's tenant in scope; it counts by itself and returns `Expired`.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Expired:
    """What became of one table. Of `due` rows `removed` went, `held` stay for the law.

    `overdue` are left although they should have gone a day ago. `oldest` is the moment from which the period of the
    oldest row that is left counts, where it is known.
    """

    due: int = 0
    removed: int = 0
    held: int = 0
    overdue: int = 0
    oldest: datetime | None = None
