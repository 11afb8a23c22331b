"""`manage.py tenant` and `manage.py setup` (T1, T3)."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.management.commands.tenant import Command as TenantCommand
from tenants.models import Tenant
from tenants.queries import tenant_by_code
from tests.accounts.reading import newest_event, stranger
from tests.conftest import EVERY_ROLE
from tests.factories.people import PASSWORD, give_app

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

CREATE = ("tenant", "create", "INITECH", "--name=Initech", "--admin-user-id=ada", "--admin-email=ada@initech.example")
SETUP = ("--company-code=KEEPER", "--name=Keeper", "--operator-user-id=olga", "--operator-email=o@keeper.example")


def run(*words: str) -> str:
    """What a command prints."""
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def run_json(*words: str) -> Any:
    """What a command prints for machines."""
    return json.loads(run(*words, "--json"))


def enter(link: str) -> int:
    """Set a password by a personal link; returns the status."""
    path = "/" + link.split("/", 3)[3]
    return stranger().post(path, {"password": PASSWORD, "repeated": PASSWORD}).status_code


def test_create_prints_a_link_that_works_once(provider: Tenant) -> None:
    """T3, A7: for people."""
    printed = run(*CREATE)
    assert "Created tenant INITECH Initech." in printed
    link = printed.split()[-1]
    assert (enter(link), enter(link)) == (302, 410)


def test_create_speaks_to_machines(provider: Tenant) -> None:
    """T3: with the id and the link."""
    answer = run_json(*CREATE, "--plan=enterprise", "--admin-name=Ada Admin")
    tenant = tenant_by_code("INITECH")
    assert tenant is not None
    assert {key: answer[key] for key in ("id", "company_code", "plan", "state", "is_provider")} == {
        "id": str(tenant.id),
        "company_code": "INITECH",
        "plan": "enterprise",
        "state": "active",
        "is_provider": False,
    }
    assert enter(answer["invitation"]) == 302
    with tenant_transaction(tenant.id):
        assert User.objects.get().name == "Ada Admin"
    event = newest_event(tenant, "tenants.created")
    assert (event.actor_kind, event.actor_user_id) == ("operator", "manage.py")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((*CREATE[:2], "acme", *CREATE[3:]), "company_code: "),
        ((*CREATE[:-1], "--admin-email=nobody"), "admin_email: "),
        ((*CREATE, "--plan=gold"), "invalid choice"),
        (CREATE[:3], "required"),
        (("tenant",), "required"),
    ],
)
def test_create_refuses_what_is_wrong(provider: Tenant, words: tuple[str, ...], complaint: str) -> None:
    """T3: with the field and a reason; nothing is made."""
    with pytest.raises(CommandError, match=complaint):
        run(*words)
    assert tenant_by_code("INITECH") is None


@pytest.mark.parametrize(("words", "code"), [(CREATE, 0), ((*CREATE[:2], "acme", *CREATE[3:]), 1), (CREATE[:3], 2)])
def test_the_exit_code_means_something(
    provider: Tenant, words: tuple[str, ...], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """DESIGN 12: 0 done, 1 refused, 2 wrong usage; complaints go to stderr."""
    ended = 0
    try:
        TenantCommand().run_from_argv(["manage.py", *words])
    except SystemExit as end:
        ended = int(end.code or 0)
    printed = capsys.readouterr()
    assert ended == code
    assert bool(printed.err) == (code > 0)
    assert bool(printed.out) == (code == 0)


def test_list_shows_every_tenant(provider: Tenant, acme: Tenant) -> None:
    """T1: as a table and as JSON."""
    table = run("tenant", "list")
    for code in ("ACME", "GLOBEX", "PROVIDER"):
        assert code in table
    listed = run_json("tenant", "list")
    assert [row["company_code"] for row in listed] == ["ACME", "GLOBEX", "PROVIDER"]
    assert [row["is_provider"] for row in listed] == [False, False, True]
    assert listed[0]["id"] == str(acme.id)


def test_setup_makes_the_provider_once(provider: Tenant) -> None:
    """ASVS 6.3.2: no account with a known password, ever."""
    with pytest.raises(CommandError, match="exists already"):
        run("setup", *SETUP)
    with platform_transaction():
        Tenant.objects.update(is_provider=False)
    answer = run_json("setup", *SETUP)
    assert answer["company_code"] == "KEEPER"
    assert enter(answer["invitation"]) == 302
    client = stranger()
    client.post("/login/", {"company_code": "keeper", "user_id": "olga", "password": PASSWORD})
    assert client.get("/operator/tenants/").headers["Location"] == "/enrol/"  # A5: operators need a second factor
    keeper = tenant_by_code("KEEPER")
    assert keeper is not None
    with tenant_transaction(keeper.id):
        give_app(User.objects.get(user_id="olga"))
    assert client.get("/operator/tenants/").status_code == 200
    assert client.get("/console/users/").status_code == 200


def test_setup_prints_the_link_for_people(provider: Tenant) -> None:
    """ASVS 6.4.1: it works once."""
    with platform_transaction():
        Tenant.objects.update(is_provider=False)
    link = run("setup", *SETUP).split()[-1]
    assert (enter(link), enter(link)) == (302, 410)
