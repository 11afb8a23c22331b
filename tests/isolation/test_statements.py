"""Statements that are put together once: each run is for the tenant in scope, and nothing of the first one stays (T1).

ASVS 8.4.1.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import queries, sessions
from accounts.models import Session, User
from tenants.isolation.context import NoTenant, tenant_scope
from tenants.isolation.statements import Statement
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


def _since(moment: datetime) -> QuerySet[User, Any]:
    return User.objects.filter(created_at__gte=moment).order_by("user_id").values_list("tenant_id", "user_id")


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (sessions.LIVING, {"token_hash": "a" * 64, "now": timezone.now(), "address": "192.0.2.7"}),
        (queries.GRANTED, {"user_id": uuid4()}),
    ],
    ids=["session", "rights"],
)
def test_what_is_sent_is_what_django_would_send(statement: Statement, values: dict[str, Any], cast: Cast) -> None:
    """T1: the tenant's literal is wherever the managers put it, for one tenant after the other."""
    for tenant in (cast.admin.tenant, cast.outsider.tenant):
        with tenant_transaction(tenant.id), CaptureQueriesContext(connection) as sent:
            statement.rows(**values)
            list(statement.build(**values))
        ours, django_s = (query["sql"] for query in sent if query["sql"].startswith("SELECT"))
        assert ours == django_s
        assert tenant.id.hex in ours


def test_each_run_is_for_the_tenant_in_scope(cast: Cast) -> None:
    """T1: whatever a caller says, and whoever asked first."""
    statement, long_ago = Statement(_since, moment=datetime), timezone.now() - timedelta(days=1)
    for tenant, names in ((cast.admin.tenant, ["alice", "erin", "rob"]), (cast.outsider.tenant, ["gina"])):
        with tenant_transaction(tenant.id):
            expected = [(tenant.id, name) for name in names]
            assert statement.rows(moment=long_ago) == expected
            assert statement.rows(moment=long_ago, tenant_id=cast.operator.tenant.id) == expected
            assert statement.rows(moment=timezone.now() + timedelta(days=1)) == []
    with tenant_scope(None), pytest.raises(NoTenant):
        statement.rows(moment=long_ago)


def test_a_value_of_the_first_run_cannot_stay(cast: Cast) -> None:
    """T1: a time or a key that has no name would be the same for ever, and for every tenant."""

    def now(**_values: Any) -> QuerySet[User, Any]:
        return _since(timezone.now())

    def one(**_values: Any) -> QuerySet[User, Any]:
        return User.objects.filter(id=cast.admin.user.id).values_list("name")

    with tenant_transaction(cast.admin.tenant.id):
        for build in (now, one):
            with pytest.raises(TypeError, match="for ever"):
                Statement(build).rows()
            with pytest.raises(TypeError, match="does not ask for user_id"):
                Statement(build, user_id=UUID).rows(user_id=cast.admin.user.id)


def test_a_session_is_found_as_the_orm_gives_it(cast: Cast) -> None:
    """A11: with its user, every column in its place."""
    with tenant_transaction(cast.editor.tenant.id):
        secret = sessions.start_session(cast.editor.user, method="password+totp")
        found = sessions.find_session(secret)
        assert found is not None
        expected = Session.objects.select_related("user").get(token_hash=secret.hash)
        for ours, theirs in ((found.session, expected), (found.session.user, expected.user)):
            columns = [field.attname for field in theirs._meta.concrete_fields]
            assert [getattr(ours, name) for name in columns] == [getattr(theirs, name) for name in columns]
            assert ours._state.db == theirs._state.db
            assert not ours._state.adding
