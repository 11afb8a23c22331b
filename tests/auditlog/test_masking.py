"""Secrets are masked at every depth, whatever they look like and stand under, and nothing else is (G7)."""

import json
import string
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.factors import recovery
from accounts.policy.models import SecurityPolicy
from auditlog.actions import ACCESS_DENIED
from auditlog.masking import MASK, is_secret, masked, masked_forms, masked_text
from auditlog.masking.values import DEEPEST, LONGEST_TEXT, MOST_CHARACTERS
from auditlog.models import AuditEvent
from auditlog.services import Target, record
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import Cast

CANARY = "hunter2"
SECRET_NAMES = """
    password new_password newPassword PASSWORD passWord pass_word password1 user.password
    passwd passphrase passcode pwd db_pass wrong_password password_again passwordHash api-token
    access_token refreshToken csrfmiddlewaretoken tokens token_value client_secret clientsecret
    secret_access_key Authorization Proxy-Authorization Cookie Set-Cookie X-Api-Key apikey
    APIKey private_key idp[private_key] dataKey session_key sessionid credentials totp_seed otp
    one_time_code pin jwt recovery_codes backupCode reset_link password_reset_link keyset パスワード
    新しいパスワード パスワード（確認） ﾊﾟｽﾜｰﾄﾞ ＰＡＳＳＷＯＲＤ 暗証番号 認証コード リカバリーコード 秘密鍵 トークン
""".split()  # noqa: SIM905  # easier to read
INNOCENT_NAMES = """
    token_count count_tokens max_tokens tokenizer password_changed_at password_min_length
    minPasswordLength password_policy has_password passkey passkeys secretary seedling
    seeded_at company_code postal_code code codes link key keyword keyboard key_id public_key
    access_key_id token_type cookie_path compass passed bypass passage session session_id
    author authorized authorized_by factor_required name user_id email pinned opinion spinning
    monkey entity_id sha256 comment
    パスワード変更日時 パスワード有効期限 パスワード文字数 トークン数 会社コード 郵便番号 氏名
""".split()  # noqa: SIM905  # easier to read
BEARER = f"{UUID(int=7).hex}.{'aB3_-' * 9}"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
PEM = f"-----BEGIN RSA PRIVATE KEY-----\nMIIE{CANARY}\n-----END RSA PRIVATE KEY-----"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"


class _Pair(NamedTuple):
    user_id: str
    password: str


# --- Names -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", SECRET_NAMES)
def test_what_stands_under_the_name_of_a_secret_is_masked(name: str) -> None:
    """G7: in every spelling and in Japanese; whatever is there, except nothing, a yes and a no."""
    assert is_secret(name)
    for value in (CANARY, 123456, [CANARY], {"inner": CANARY}, CANARY.encode()):
        assert masked({name: value}) == {name: MASK}
    for nothing in (None, True, False):
        assert masked({name: nothing}) == {name: nothing}


@pytest.mark.parametrize("name", INNOCENT_NAMES)
def test_what_is_only_said_about_a_secret_is_shown(name: str) -> None:
    """G7: a log that masks too much proves nothing."""
    assert not is_secret(name)
    assert masked({name: 12, "in": {name: "text"}}) == {name: 12, "in": {name: "text"}}


def test_every_rule_of_a_policy_is_shown() -> None:
    """G7: who lowered which demand on passwords must be seen."""
    values = SecurityPolicy(tenant_id=uuid4()).values()
    assert values
    assert MASK not in str(masked(values))


@pytest.mark.parametrize(
    "value",
    [
        {"name": "Authorization", "value": CANARY},
        {"key": "password", "old": CANARY, "new": CANARY, "label": "kept"},
        {"項目": "パスワード", "変更前": CANARY, "変更後": CANARY},
        [{"name": "X-Api-Key", "value": CANARY}, {"name": "Accept", "value": "kept"}],
        [("Cookie", CANARY), ("Accept", "kept")],
        [(b"set-cookie", CANARY.encode()), (b"accept", b"kept")],
        ("Proxy-Authorization", CANARY),
        {"headers": [["authorization", CANARY]]},
        _Pair("erin", CANARY),
        {"a": ({"b": [{"c": {"newPassword": CANARY}}]},)},
        {3: {b"token": CANARY}},
    ],
)
def test_pairs_of_name_and_value_are_masked(value: Any) -> None:
    """G7: settings, headers and fields, in every order that is in use."""
    assert CANARY not in json.dumps(masked(value))
    assert MASK in json.dumps(masked(value))


def test_a_list_of_words_is_no_pair() -> None:
    """G7: methods of a log-in, for example."""
    assert masked({"methods": ["password", "totp"]}) == {"methods": ["password", "totp"]}


# --- Looks -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"/invitation/{BEARER}/", f"/invitation/{UUID(int=7).hex}.{MASK}/"),
        (f"a {JWT} b", f"a {MASK} b"),
        (f"key: {PEM}, rest", f"key: {MASK}, rest"),
        (PEM[:50], MASK),
        (CERTIFICATE, CERTIFICATE),
        (f"Bearer {CANARY}-abcdefgh", f"Bearer {MASK}"),
        ("Basic dXNlcjpwYXNz", f"Basic {MASK}"),
        ("postgres://app:hunter2@db/sekisho", f"postgres://app:{MASK}@db/sekisho"),
        (f"/login/?next=/a&token={CANARY}&page=2#x", f"/login/?next=/a&token={MASK}&page=2#x"),
        ("k7m2-9xqp-4tzw-8bnh-5vcr-3jdf", MASK),
        ("会議の議事録 2026-11-22.pdf", "会議の議事録 2026-11-22.pdf"),
        ("bearer instruments, basic knowledge", "bearer instruments, basic knowledge"),
        ("Password: rules.pdf", "Password: rules.pdf"),
        ("1234-5678-9012-3456-7890-1234", "1234-5678-9012-3456-7890-1234"),
        ("12:30:15 a=b", "12:30:15 a=b"),
    ],
)
def test_what_looks_like_a_secret_is_masked_in_names_and_addresses(text: str, shown: str) -> None:
    """G7: under innocent keys and in labels, where the name of a file stays as it is."""
    assert masked_forms(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"next=/x?token={CANARY}", f"next=/x?token={MASK}"),
        (f"password={CANARY} user=erin", f"password={MASK} user=erin"),
        (f"password: correct {CANARY} battery, user: erin", f"password: {MASK}, user: erin"),
        (f"パスワード：{CANARY} です", f"パスワード：{MASK} です"),
        (f'{{"password": "{CANARY}", "x": 1}}', f'{{"password": "{MASK}", "x": 1}}'),
        (rf"{{'a': {{'secret': 'it\'s {CANARY}'}}, 'b': 2}}", f"{{'a': {{'secret': '{MASK}'}}, 'b': 2}}"),
        (rf"body={{\"token\": \"{CANARY}\"}}", rf"body={{\"token\": \"{MASK}\"}}"),
        (f"tokens=['a', '{CANARY}'] kept", f"tokens={MASK} kept"),
        (f"User(password='{CANARY} x', name='b')", f"User(password='{MASK}', name='b')"),
        (f"Cookie: a={CANARY}; b={CANARY}\nkept", f"Cookie: {MASK}\nkept"),
        (f"Authorization: Digest {CANARY}", f"Authorization: {MASK}"),
        (f"otpauth://totp/S?secret={CANARY}&issuer=S", f"otpauth://totp/S?secret={MASK}&issuer=S"),
        (f"DETAIL:  Failing row contains (1, (a).\u3000b, {CANARY}).", f"DETAIL:  Failing row contains ({MASK})."),
        ("token_count=3, password_changed_at: 2026", "token_count=3, password_changed_at: 2026"),
        (f"{'x' * 300}password={CANARY}", f"{'x' * 300}password={MASK}"),
    ],
)
def test_what_a_text_names_as_a_secret_is_masked(text: str, shown: str) -> None:
    """G7: in lines of a log and in values."""
    assert masked_text(text) == shown
    assert masked_text(shown) == shown
    assert masked({"note": [text]}) == {"note": [shown]}


def test_our_own_secrets_are_known_by_their_looks() -> None:
    """G7: a bearer secret, as text and as itself, and a recovery code."""
    secret, code = BearerSecret.new(uuid4()), recovery._new_code()
    shown = json.dumps(masked({"a": str(secret), "b": secret, "c": f"used {code}", str(secret): 1}))
    assert secret.random not in shown
    assert code not in shown
    assert secret.tenant_id.hex in shown


# --- Shapes ------------------------------------------------------------------------------------------------------
@dataclass
class _Login:
    user_id: str
    password: str
    inner: Any = None
    tags: set[str] = field(default_factory=set)


def test_every_shape_becomes_json() -> None:
    """G1, G7: dataclasses by their fields, bytes by their number, the rest by its text."""
    login = _Login("erin", CANARY, _Login("rob", CANARY), {"b", "a"})
    inner: dict[str, Any] = {"user_id": "rob", "password": MASK, "inner": None, "tags": []}
    assert masked(login) == {"user_id": "erin", "password": MASK, "inner": inner, "tags": ["a", "b"]}
    assert masked([b"abc", memoryview(b"ab"), 2**70, Decimal("1.50")]) == [
        "(3 bytes)",
        "(2 bytes)",
        "(71 bits)",
        "1.50",
    ]
    assert masked([float("nan"), float("inf"), 1.5]) == ["nan", "inf", 1.5]
    assert masked("a\0b\ud800") == "a\N{REPLACEMENT CHARACTER}b?"


def test_what_never_ends_is_cut_off() -> None:
    """G7: nobody escapes the record, or fills the log, with a cycle or a value without end."""
    loop: list[Any] = []
    loop += [loop, loop, loop]
    deep: dict[str, Any] = {}
    deep["deep"] = deep
    many: list[Any] = [["abc"] * 10**6, {str(n): n for n in range(10**5)}, "x" * 10**7, [[]] * 10**6]
    for endless in (loop, deep, *many):
        text = json.dumps(masked({"kept": 1, "endless": endless}), ensure_ascii=False)
        assert len(text) < MOST_CHARACTERS * 1.2
        assert "…" in text
        assert '"kept": 1' in text
    assert str(masked(deep)).count("deep") == DEEPEST
    assert masked("x" * 10_000) == "x" * LONGEST_TEXT + "… +6000"


@pytest.mark.parametrize("secret", [BEARER, JWT, PEM, f"password={CANARY * 20}"])
def test_a_cut_never_uncovers_a_secret(secret: str) -> None:
    """G7: wherever the end of what is kept falls within it."""
    for place in (LONGEST_TEXT, LONGEST_TEXT + 2_000):
        for start in range(place - len(secret) - 2, place + 2, 7):
            shown = masked(" " * start + secret + " end" * 500)
            assert CANARY not in shown
            assert BEARER[40:] not in shown
            assert JWT[-20:] not in shown


_texts = st.text(alphabet=string.ascii_letters + " .:=&?-{}[]()'\"\\/%\n", max_size=40)
_shapes = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=9) | _texts,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from(INNOCENT_NAMES), inner, max_size=4)
        | st.tuples(st.text(max_size=8), inner)
        | st.frozensets(st.text(max_size=4), max_size=3)
    ),
    max_leaves=20,
)


@given(shape=_shapes, name=st.sampled_from(SECRET_NAMES), data=st.data())
def test_no_secret_gets_through_in_any_shape(shape: Any, name: str, data: st.DataObject) -> None:
    """G7: a secret under its name, wrapped in whatever may be, next to whatever may be."""
    value: Any = {name: CANARY}
    for _depth in range(data.draw(st.integers(0, 6))):
        wraps = [
            lambda v: [shape, v],
            lambda v: {"a": v, "b": shape},
            lambda v: (v, shape, v),
            lambda v: _Login("u", "p", v),
        ]
        value = data.draw(st.sampled_from(wraps))(value)
    shown = json.dumps(masked(value), allow_nan=False)
    assert CANARY not in shown
    assert MASK in shown


@given(before=_texts, after=_texts, secret=st.sampled_from([BEARER, JWT, PEM]))
def test_no_secret_gets_through_in_any_text(before: str, after: str, secret: str) -> None:
    """G7: whatever stands round it, and however often it is masked."""
    shown = masked_text(f"{before} {secret} {after}")
    for part in (CANARY, BEARER[33:], JWT[20:]):
        assert part not in shown


@given(_shapes)
def test_masking_twice_is_masking_once(shape: Any) -> None:
    """G7: an export of the log, for example, is written through it again."""
    once = masked(shape)
    assert masked(once) == once


# --- In the log --------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_address_of_a_page_in_the_log_has_no_secret(cast: Cast) -> None:
    """G7: refusals name the page, and the address of a page can be a secret."""
    secret = BearerSecret.new(cast.reader.tenant.id)
    with tenant_transaction(cast.reader.tenant.id):
        record(ACCESS_DENIED, actor=cast.reader.actor, target=Target("page", label=f"/invitation/{secret}/"))
        assert AuditEvent.objects.get().target_label == f"/invitation/{secret.tenant_id.hex}.{MASK}/"


@pytest.mark.django_db
def test_whatever_is_recorded_can_be_stored(cast: Cast) -> None:
    """G1: NUL, halves of characters and numbers beyond JSON do not keep an event from the log."""
    with tenant_transaction(cast.reader.tenant.id):
        odd = {"a\0": "b\0\ud800", "c": float("nan"), "d": 10**400, "e": b"\xff"}
        record(ACCESS_DENIED, actor=cast.reader.actor, target=Target("page", label="x"), before=odd, after=odd)
        stored: Any = AuditEvent.objects.get().after
        assert stored["e"] == "(1 bytes)"
