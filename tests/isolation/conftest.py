"""What the tests of the wall share."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connections
from psycopg.conninfo import make_conninfo

from tests.database.cluster import changing_roles
from tests.settings import ADMIN_URL


@pytest.fixture
def admin(django_db_setup: None) -> Iterator[psycopg.Connection[Any]]:
    """The superuser in the test database, in a transaction that is rolled back.

    Not for tests that also hold a transaction on an alias: changes of tables would wait for it.
    """
    database = connections["owner"].settings_dict["NAME"]
    address = make_conninfo(ADMIN_URL, dbname=database, options="-c lock_timeout=10s")
    with changing_roles(commit=False), psycopg.connect(address) as connection:
        yield connection
        connection.rollback()
