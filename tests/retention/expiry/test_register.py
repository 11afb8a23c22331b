"""The asset register: for operators, for companies and for machines (R6)."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from retention.register.counting import rows_by_table
from retention.register.entries import entries, entries_of_companies
from tenants.isolation.assets import Ownership, declared_assets
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)

_OPERATORS = "/operator/retention/register/"
_OWN = "/console/contract/register/"


def _analyse(*tables: str) -> None:
    """Statistics come some time after what they tell of, unless somebody asks for them."""
    with connections["owner"].cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {table}")


def _number_in(table: str) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def _content(client: Client, address: str) -> str:
    """A page without what only this visit has."""
    response = client.get(address)
    assert response.status_code == 200
    page = response.content.decode()
    return page[page.index("<main") : page.index("</main>")]


def test_it_names_every_table_once(cast: Cast) -> None:
    """R6: with the period and the end in words, what is sealed, and in which place."""
    listed = [table for entry in entries() for table in entry.tables]
    assert sorted(listed) == sorted(declared_assets())
    page = _content(cast.operator.client(), _OPERATORS)
    sealed = [f"{table}.{column}" for table, asset in declared_assets().items() for column, _purpose in asset.sealed]
    assert sealed
    assert [name for name in (*declared_assets(), *sealed) if f"<code>{name}</code>" not in page] == []
    assert "PostgreSQL database, This machine" in page
    with translation.override("ja"):
        said = {entry.code: (entry.period, entry.ending) for entry in entries()}
    assert said["user IDs of removed users"][0] == "180日"
    assert said["invoices"] == ("10年", "保存期間の終了後に削除（企業データの消去後も保存）")
    assert said["users"] == ("ご契約の終了まで", "企業データの消去時に削除")


def test_numbers_are_those_of_all_companies_by_one_statement(cast: Cast) -> None:
    """R6: also of tables in partitions, and of such as the platform role may not read."""
    client = cast.operator.client()
    _content(client, _OPERATORS)
    client.post("/operator/retention/runs/try/")
    _analyse("accounts_user", "auditlog_auditevent")
    counted = rows_by_table()
    assert set(counted) == set(declared_assets())
    assert counted["accounts_user"] == _number_in("accounts_user") > 0
    assert counted["auditlog_auditevent"] == _number_in("auditlog_auditevent") > 0
    with CaptureQueriesContext(connections["platform"]) as asked:
        page = _content(client, _OPERATORS)
    assert sum("pg_partition_tree" in each["sql"] for each in asked) == 1
    assert sum(" count(" in each["sql"].lower() for each in asked) == 0
    users = next(each for each in entries(counted) if "accounts_user" in each.tables)
    assert f">{users.rows}<" in page.replace("\n", "").replace(" ", "")


def test_companies_read_of_their_own_data_and_of_no_numbers(cast: Cast) -> None:
    """R6: the same page for both, whatever the one has; nothing of the provider's, no table names, nothing to count."""
    ours, theirs = cast.admin.client(), cast.outsider.client()
    page = _content(ours, _OWN)
    assert _content(theirs, _OWN) == page
    own = {asset.data_class for asset in declared_assets().values() if asset.ownership is not Ownership.PROVIDER}
    listed = entries_of_companies()
    assert {entry.ownership for entry in listed} == {Ownership.CUSTOMER, Ownership.DERIVED}
    assert {entry.code for entry in listed} == own
    with translation.override("en"):
        theirs_only = {entry.name for entry in entries() if entry.code not in own}
        assert {entry.name for entry in listed if f">{entry.name}</td>" not in page} == set()
        assert {name for name in theirs_only if f">{name}</td>" in page} == set()
    assert "<code>" not in page
    assert "Root key" not in page
    with CaptureQueriesContext(connections["platform"]) as asked:
        _content(ours, _OWN)
    assert not any("pg_partition_tree" in each["sql"] for each in asked)


def _packed(page: str) -> str:
    return page.replace(">\n", ">").replace("\n<", "<")


def test_the_command_says_the_same(cast: Cast, settings: Any) -> None:
    """R6: for machines, with stores and numbers; a second site is there when there is one."""
    settings.VAULT_BACKUP_COPY_STORE, settings.VAULT_BACKUP_COPY_STORE_REGION = "file:///second", "Osaka"
    _analyse("accounts_user")
    out = StringIO()
    with translation.override("en"):
        call_command("retention", "register", json=True, stdout=out)
    said = json.loads(out.getvalue())
    assert sorted(table for each in said["tables"] for table in each["tables"]) == sorted(declared_assets())
    assert all(each["rows"] is not None and each["ending"] for each in said["tables"])
    stores = {each["class"]: each for each in said["stores"]}
    assert stores["copies"]["where"] == "File server, Osaka"
    assert stores["point-in-time"]["period"] == f"{settings.POINT_IN_TIME_DAYS} days at the most"
    assert all(each["period"] and each["ending"] for each in stores.values())
    settings.VAULT_BACKUP_COPY_STORE = ""
    out = StringIO()
    call_command("retention", "register", json=True, stdout=out)
    assert stores.keys() - {each["class"] for each in json.loads(out.getvalue())["stores"]} == {"copies"}
    call_command("retention", "register", stdout=out)
