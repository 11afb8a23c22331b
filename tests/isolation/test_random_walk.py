"""A random walk through scopes, transactions, savepoints and writes, beside a model in plain Python (T1).

Scopes and transactions open and close in any order. At every step each tenant sees exactly the rows of its model, by
the ORM and by raw SQL, and what the wall forbids raises what it should.
"""

import copy
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import ProgrammingError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from accounts.models import Role
from tenants.isolation.context import NoTenant, current_tenant_id, tenant_scope
from tenants.isolation.database.base import TransactionRequired
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant

NAMES = st.sampled_from(["red", "green", "blue"])
Rows = dict[UUID, str]


class Walk(RuleBasedStateMachine):
    """One walk. `rows` is what each tenant should see, as of now and of each open transaction's beginning."""

    tenants: tuple[UUID, UUID]

    def __init__(self) -> None:
        super().__init__()
        self.scopes: list[AbstractContextManager[None]] = []
        self.transactions: list[tuple[Any, dict[UUID, Rows]]] = []
        self.rows: dict[UUID, Rows] = {tenant_id: {} for tenant_id in self.tenants}
        for tenant_id in self.tenants:  # from the first step on there is something to see
            with tenant_transaction(tenant_id):
                self.create("red")

    # --- Scopes and transactions -----------------------------------------------------------------------------
    @rule(place=st.sampled_from([0, 1, None]))
    def enter(self, place: int | None) -> None:
        scope = tenant_scope(None if place is None else self.tenants[place])
        scope.__enter__()
        self.scopes.append(scope)

    @precondition(lambda self: self.scopes)
    @rule()
    def leave(self) -> None:
        self.scopes.pop().__exit__(None, None, None)

    @precondition(lambda self: len(self.transactions) < 4)
    @rule()
    def begin(self) -> None:
        atomic = transaction.atomic()
        atomic.__enter__()
        self.transactions.append((atomic, copy.deepcopy(self.rows)))

    @precondition(lambda self: self.transactions)
    @rule()
    def commit(self) -> None:
        atomic, _ = self.transactions.pop()
        atomic.__exit__(None, None, None)

    @precondition(lambda self: self.transactions)
    @rule(broken=st.booleans())
    def roll_back(self, broken: bool) -> None:
        atomic, self.rows = self.transactions.pop()
        error = None
        if broken:
            with pytest.raises(ProgrammingError) as caught:
                self._sql("SELECT nonsense")
            error = caught.value
        transaction.set_rollback(True)
        atomic.__exit__(error and type(error), error, error and error.__traceback__)

    @precondition(lambda self: not self.transactions)
    @rule()
    def reconnect(self) -> None:
        connection.close()

    # --- Writes ----------------------------------------------------------------------------------------------
    @rule(name=NAMES)
    def create(self, name: str) -> None:
        if self._may_write():
            role = Role.objects.create(code=uuid4().hex, custom_name=name)
            self._own()[role.id] = name

    @rule(name=NAMES, count=st.integers(1, 3))
    def create_many(self, name: str, count: int) -> None:
        if self._may_write():
            made = Role.objects.bulk_create(Role(code=uuid4().hex, custom_name=name) for _ in range(count))
            self._own().update((role.id, name) for role in made)

    @rule(old=NAMES, new=NAMES)
    def rename(self, old: str, new: str) -> None:
        if self._may_write():
            expected = [key for key, name in self._own().items() if name == old]
            assert Role.objects.filter(custom_name=old).update(custom_name=new) == len(expected)
            self._own().update((key, new) for key in expected)

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        if self._may_write():
            expected = [key for key, own in self._own().items() if own == name]
            assert Role.objects.filter(custom_name=name).delete()[0] == len(expected)
            for key in expected:
                del self._own()[key]

    @rule(name=NAMES)
    def rename_everything_by_sql(self, name: str) -> None:
        if self._may_speak_sql():
            assert self._sql("UPDATE accounts_role SET custom_name = %s", name) == len(self._own())
            self._own().update(dict.fromkeys(self._own(), name))

    @rule()
    def reach_across(self) -> None:
        theirs = [key for tenant_id, rows in self.rows.items() if tenant_id != current_tenant_id() for key in rows]
        if self._may_speak_sql():
            assert self._sql("UPDATE accounts_role SET custom_name = 'mine' WHERE id = ANY(%s)", theirs) == 0
            assert self._sql("DELETE FROM accounts_role WHERE id = ANY(%s)", theirs) == 0

    # --- What is seen ----------------------------------------------------------------------------------------
    @invariant()
    def each_sees_its_own(self) -> None:
        if current_tenant_id() is None:
            with pytest.raises(NoTenant):
                Role.objects.count()
        elif self.transactions:
            assert dict(Role.objects.values_list("id", "custom_name")) == self._own()
        if self._may_speak_sql():
            with connection.cursor() as cursor:
                cursor.execute("SELECT id, custom_name FROM accounts_role")
                assert dict(cursor.fetchall()) == self._own()

    def teardown(self) -> None:
        while self.transactions:
            self.roll_back(broken=False)
        while self.scopes:
            self.leave()
        for tenant_id, rows in self.rows.items():
            with tenant_transaction(tenant_id):
                assert dict(Role.objects.values_list("id", "custom_name")) == rows
                Role.objects.all().delete()

    def _own(self) -> Rows:
        """The model's rows of the tenant in scope; without one there are none."""
        tenant_id = current_tenant_id()
        return {} if tenant_id is None else self.rows[tenant_id]

    def _may_write(self) -> bool:
        if current_tenant_id() is None:
            with pytest.raises(NoTenant):
                Role.objects.create(code="nobody")
            return False
        return self._may_speak_sql()

    def _may_speak_sql(self) -> bool:
        """Without a tenant one may, and sees nothing."""
        if current_tenant_id() is None or connection.in_atomic_block:
            return True
        with pytest.raises(TransactionRequired):
            self._sql("SELECT 1")
        return False

    def _sql(self, statement: str, *params: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
            return int(cursor.rowcount)


@pytest.mark.django_db(transaction=True)
def test_every_walk_shows_each_tenant_its_own_rows(acme: Tenant, globex: Tenant) -> None:
    """T1: and leaves committed exactly what the model says."""
    walk = type("WalkOfTheTwo", (Walk,), {"tenants": (acme.id, globex.id)})
    run_state_machine_as_test(
        walk,
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
