"""`manage.py tenant show` and `tenant change` (T2, T5, T7, T10)."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests.accounts.reading import newest_event
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def run(*words: str) -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command("tenant", *words, stdout=out)
    return out.getvalue()


def test_a_contract_is_shown_and_changed(cast: Cast) -> None:
    """T2, T7, T10: for people and for machines; the changes are in both logs."""
    shown = run("show", "acme")
    assert "3 of 50" in shown
    assert "Acme Trading" in shown
    changed = json.loads(
        run("change", "ACME", "--plan=enterprise", "--edition=private", "--time-zone=America/New_York", "--json")
    )
    assert changed == json.loads(run("show", "ACME", "--json"))
    assert (changed["plan"], changed["edition"], changed["time_zone"]) == ("enterprise", "private", "America/New_York")
    assert changed["users"] == {"used": 3, "allowed": 1000}
    assert changed["organisation"]["name"] == "Acme Trading"
    for log in (cast.admin.tenant, cast.operator.tenant):
        assert newest_event(log, "contract.plan.changed").after == {"plan": "enterprise", "state": "active"}
    assert json.loads(run("show", "GLOBEX", "--json"))["plan"] == "standard"


def test_what_cannot_be_is_refused_with_its_reason(cast: Cast) -> None:
    """T7: exit code 1 for a refusal, 2 for a command that says nothing."""
    with pytest.raises(CommandError, match="does not go back"):
        run("change", "ACME", "--plan=trial")
    with pytest.raises(CommandError, match="no such time zone"):
        run("change", "ACME", "--time-zone=Asia/Edo")
    with pytest.raises(CommandError, match="Say what to change") as nothing:
        run("change", "ACME")
    assert nothing.value.returncode == 2
    with pytest.raises(CommandError, match="No tenant has"):
        run("show", "NOBODY")
