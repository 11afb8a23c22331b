"""Users and what may happen to them (A8, A9, A10, T10): the services."""

from collections.abc import Callable
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError

from accounts import users
from accounts.menus import ADMINISTRATOR
from accounts.models import User, UserState
from accounts.queries import menus_of
from accounts.roles import create_role, ensure_somebody_manages_users, give_roles
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from tests.accounts.reading import actions_of, changes, newest_event
from tests.concurrency import at_once
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import PASSWORD, Person, built_in_role, make_person

pytestmark = pytest.mark.django_db


def register(tenant: Tenant, person: Person, **fields: object) -> User:
    """Register somebody by the service, with the usual values for what the test does not care about."""
    values = {"user_id": "nina", "name": "Nina", "email": "nina@acme.example", "roles": []} | fields
    with tenant_transaction(tenant.id):
        return users.register_user(**values, actor=person.actor, by_mail=False)  # type: ignore[arg-type]


def test_registering_makes_an_invited_user_without_a_password(cast: Cast) -> None:
    """A8: nobody but the user ever knows a password."""
    user = register(cast.admin.tenant, cast.admin, roles=[built_in_role(cast.admin.tenant, "reader")])
    assert user.state == UserState.INVITED
    assert not user.has_usable_password()
    with tenant_transaction(cast.admin.tenant.id):
        assert menus_of(user) == {"documents"}
    assert actions_of(cast.admin.tenant) == ["accounts.user.registered", "accounts.roles.given"]
    assert newest_event(cast.admin.tenant, "accounts.roles.given").after == {"roles": ["reader"]}


def test_a_user_id_is_normalised_and_taken_once_a_company(cast: Cast) -> None:
    """A8: one account per person, in each company."""
    assert register(cast.admin.tenant, cast.admin, user_id=" Ｎｉｎａ ").user_id == "nina"
    with pytest.raises(ValidationError, match="This user ID is taken"):
        register(cast.admin.tenant, cast.admin, user_id="NINA")
    assert register(cast.outsider.tenant, cast.outsider, user_id="nina").user_id == "nina"


@pytest.mark.parametrize(
    ("field", "value"),
    [("user_id", ""), ("user_id", "a b"), ("user_id", "-a"), ("user_id", "x" * 65), ("name", " "), ("email", "nobody")],
)
def test_bad_input_is_refused_with_its_field(cast: Cast, field: str, value: str) -> None:
    """D6: validated before it is stored."""
    with pytest.raises(ValidationError) as refused:
        register(cast.admin.tenant, cast.admin, **{field: value})
    assert list(refused.value.message_dict) == [field]
    assert actions_of(cast.admin.tenant) == []


def test_changing_a_user_records_only_what_changed(cast: Cast) -> None:
    """G1: before and after; nothing when nothing changed."""
    with tenant_transaction(cast.admin.tenant.id):
        users.change_user(cast.editor.user, name="Erin", email="erin@acme.example", actor=cast.admin.actor)
        users.change_user(cast.editor.user, name="Erin E.", email="erin@acme.example", actor=cast.admin.actor)
    assert actions_of(cast.admin.tenant) == ["accounts.user.changed"]
    assert changes(newest_event(cast.admin.tenant, "accounts.user.changed")) == ({"name": "Erin"}, {"name": "Erin E."})


def test_suspending_touches_nobody_else(cast: Cast) -> None:
    """A8: the others are untouched, and so are the roles."""
    with tenant_transaction(cast.admin.tenant.id):
        before = list(User.objects.exclude(user_id="erin").order_by("user_id").values())
        users.suspend_user(cast.editor.user, actor=cast.admin.actor)
        assert list(User.objects.exclude(user_id="erin").order_by("user_id").values()) == before
        assert User.objects.get(user_id="erin").state == UserState.SUSPENDED
        assert cast.editor.user.roles.count() == 1


def test_nobody_suspends_themselves_or_somebody_twice(cast: Cast) -> None:
    """A8: both would be mistakes."""
    make_person(cast.admin.tenant, "second", ADMINISTRATOR)
    with tenant_transaction(cast.admin.tenant.id):
        with pytest.raises(ValidationError, match="You cannot suspend yourself"):
            users.suspend_user(cast.admin.user, actor=cast.admin.actor)
        users.suspend_user(cast.editor.user, actor=cast.admin.actor)
        with pytest.raises(ValidationError, match="suspended already"):
            users.suspend_user(cast.editor.user, actor=cast.admin.actor)
        with pytest.raises(ValidationError, match="not suspended"):
            users.resume_user(cast.reader.user, actor=cast.admin.actor)


def test_resuming_keeps_the_password(cast: Cast) -> None:
    """A8: the account is as it was."""
    with tenant_transaction(cast.admin.tenant.id):
        users.suspend_user(cast.editor.user, actor=cast.admin.actor)
        users.resume_user(cast.editor.user, actor=cast.admin.actor)
        resumed = User.objects.get(user_id="erin")
    assert resumed.state == UserState.ACTIVE
    assert resumed.check_password(PASSWORD)


def _suspend(cast: Cast) -> None:
    users.suspend_user(User.objects.get(user_id="alice"), actor=cast.editor.actor)


def _take_roles(cast: Cast) -> None:
    give_roles(cast.admin.user, [], actor=cast.admin.actor)


@pytest.mark.parametrize("deed", [_suspend, _take_roles])
def test_somebody_always_can_manage_users(cast: Cast, deed: Callable[[Cast], None]) -> None:
    """A10: a company cannot lock itself out; nothing of the attempt stays."""
    tenant = cast.admin.tenant
    with tenant_transaction(tenant.id):
        User.objects.filter(user_id="alice").update(last_login="2026-11-01T00:00:00Z")
    with pytest.raises(ValidationError, match="At least one active user"), tenant_transaction(tenant.id):
        deed(cast)
    with tenant_transaction(tenant.id):
        admin = User.objects.get(user_id="alice")
        assert admin.state == UserState.ACTIVE
        assert "console.users" in menus_of(admin)
    assert actions_of(tenant) == []
    make_person(tenant, "second", ADMINISTRATOR)
    with tenant_transaction(tenant.id):
        deed(cast)


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_two_administrators_cannot_suspend_each_other_at_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A10: also when both have written before either has looked."""
    tenant, other = cast.admin.tenant, make_person(cast.admin.tenant, "second", ADMINISTRATOR)
    with tenant_transaction(tenant.id):
        User.objects.update(last_login="2026-11-01T00:00:00Z")
    both_have_written, look = Barrier(2), ensure_somebody_manages_users

    def look_together() -> None:
        both_have_written.wait(timeout=20)
        look()

    monkeypatch.setattr(users, "ensure_somebody_manages_users", look_together)

    def suspend(whom: Person, by: Person) -> None:
        with tenant_transaction(tenant.id):
            users.suspend_user(User.objects.get(id=whom.user.id), actor=by.actor)

    outcomes = at_once(lambda: suspend(other, cast.admin), lambda: suspend(cast.admin, other))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "ValidationError"]
    with tenant_transaction(tenant.id):
        active = User.objects.filter(user_id__in=["alice", "second"], state=UserState.ACTIVE)
        assert active.count() == 1


def test_roles_are_given_exactly(cast: Cast) -> None:
    """A9: those and no others; the record names them."""
    tenant = cast.admin.tenant
    with tenant_transaction(tenant.id):
        own = create_role(name="Accounting", menus=["counterparties"], actor=cast.admin.actor)
        give_roles(cast.editor.user, [own, built_in_role(tenant, "reader")], actor=cast.admin.actor)
        assert menus_of(cast.editor.user) == {"counterparties", "documents"}
        give_roles(cast.editor.user, [built_in_role(tenant, "reader"), own], actor=cast.admin.actor)
    assert actions_of(tenant) == ["accounts.role.created", "accounts.roles.given"]
    assert changes(newest_event(tenant, "accounts.roles.given")) == (
        {"roles": ["editor"]},
        {"roles": ["Accounting", "reader"]},
    )


def test_a_profile_takes_known_languages_and_zones_only(cast: Cast) -> None:
    """T10, D6: whatever comes in by whichever way."""
    with tenant_transaction(cast.admin.tenant.id):
        users.change_profile(cast.editor.user, name="Erin", language="ja", time_zone="Europe/Berlin")
        for wrong in ({"language": "xx"}, {"time_zone": "Mars/Olympus"}, {"time_zone": "../etc/passwd"}, {"name": ""}):
            values = {"name": "Erin", "language": "ja", "time_zone": "Europe/Berlin"} | wrong
            with pytest.raises(ValidationError) as refused:
                users.change_profile(User.objects.get(user_id="erin"), **values)
            assert list(refused.value.message_dict) == list(wrong)
    assert changes(newest_event(cast.admin.tenant, "accounts.profile.changed")) == (
        {"language": "en", "time_zone": "Asia/Tokyo"},
        {"language": "ja", "time_zone": "Europe/Berlin"},
    )


def test_a_new_password_needs_the_current_one(cast: Cast) -> None:
    """ASVS 6.2.2, 6.2.3: an open browser is not enough."""
    with tenant_transaction(cast.admin.tenant.id):
        for current, new, field in (
            ("wrong", "a quite different sentence", "current"),
            (PASSWORD, "short", "password"),
            (PASSWORD, "alice@acme.example", "password"),
        ):
            with pytest.raises(ValidationError) as refused:
                users.change_password(cast.admin.user, current=current, password=new, keep=None)
            assert list(refused.value.message_dict) == [field]
        users.change_password(cast.admin.user, current=PASSWORD, password="a quite different sentence", keep=None)
        assert User.objects.get(user_id="alice").check_password("a quite different sentence")
    assert actions_of(cast.admin.tenant) == ["accounts.identity.refused", "accounts.password.changed"]


@pytest.mark.parametrize("password", ["ただしいうまのでんち ほちきす", "🐎" * 15, "abcdefghijklm nopqrst" * 6])
def test_long_lower_case_and_unicode_passwords_are_welcome(cast: Cast, password: str) -> None:
    """ASVS 6.2.5, 6.2.9: no composition rules, kanji and emoji, 126 characters."""
    with tenant_transaction(cast.admin.tenant.id):
        users.change_password(cast.admin.user, current=PASSWORD, password=password, keep=None)
        assert User.objects.get(user_id="alice").check_password(password)
