"""What tests of incidents share: a past in which the audit log can be written."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from auditlog.models import RetentionClass
from auditlog.partitions import make_partitions_of, partitions
from tenants.isolation.placement import OWNER_ALIAS


@pytest.fixture(scope="module")
def golden_week_log(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The audit log takes events from 24 April to 3 June 2026, for tests that travel there; it is as before afterwards.

    Put `usefixtures("golden_week_log")` on the module, together with `django_db(transaction=True, …)`.
    """
    with django_db_blocker.unblock():
        before = {one.name for one in partitions()}
        for kept in RetentionClass:
            make_partitions_of(kept, date(2026, 4, 24), date(2026, 6, 3))
    yield
    with django_db_blocker.unblock(), connections[OWNER_ALIAS].cursor() as cursor:
        for made in sorted({one.name for one in partitions()} - before):
            cursor.execute(f'DROP TABLE "{made}"')
