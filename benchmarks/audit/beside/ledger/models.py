"""The same fields five times: recorded by nobody, by each of the three libraries, by one of them in two ways."""

import pghistory
from auditlog.registry import auditlog  # django-auditlog's; the product is not on this path
from simple_history.models import HistoricalRecords

from .fields import Fields


class Bare(Fields):
    pass


class ByAuditlog(Fields):
    pass


auditlog.register(ByAuditlog)


class BySimpleHistory(Fields):
    history = HistoricalRecords()


@pghistory.track()
class ByPghistory(Fields):
    pass
