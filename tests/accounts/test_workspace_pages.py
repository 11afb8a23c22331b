"""What everybody has: start page, profile, password, activity, language (G2, T10, A13)."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.html import escape

from accounts.models import User
from accounts.users import suspend_user
from accounts.zones import TIME_ZONES
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import actions_of, newest_event, stranger
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import PASSWORD, make_person

pytestmark = pytest.mark.django_db

LOGIN = {"company_code": "ACME", "user_id": "erin", "password": PASSWORD}
NEW = "a quite different sentence"
PROFILE = {"name": "Erin", "language": "en", "time_zone": "Asia/Tokyo"}


@pytest.mark.django_db(databases=EVERY_ROLE)
def test_the_start_page_shows_what_the_roles_allow(cast: Cast) -> None:
    """A9: with a way into each menu, and nothing of the others."""
    page = cast.editor.client().get("/").content.decode()
    for expected in ("Welcome, Erin", "/documents/counterparties/", "Upload, rename and delete files and folders"):
        assert expected in page
    assert "/console/" not in page
    assert "/operator/" not in page
    admin = cast.admin.client().get("/").content.decode()
    assert "/console/audit/" in admin
    assert "/operator/" not in admin
    assert "/operator/tenants/" in cast.operator.client().get("/").content.decode()


def test_somebody_without_a_role_is_told_what_to_do(cast: Cast) -> None:
    """DESIGN 12: an empty state says what to do next."""
    person = make_person(cast.admin.tenant, "nobody")
    assert "You have no role yet" in person.client().get("/").content.decode()


def test_the_log_in_before_this_one_is_shown(cast: Cast) -> None:
    """G2: whoever sees a log-in that was not theirs can act."""
    first = stranger()
    first.post("/login/", LOGIN, headers={"x-real": "1"}, REMOTE_ADDR="192.0.2.7")
    assert "This is your first log-in in the last 90 days." in first.get("/").content.decode()
    second = stranger()
    second.post("/login/", LOGIN, REMOTE_ADDR="192.0.2.8")
    page = second.get("/").content.decode()
    assert "Your log-in before this one was on" in page
    assert "192.0.2.7" in page


def test_ones_own_activity_is_ones_own(cast: Cast) -> None:
    """G2: what one did and what was done to the account; also failed attempts of strangers, nothing of others."""
    stranger().post("/login/", LOGIN | {"password": "wrong"}, REMOTE_ADDR="192.0.2.66")
    stranger().post("/login/", LOGIN | {"user_id": "rob"})
    client = stranger()
    client.post("/login/", LOGIN)
    page = client.get("/activity/").content.decode()
    assert "192.0.2.66" in page
    assert page.split("<tbody", 1)[1].count("Failed to log in") == 1
    assert not re.search(r"\brob\b", page)
    with tenant_transaction(cast.admin.tenant.id):
        suspend_user(cast.reader.user, actor=cast.editor.actor)
    page = client.get("/activity/", {"action": "accounts.user.suspended"}).content.decode()
    assert "Rob (rob)" in page
    assert "Nothing was recorded" in client.get("/activity/", {"outcome": "denied"}).content.decode()


def test_activity_cannot_be_widened_by_the_address(cast: Cast) -> None:
    """G2: filters that are not offered are not listened to."""
    cast.reader.client().post("/logout/")
    page = cast.editor.client().get("/activity/", {"user": "rob", "q": "rob"}).content.decode()
    assert "Rob" not in page


def test_the_profile_is_saved_and_used(cast: Cast) -> None:
    """T10: the next page speaks the language and shows the zone."""
    client = cast.editor.client()
    response = client.post("/profile/", PROFILE | {"name": "Erin E.", "language": "ja", "time_zone": "Europe/Berlin"})
    assert response["Location"] == "/profile/"
    page = client.get("/activity/")
    assert page["Content-Language"] == "ja"
    assert "CET" in page.content.decode()
    assert newest_event(cast.admin.tenant, "accounts.profile.changed").after == {
        "name": "Erin E.",
        "language": "ja",
        "time_zone": "Europe/Berlin",
    }


@pytest.mark.parametrize("wrong", [{"name": ""}, {"language": "xx"}, {"time_zone": "Mars/Olympus"}])
def test_a_bad_profile_gets_a_message(cast: Cast, wrong: dict[str, str]) -> None:
    """D6: and nothing changes."""
    page = cast.editor.client().post("/profile/", PROFILE | wrong).content.decode()
    assert "Please check what you entered." in page
    assert actions_of(cast.admin.tenant) == []


def test_the_requirements_of_a_password_are_shown(cast: Cast) -> None:
    """ASVS 6.2: one knows before one types."""
    requirements = [str(text) for text in password_validators_help_texts()]
    page = cast.editor.client().get("/profile/").content.decode()
    assert len(requirements) == len(settings.AUTH_PASSWORD_VALIDATORS)
    for requirement in requirements:
        assert escape(requirement) in page
    assert page.count('autocomplete="new-password"') == 2


def test_a_new_password_is_set_and_other_devices_are_logged_out(cast: Cast) -> None:
    """A2, ASVS 7.4.3: here one stays."""
    here, elsewhere = cast.editor.client(), cast.editor.client()
    typed = {"current": PASSWORD, "password": NEW, "repeated": NEW}
    assert here.post("/profile/password/", typed)["Location"] == "/profile/"
    assert (here.get("/").status_code, elsewhere.get("/").status_code) == (200, 302)
    assert stranger().post("/login/", LOGIN).status_code == 200
    assert stranger().post("/login/", LOGIN | {"password": NEW}).status_code == 302
    event = newest_event(cast.admin.tenant, "accounts.password.changed")
    assert NEW not in str(vars(event))


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"current": "wrong"}, "This is not your current password."),
        ({"password": "short", "repeated": "short"}, "This password is shorter than 15 characters."),
        ({"repeated": "something else"}, "The two passwords are not the same."),
        ({"current": ""}, "This field is required."),
    ],
)
def test_a_bad_password_change_gets_a_message(cast: Cast, wrong: dict[str, str], complaint: str) -> None:
    """D6: the old password stays, other sessions too."""
    client, other = cast.editor.client(), cast.editor.client()
    page = client.post("/profile/password/", {"current": PASSWORD, "password": NEW, "repeated": NEW} | wrong)
    assert complaint in page.content.decode()
    assert other.get("/").status_code == 200
    with tenant_transaction(cast.admin.tenant.id):
        assert User.objects.get(user_id="erin").check_password(PASSWORD)


def test_a_member_switches_the_language_for_good(cast: Cast) -> None:
    """DESIGN 12: the account remembers it, on every device."""
    client = cast.editor.client()
    response = client.post("/language/", {"language": "ja", "next": "/profile/?x=1"})
    assert response["Location"] == "/profile/?x=1"
    assert cast.editor.client().get("/profile/")["Content-Language"] == "ja"
    assert actions_of(cast.admin.tenant) == ["accounts.profile.changed"]


def test_a_stranger_switches_the_language_by_a_cookie(db: None) -> None:
    """DESIGN 12: before anybody has logged in."""
    client = stranger()
    assert client.get("/login/")["Content-Language"] == "en"
    cookie = client.post("/language/", {"language": "ja", "next": "/login/"}).cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert client.get("/login/")["Content-Language"] == "ja"


@pytest.mark.parametrize("typed", [{"language": "xx"}, {}, {"language": "en", "next": "https://evil.example/"}])
def test_a_strange_language_or_address_changes_nothing(cast: Cast, typed: dict[str, str]) -> None:
    """ASVS: no open redirect."""
    assert cast.editor.client().post("/language/", typed)["Location"] == "/"
    assert actions_of(cast.admin.tenant) == []


def test_only_places_are_offered_as_time_zones() -> None:
    """T10: no zone that is a rule, an old name or nothing at all."""
    assert {"Asia/Tokyo", "Europe/Paris", "America/Argentina/Salta", "UTC"} <= set(TIME_ZONES)
    assert [zone for zone in TIME_ZONES if "/" not in zone] == ["UTC"]
    assert {"Factory", "PST8PDT", "Etc/GMT+9", "US/Pacific", "Japan"} & set(TIME_ZONES) == set()
