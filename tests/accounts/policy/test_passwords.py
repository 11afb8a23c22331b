"""What a new password has to be (A2, A3; ASVS 6.2)."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts import users
from accounts.models import User, normalize_user_id
from accounts.policy.models import PasswordHistory, SecurityPolicy
from accounts.policy.passwords import check_new_password, kinds_of_characters
from accounts.policy.services import change_policy
from tenants.isolation.directory import normalize_code
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.conftest import HashCount
from tests.conftest import Cast
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db

GOOD = "a quite different sentence"


def complaints(cast: Cast, password: str, **values: int) -> list[str]:
    """What speaks against the password under a policy with these values."""
    with tenant_transaction(cast.admin.tenant.id):
        if values:
            change_policy(values, actor=cast.admin.actor)
        try:
            check_new_password(password, cast.admin.user)
        except ValidationError as refusal:
            return refusal.message_dict["password"]
    return []


@pytest.mark.parametrize(
    "password",
    [
        "lowercaseonlyisfine",
        "ただしいうまのでんちとほちきす",
        "正しい馬の電池とホチキスを買う",
        "🐎" * 15,
        "  blanks   count  ",
        "x9" * 64,
    ],
)
def test_length_is_enough(cast: Cast, password: str) -> None:
    """ASVS 6.2.5, 6.2.9: no forced kinds; kana, kanji, emoji and blanks are characters; 128 of them are accepted."""
    assert complaints(cast, password) == []


def test_fourteen_are_too_few_and_129_too_many(cast: Cast) -> None:
    """ASVS 6.2.1, 6.2.9: the default is 15; what is too long is refused before anything else looks at it."""
    assert complaints(cast, "abcdefghijqxyz") == ["This password is shorter than 15 characters."]
    assert complaints(cast, "x9" * 64 + "x") == ["This password is longer than 128 characters."]


def test_seven_are_too_few_at_any_setting(cast: Cast) -> None:
    """ASVS 6.2.1: 8 is the floor."""
    with pytest.raises(ValidationError):
        complaints(cast, GOOD, min_length=7)
    assert complaints(cast, "zk7wq5t", min_length=8) == ["This password is shorter than 8 characters."]


def test_every_common_password_is_refused(cast: Cast) -> None:
    """ASVS 6.2.4: each of the shipped list that fits the policy, capital letters or not."""
    shipped = Path(password_validation.__file__).parent / "common-passwords.txt.gz"
    listed = gzip.decompress(shipped.read_bytes()).decode().split("\n")
    fitting = [word for word in listed if len(word) >= 8]
    assert len(fitting) > 3000
    with tenant_transaction(cast.admin.tenant.id):
        change_policy({"min_length": 8}, actor=cast.admin.actor)
    for word in fitting[:: len(fitting) // 60]:
        assert "This password is one of the most common ones." in complaints(cast, word.upper()), word
    from accounts.policy.passwords import _common

    assert set(fitting) <= _common()


@pytest.mark.parametrize(
    "password",
    [
        "my alice in the mirror",  # user ID
        "my ＡＬＩＣＥ in the mirror",
        "acme makes anvils",  # company code
        "insider trading is bad",  # a word of the company's name
        "sekisho opens the gate",  # product
        "a l i c e and the rabbit",
        "the-tanaka-family",  # name
        "mailbox.of.ally99",  # local part of the address
        "田中さんのながいパスワード",
    ],
)
def test_words_about_the_person_are_refused(cast: Cast, password: str) -> None:
    """ASVS 6.1.2, 6.2.11: company, product, user ID, name, e-mail address."""
    user = cast.admin.user
    user.name, user.email = "Tanaka Keiko 田中", "ally99@acme.example"
    assert any("easily guessed" in text for text in complaints(cast, password)), complaints(cast, password)


def test_a_password_like_the_user_id_is_refused(cast: Cast) -> None:
    """ASVS 6.2.11: also backwards, and with letters changed."""
    cast.admin.user.user_id = "konishi.makoto"
    for password in ("otokam.ihsinok", "konish1.mak0to"):
        assert complaints(cast, password, min_length=12) == ["This password is too similar to your user ID."]


@pytest.mark.parametrize(
    ("password", "kinds"),
    [("abc", 1), ("aB", 2), ("aB1", 3), ("aB1!", 4), ("かな", 1), ("かな漢字カナ", 1), ("かなa1 ", 4), ("Ａａ１！", 4)],
)
def test_kinds_of_characters(password: str, kinds: int) -> None:
    """A3: capital, small, digit, symbol; letters without case count as a kind of their own."""
    assert kinds_of_characters(password) == kinds


def test_the_checklist_forces_four_kinds_and_lets_kana_in(cast: Cast) -> None:
    """A3: a class rule does not make a Japanese passphrase impossible."""
    assert complaints(cast, "tVh7%qpz", min_length=8, required_classes=4) == []
    assert complaints(cast, "tvh7%qpz") == [
        "Use at least 4 of these: capital letters, small letters, digits, symbols, kana or kanji."
    ]
    assert complaints(cast, "うまとでんちa1!") == []


def test_every_complaint_comes_at_once(cast: Cast) -> None:
    """D6: nobody has to guess the next rule."""
    found = complaints(cast, "alice123", required_classes=4)
    assert len(found) == 4  # short, one kind missing, common, the user ID


def test_history_is_looked_at_last_and_only_for_good_passwords(cast: Cast, hashes: HashCount) -> None:
    """Research 1: one hash a generation is dear."""
    with hashes:
        assert complaints(cast, "short", history_generations=12)
    assert hashes.number == 0
    with hashes:
        assert complaints(cast, PASSWORD) == ["This password was used before. Choose another one."]
    assert hashes.number == 1


def changed(cast: Cast, *passwords: str) -> list[bool]:
    """Which of these the user could change to, one after the other."""
    current, outcome = PASSWORD, []
    for number, password in enumerate(passwords):
        moment = datetime.now(UTC) + timedelta(hours=number)
        with time_machine.travel(moment), tenant_transaction(cast.admin.tenant.id):
            user = User.objects.get(id=cast.admin.user.id)
            try:
                users.change_password(user, current=current, password=password, keep=None)
            except ValidationError:
                outcome.append(False)
            else:
                current = password
                outcome.append(True)
    return outcome


def test_three_generations(cast: Cast) -> None:
    """A3: the current password and the two before it may not come back; the one before those may."""
    with tenant_transaction(cast.admin.tenant.id):
        change_policy({"history_generations": 3}, actor=cast.admin.actor)
    names = [f"sentence number {n} of many" for n in range(3)]
    assert changed(cast, names[0], PASSWORD, names[1], PASSWORD, names[2], PASSWORD) == [
        True, False, True, False, True, True,
    ]  # fmt: skip
    with tenant_transaction(cast.admin.tenant.id):
        assert PasswordHistory.objects.filter(user=cast.admin.user).count() == 2


def test_history_is_pruned_when_lowered(cast: Cast) -> None:
    """Research 1: what is not needed is not kept; of nobody else either."""
    with tenant_transaction(cast.admin.tenant.id):
        change_policy({"history_generations": 12}, actor=cast.admin.actor)
    changed(cast, *(f"sentence number {n} of many" for n in range(5)))
    with tenant_transaction(cast.admin.tenant.id):
        assert PasswordHistory.objects.count() == 5
        newest = PasswordHistory.objects.order_by("-ended_at")[0]
        change_policy({"history_generations": 2}, actor=cast.admin.actor)
        assert list(PasswordHistory.objects.all()) == [newest]
        change_policy({"history_generations": 0}, actor=cast.admin.actor)
        assert not PasswordHistory.objects.exists()


def test_the_current_password_is_no_new_one_at_any_setting(cast: Cast) -> None:
    """A2: a forced change changes something."""
    assert changed(cast, PASSWORD) == [False]


def test_a_password_over_72_bytes_is_verified_to_its_end(cast: Cast) -> None:
    """ASVS 6.2.8: nothing is cut."""
    long = "長い文章のパスワード" * 10
    assert changed(cast, long) == [True]
    with tenant_transaction(cast.admin.tenant.id):
        user = User.objects.get(id=cast.admin.user.id)
        assert user.check_password(long)
        assert not user.check_password(long[:-1])
        assert not user.check_password(long[:-1] + "ト")


@given(st.text(max_size=80))
def test_normalising_an_id_twice_changes_nothing(text: str) -> None:
    """Research 4.4: whatever is typed has one spelling when it is counted, for any Unicode text."""
    assert normalize_user_id(normalize_user_id(text)) == normalize_user_id(text)
    assert normalize_code(normalize_code(text)) == normalize_code(text)


@given(st.text(alphabet="abcxyz0189._@+-", min_size=1, max_size=30))
def test_full_width_and_capital_spellings_are_one_id(text: str) -> None:
    """Research 4.4: full-width input gets no fresh attempts."""
    wide = "".join(chr(ord(char) + 0xFEE0) for char in text)
    assert {normalize_user_id(spelling) for spelling in (text, wide, text.upper(), f" {wide} ")} == {text}


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(password=st.text(max_size=140))
def test_any_text_gets_an_answer(cast: Cast, password: str) -> None:
    """D6: no password is an error, and what is refused is refused with words."""
    found = complaints(cast, password)
    assert all(found)
    assert found or 12 <= len(password) <= 128


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"min_length": 7}, "min_length"),
        ({"min_length": 65}, "min_length"),
        ({"required_classes": 5}, "required_classes"),
        ({"history_generations": 13}, "history_generations"),
        ({"expiry_days": 29}, "expiry_days"),
        ({"expiry_days": 731}, "expiry_days"),
        ({"failures_allowed": 2}, "failures_allowed"),
        ({"failures_allowed": 21}, "failures_allowed"),
        ({"lock_minutes": 0}, "lock_minutes"),
        ({"idle_minutes": 4}, "idle_minutes"),
        ({"absolute_hours": 37}, "absolute_hours"),
        ({"idle_minutes": 121, "absolute_hours": 2}, "idle_minutes"),
    ],
)
def test_the_bounds_hold(cast: Cast, values: dict[str, Any], field: str) -> None:
    """A3, A11: no company can choose what would not protect it."""
    with tenant_transaction(cast.admin.tenant.id):
        with pytest.raises(ValidationError) as refusal:
            change_policy(values, actor=cast.admin.actor)
        assert list(refusal.value.message_dict) == [field]
        assert not SecurityPolicy.objects.exists()
