"""docs/authentication.md says the numbers that hold (ASVS 6.1.1)."""

import re
from typing import Any

from django.conf import settings

from accounts.factors.kinds import kinds
from accounts.hashing import HashingBusy
from accounts.passkeys import challenges, keeping
from accounts.policy.models import DEFAULTS, SecurityPolicy
from accounts.policy.passwords import MAX_LENGTH
from accounts.resets import _LONGEST_WAIT_MINUTES
from auditlog.actions import Kind
from config import settings as product


def _bounds(name: str) -> tuple[int, int]:
    field: Any = SecurityPolicy._meta.get_field(name)
    low, high = (validator.limit_value for validator in field.validators[:2])
    return low, high


def test_ways_in_are_listed() -> None:
    """ASVS 6.1.3, 6.3.4, 6.3.6: who opens a session, by what, is in the text; another way would be found here."""
    opening = {
        path.relative_to(settings.BASE_DIR).as_posix()
        for path in (settings.BASE_DIR / "accounts").rglob("*.py")
        if re.search(r"(?<!def )\b(admit|start_session)\(", path.read_text())
    }
    assert opening == {"accounts/login.py", "accounts/sso/entering.py", "accounts/passkeys/entering.py"}
    text = (settings.BASE_DIR / "docs" / "authentication.md").read_text()
    assert {kind.code for kind in kinds()} == set(re.findall(r"\(`([a-z]+)`\)", text))


def test_sessions_are_explained() -> None:
    """ASVS 7.1.1, 7.1.2, 7.1.3: how long they last, how many there may be, what single sign-on adds."""
    text = " ".join((settings.BASE_DIR / "docs" / "authentication.md").read_text().split())
    idle, absolute = _bounds("idle_minutes"), _bounds("absolute_hours")
    for sentence in (
        f"{idle[0]} minutes to {idle[1] // 60} hours, {absolute[0]} to {absolute[1]} hours",
        "no limit to the number of sessions",
        f"more than {product.SSO_AUTHENTICATION_HOURS} hours ago",
    ):
        assert sentence in text, sentence


def test_logs_are_listed() -> None:
    """ASVS 16.1.1: every kind of event is in the operating guide, with the logs beside the audit log."""
    text = (settings.BASE_DIR / "docs" / "operating.md").read_text()
    assert [kind.value for kind in Kind if f"`{kind.value}`" not in text] == []


def test_every_number_is_that_of_the_settings() -> None:
    """ASVS 6.1.1: limits, delays, lifetimes; the suite itself runs with cheaper hashes, so those are read as text."""
    text = " ".join((settings.BASE_DIR / "docs" / "authentication.md").read_text().split())
    source = (settings.BASE_DIR / "config" / "settings.py").read_text()

    def default(name: str) -> int:
        found = re.search(rf'env\.int\("{name}", default=(\d+)\)', source)
        assert found is not None
        return int(found[1])

    failures, longest = _bounds("failures_allowed"), _bounds("lock_minutes")
    for sentence in (
        f"| {default('LOGIN_ADDRESS_FAILURES')} in {settings.LOGIN_ADDRESS_SECONDS // 60} minutes |",
        f"| {default('LOGIN_COMPANY_FAILURES')} in {settings.LOGIN_COMPANY_SECONDS // 60} minutes |",
        f"{DEFAULTS['failures_allowed']} in a row (policy: {failures[0]} to {failures[1]})",
        f"at most {DEFAULTS['lock_minutes']} (policy: {longest[0]} to {longest[1]})",
        f"| {settings.LOGIN_TOTAL_FACTOR} times as many as above |",
        f"After {settings.LOGIN_COUNTERS_HOURS} hours without an attempt",
        f"after {DEFAULTS['lock_minutes']} minutes by default",
        f"signed cookie ({settings.DEVICE_DAYS} days",
        f"{default('ARGON2_MEMORY_KIB') // 1024} MiB, {default('ARGON2_TIME_COST')} passes",
        f"passes, {default('ARGON2_PARALLELISM')} lane",
        f"{default('HASHING_QUEUE')} more requests in a process",
        f"`Retry-After: {HashingBusy.retry_after}`",
        f"At most {product.RESET_REQUESTS} mails in a row for one user",
        f"then delays up to {_LONGEST_WAIT_MINUTES} minutes",
        f"works once, for {product.RESET_MINUTES} minutes",
        f"may have {keeping.LIMIT}.",
        f"works once, for {challenges.MINUTES} minutes, in the browser",
        f"{_bounds('min_length')[0]} characters at least and {MAX_LENGTH} at most",
    ):
        assert sentence in text, sentence
