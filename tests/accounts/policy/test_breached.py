"""Passwords that leaked are refused, by the file of an operator (A2; ASVS 6.2.12)."""

import hashlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from accounts.checks import breached_passwords_can_be_read
from accounts.policy.breached import is_breached
from accounts.policy.passwords import check_new_password
from tenants.isolation.transactions import tenant_transaction
from tests.conftest import Cast

LEAKED = [f"leaked password {number}" for number in range(300)]


def _hash(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


@pytest.fixture
def file(tmp_path: Path, settings: Settings) -> Path:
    """Three hundred leaks as the downloader writes them: hash, count of any length, line ends of DOS."""
    path = tmp_path / "pwned.txt"
    lines = (f"{digest}:{10 ** (number % 8)}" for number, digest in enumerate(sorted(map(_hash, LEAKED))))
    path.write_bytes("\r\n".join(lines).encode())
    settings.BREACHED_PASSWORDS = str(path)
    return path


@pytest.mark.parametrize("end", [b"", b"\r\n"])
def test_every_line_is_found_and_nothing_else(file: Path, end: bytes) -> None:
    """ASVS 6.2.12: first, last, and all between; with and without a line end at the end."""
    file.write_bytes(file.read_bytes() + end)
    assert [password for password in LEAKED if not is_breached(password)] == []
    assert [word for word in map(str, range(300)) if is_breached(word)] == []


def test_an_empty_file_knows_nothing(file: Path) -> None:
    """A download that has only begun."""
    file.write_bytes(b"")
    assert not is_breached(LEAKED[0])


@pytest.mark.django_db
def test_a_leaked_password_cannot_be_chosen(file: Path, cast: Cast) -> None:
    """ASVS 6.2.12: however long it is."""
    with tenant_transaction(cast.reader.tenant.id):
        with pytest.raises(ValidationError, match="known from a leak"):
            check_new_password(LEAKED[7], cast.reader.user)
        check_new_password("nobody has leaked this one", cast.reader.user)


def test_without_the_file_the_log_says_so(file: Path, caplog: pytest.LogCaptureFixture, settings: Settings) -> None:
    """ASVS 6.2.12: nobody is kept from a new password by a disk; the check of the deployment finds it before."""
    assert breached_passwords_can_be_read() == []
    file.unlink()
    assert not is_breached(LEAKED[0])
    assert "cannot be read" in caplog.text
    assert [message.id for message in breached_passwords_can_be_read()] == ["accounts.E002"]
    settings.BREACHED_PASSWORDS = ""
    assert breached_passwords_can_be_read() == []
