"""Joins stay inside one tenant by themselves, also where no policy holds them back (T1)."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from accounts.menus import EDITOR, READER
from accounts.models import Role, User, UserRole
from tenants.isolation.context import platform_scope
from tenants.isolation.transactions import atomic
from tenants.models import Tenant
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(inside_acme: Tenant) -> dict[str, User]:
    """Two users of ACME with one role each."""
    return {name: make_person(inside_acme, name, role).user for name, role in (("erin", EDITOR), ("rob", READER))}


def test_a_join_compares_the_tenant_in_both_directions(people: dict[str, User]) -> None:
    """Forward and reverse, inner and outer: the tenant is part of every ON, so that the composite keys serve it."""
    forward = UserRole.objects.filter(role__code=EDITOR)
    reverse = User.objects.filter(user_roles__role__code=EDITOR)
    outer = User.objects.filter(user_roles=None)
    for query, joins in ((forward, 1), (reverse, 2), (outer, 1)):
        assert str(query.query).count('."tenant_id" = ') == joins + 1  # and once in WHERE
    assert [grant.user_id for grant in forward] == [people["erin"].id]
    assert list(reverse) == [people["erin"]]
    assert not outer.exists()


def test_what_the_orm_builds_out_of_joins_still_works(people: dict[str, User]) -> None:
    """Exclusion over many rows, many-to-many, prefetching, related filters, update and delete through a relation."""
    assert list(User.objects.exclude(roles__code=READER)) == [people["erin"]]
    assert [role.code for role in people["rob"].roles.all()] == [READER]
    users = User.objects.prefetch_related("roles").order_by("user_id")
    assert [[role.code for role in user.roles.all()] for user in users] == [[EDITOR], [READER]]
    assert set(Role.objects.filter(users__user_id="rob").values_list("code", flat=True)) == {READER}
    grant = UserRole.objects.select_related("user", "role").get(user__user_id="erin")
    with CaptureQueriesContext(connections["default"]) as asked:
        assert (grant.user, grant.role.code) == (people["erin"], EDITOR)
    assert len(asked) == 0
    assert UserRole.objects.filter(role__code=EDITOR).update(role=Role.objects.get(code=READER)) == 1
    assert UserRole.objects.filter(user__user_id="rob").delete()[0] == 1
    assert Role.objects.get(code=READER).users.get() == people["erin"]


@pytest.mark.django_db(databases=["default", "platform"])
def test_a_join_as_the_platform_role_uses_the_tenants_index(inside_acme: Tenant) -> None:
    """The platform role's policy adds no tenant, and every index starts with it: the join has to bring it along."""
    grants = UserRole.objects.filter(user__user_id="erin").select_related("user")
    with platform_scope(), atomic():
        with connections["platform"].cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = grants.using("platform").explain()
    conditions = [line for line in plan.splitlines() if "Index Cond" in line]
    assert len(conditions) == 2
    assert all("tenant_id" in line for line in conditions), plan
