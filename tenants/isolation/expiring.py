"""What a function says that removes rows whose period is over, where batches of rows are not the way (R6).

An asset names it in `Retention.expired_by`. It is called with `actor` and `dry_run`, by keyword and with no transaction
open, as often as anybody likes: for a table of tenants in the scope of each tenant that has something due, for a
partitioned or a control table once, in the provider's scope. It asks `tenants.isolation.keeping` what is held.
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
