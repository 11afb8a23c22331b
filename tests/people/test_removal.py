"""Removing users (A8, A10): what goes, what stays, who cannot go."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from accounts import users
from accounts.links import issue_invitation
from accounts.menus import ADMINISTRATOR, EDITOR
from accounts.models import OneTimeLink, Session, User, UserRole, UserState
from accounts.people.former import former_among
from accounts.people.models import FORMER_DAYS, FormerUserId
from accounts.people.removal import remove_user
from accounts.policy.models import PasswordHistory
from accounts.roles import change_role, create_role, give_roles, remove_role
from accounts.sso.models import Connection, ExternalIdentity
from auditlog.models import AuditEvent
from documents.contents import store_file
from documents.models import DocumentVersion
from documents.names import clean_place
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import actions_of, newest_event
from tests.concurrency import at_once
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import Person, make_person
from tests.factories.rows import TENANT_MODELS, make_row
from tests.people.conftest import everything_of

pytestmark = pytest.mark.django_db


def remove(person: Person, by: Person) -> None:
    """Remove somebody by the service."""
    with tenant_transaction(by.tenant.id):
        remove_user(User.objects.get(id=person.user.id), actor=by.actor)


def test_the_account_and_all_that_hangs_on_it_goes(cast: Cast) -> None:
    """A8: sessions, links, roles, identities, former passwords; the cookie is worth nothing."""
    client, person = cast.editor.client(), cast.editor.user
    with tenant_transaction(cast.admin.tenant.id):
        issue_invitation(person, actor=cast.admin.actor)
        make_row(PasswordHistory, user_id=person.id)
        make_row(ExternalIdentity, user_id=person.id)
    remove(cast.editor, cast.admin)
    assert client.get("/").status_code == 302
    with tenant_transaction(cast.admin.tenant.id):
        assert not User.objects.filter(id=person.id).exists()
        for model in (Session, OneTimeLink, UserRole, PasswordHistory, ExternalIdentity):
            assert not model.objects.filter(user_id=person.id).exists(), model


def test_every_table_says_what_happens_to_it(cast: Cast) -> None:
    """A8: a reference to a user is deleted or emptied with them; no table may stand in the way, later ones included."""
    seed = "hanging"
    with tenant_transaction(cast.admin.tenant.id):
        for model in TENANT_MODELS:
            fields = {
                field.attname: cast.editor.user.id
                for field in model._meta.local_concrete_fields
                if isinstance(field, models.ForeignKey) and field.related_model is User
            }
            if fields and not model.objects.filter(**fields).exists():
                make_row(model, seed, **{name.removesuffix("_id"): cast.editor.user for name in fields})
    remove(cast.editor, cast.admin)
    with tenant_transaction(cast.admin.tenant.id):
        for model in TENANT_MODELS:
            for field in model._meta.local_concrete_fields:
                if isinstance(field, models.ForeignKey) and field.related_model is User:
                    assert not model.objects.filter(**{field.attname: cast.editor.user.id}).exists(), field


def test_documents_and_the_log_keep_the_name(cast: Cast) -> None:
    """A8, G1: what they did stays theirs; address and password do not."""
    with tenant_transaction(cast.admin.tenant.id):
        store_file([b"content"], place=clean_place("contract.txt"), actor=cast.editor.actor)
        User.objects.filter(id=cast.editor.user.id).update(email="private@home.example")
    remove(cast.editor, cast.admin)
    with tenant_transaction(cast.admin.tenant.id):
        version = DocumentVersion.objects.get()
        assert (version.uploaded_by_id, version.uploaded_by_name) == (None, "Erin")
        uploaded = AuditEvent.objects.get(action="documents.file.uploaded")
        assert (uploaded.actor_user_id, uploaded.actor_name) == ("erin", "Erin")
    event = newest_event(cast.admin.tenant, "accounts.user.removed")
    assert (event.actor_user_id, event.target_label) == ("alice", "Erin (erin)")
    assert event.before == {"user_id": "erin", "state": "active", "roles": ["editor"]}
    assert "private@home.example" not in str(everything_of(cast.admin.tenant))


def test_nobody_else_is_touched(cast: Cast) -> None:
    """T1, A8: neither the other company nor the colleagues, compared in full."""
    make_person(cast.outsider.tenant, "erin", EDITOR)
    other = everything_of(cast.outsider.tenant)
    with tenant_transaction(cast.admin.tenant.id):
        before = list(User.objects.exclude(user_id="erin").order_by("id").values())
    remove(cast.editor, cast.admin)
    assert everything_of(cast.outsider.tenant) == other
    with tenant_transaction(cast.admin.tenant.id):
        assert list(User.objects.order_by("id").values()) == before


@pytest.mark.django_db(databases=EVERY_ROLE)  # removal asks for legal holds
def test_a_user_id_rests_as_long_as_the_log_speaks_of_it(cast: Cast) -> None:
    """A8: nobody is taken for somebody else, and single sign-on brings nobody back; only a hash is kept."""
    remove(cast.editor, cast.admin)
    new = {"user_id": "ＥＲＩＮ", "name": "Erin Other", "email": "eo@acme.example", "roles": [], "by_mail": False}
    with tenant_transaction(cast.admin.tenant.id), pytest.raises(ValidationError, match="belonged to a removed user"):
        users.register_user(**new, actor=cast.admin.actor)  # type: ignore[arg-type]
    with tenant_transaction(cast.admin.tenant.id):
        assert "erin" not in str(list(FormerUserId.objects.values()))
    later = timezone.now() + timedelta(days=FORMER_DAYS, hours=1)
    with time_machine.travel(later), tenant_transaction(cast.admin.tenant.id):
        assert former_among(["erin"]) == set()
    with tenant_transaction(cast.outsider.tenant.id):
        users.register_user(**new, actor=cast.outsider.actor)  # type: ignore[arg-type]


def test_nobody_removes_themselves(cast: Cast) -> None:
    """A10: not even with another administrator there."""
    make_person(cast.admin.tenant, "second", ADMINISTRATOR)
    with pytest.raises(ValidationError, match="cannot remove yourself"):
        remove(cast.admin, cast.admin)
    assert actions_of(cast.admin.tenant) == []


def test_whoever_keeps_the_way_back_in_stays(cast: Cast) -> None:
    """A6: neither removed nor suspended while single sign-on is required."""
    make_person(cast.admin.tenant, "second", ADMINISTRATOR)
    with tenant_transaction(cast.admin.tenant.id):
        make_row(Connection, enforced=True, break_glass=cast.admin.user)
    with pytest.raises(ValidationError, match="keeps the way back"):
        remove(cast.admin, cast.editor)
    with tenant_transaction(cast.admin.tenant.id), pytest.raises(ValidationError, match="keeps the way back"):
        users.suspend_user(User.objects.get(user_id="alice"), actor=cast.editor.actor)


def _remove(cast: Cast) -> None:
    remove_user(User.objects.get(user_id="alice"), actor=cast.editor.actor)


def _suspend(cast: Cast) -> None:
    users.suspend_user(User.objects.get(user_id="alice"), actor=cast.editor.actor)


def _take_roles(cast: Cast) -> None:
    give_roles(User.objects.get(user_id="alice"), [], actor=cast.editor.actor)


def _empty_own_role(cast: Cast) -> None:
    role = create_role(name="Keys", menus=["console.users"], actor=cast.editor.actor)
    give_roles(User.objects.get(user_id="alice"), [role], actor=cast.editor.actor)
    change_role(role, menus=["documents"], actor=cast.editor.actor)


def _remove_own_role(cast: Cast) -> None:
    role = create_role(name="Keys", menus=["console.users"], actor=cast.editor.actor)
    give_roles(User.objects.get(user_id="alice"), [role], actor=cast.editor.actor)
    remove_role(role, actor=cast.editor.actor)


@pytest.mark.parametrize("deed", [_remove, _suspend, _take_roles, _empty_own_role, _remove_own_role])
def test_the_last_administrator_stays_on_every_path(cast: Cast, deed: Callable[[Cast], None]) -> None:
    """A10: nothing of the attempt is left; with a second one it is allowed."""
    tenant = cast.admin.tenant
    with tenant_transaction(tenant.id):
        User.objects.update(last_login="2026-11-01T00:00:00Z")
    make_person(tenant, "gone", ADMINISTRATOR, state=UserState.SUSPENDED)
    make_person(tenant, "new", ADMINISTRATOR, state=UserState.INVITED)
    before = everything_of(tenant)
    with pytest.raises(ValidationError, match="At least one active user"), tenant_transaction(tenant.id):
        deed(cast)
    assert everything_of(tenant) == before
    make_person(tenant, "second", ADMINISTRATOR)
    with tenant_transaction(tenant.id):
        deed(cast)


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_two_administrators_cannot_remove_each_other_at_once(cast: Cast) -> None:
    """A10: one of them stays, also when nobody else ever logged in."""
    tenant = cast.admin.tenant
    first, second = cast.admin, make_person(tenant, "second", ADMINISTRATOR)
    with tenant_transaction(tenant.id):
        User.objects.filter(user_id__in=["alice", "second"]).update(last_login="2026-11-01T00:00:00Z")
    outcomes = at_once(lambda: remove(first, second), lambda: remove(second, first))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "ValidationError"]
    with tenant_transaction(tenant.id):
        assert User.objects.filter(user_id__in=["alice", "second"]).count() == 1


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_removing_one_and_suspending_the_other_at_once(cast: Cast) -> None:
    """A10: by different paths as well."""
    tenant = cast.admin.tenant
    first, second = cast.admin, make_person(tenant, "second", ADMINISTRATOR)
    with tenant_transaction(tenant.id):
        User.objects.filter(user_id__in=["alice", "second"]).update(last_login="2026-11-01T00:00:00Z")

    def suspend() -> None:
        with tenant_transaction(tenant.id):
            users.suspend_user(User.objects.get(user_id="second"), actor=first.actor)

    outcomes = at_once(lambda: remove(first, second), suspend)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "ValidationError"]
    with tenant_transaction(tenant.id):
        left = User.objects.filter(user_id__in=["alice", "second"], state=UserState.ACTIVE)
        assert left.count() == 1
