"""docs/operating: what is kept for recovery to a point in time reaches back 7 days at most, and works (B6, R1)."""

import configparser
import os
import re
import subprocess

import pytest
from django.conf import settings

_FOLDER = settings.BASE_DIR / "docs" / "operating"
_SCRIPT = _FOLDER / "prove-pgbackrest.sh"
_LONGEST_REACH_DAYS = 7
# One run a day, and one that failed.
_DAYS_BETWEEN = 1
_DAYS_UNNOTICED = 1


def test_backups_expire_in_time() -> None:
    """R1: by time and not by count; pgBackRest keeps the newest full backup before the days of retention as well."""
    conf = configparser.ConfigParser()
    conf.read(_FOLDER / "pgbackrest.conf")
    kept = conf["global"]
    assert kept["repo1-retention-full-type"] == "time"
    reach = int(kept["repo1-retention-full"]) + _DAYS_BETWEEN + _DAYS_UNNOTICED
    assert reach <= _LONGEST_REACH_DAYS
    assert not {name for name in kept if name.startswith("repo1-retention-archive")}, "the log goes with its backup"
    assert (kept["repo1-cipher-type"], kept["checksum-page"]) == ("aes-256-cbc", "y")
    assert "repo1-cipher-pass" not in kept, "the pass phrase has a file of its own"
    told = re.search(r"= (\d+) \+ 1 \+ 1 = (\d+)\n", (_FOLDER / "point-in-time.md").read_text())
    assert told is not None
    assert (told[1], int(told[2])) == (kept["repo1-retention-full"], reach)


def test_the_proof_is_a_shell_script() -> None:
    """It is run by hand, so at least its syntax is looked at here."""
    assert os.access(_SCRIPT, os.X_OK)
    subprocess.run(["bash", "-n", _SCRIPT], check=True)


@pytest.mark.skipif("PROVE_PGBACKREST" not in os.environ, reason="takes a minute: only with PROVE_PGBACKREST=1")
def test_the_proof_holds() -> None:
    """B6, R1: back to a moment after the loss of everything; after a week no backup has what was erased."""
    done = subprocess.run([_SCRIPT], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "PROVED"), done.stdout + done.stderr
