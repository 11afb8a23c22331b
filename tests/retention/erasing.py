"""A company with something of every kind, each with a word that must not be found anywhere afterwards (R1)."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import redis
from django.conf import LazySettings
from django.conf import settings as product
from django.core.cache import cache
from django.db import IntegrityError, connections, models, transaction
from django.utils import timezone, translation

from auditlog.actors import Actor
from auditlog.models import AuditEvent
from auditlog.sealing.sealer import seal
from backups.services import back_up
from backups.sites.services import copy_archives
from documents.contents import store_file
from documents.models import Folder
from documents.names import Place
from incidents.models import Incident, IncidentTenant
from retention.erasure.models import Erasure, Ground
from retention.erasure.services import plan_erasure
from retention.erasure.tables import DeclaredTable, kept_tables, tables_to_empty
from retention.holds.models import Hold
from tenants.isolation.assets import Erasure as Way
from tenants.isolation.assets import TableKind, asset_of
from tenants.isolation.context import tenant_scope
from tenants.isolation.models import new_id
from tenants.isolation.placement import OWNER_ALIAS
from tenants.isolation.transactions import platform_transaction
from tenants.models import State, Tenant
from tests.factories.rows import _value, make_control_row, row_id
from tests.factories.tenants import make_tenant

ACTOR = Actor.system("tests")
_LONG = 40  # columns that are shorter hold codes


@dataclass(frozen=True)
class Planted:
    """A company and its word."""

    tenant: Tenant
    word: str


@pytest.fixture
def own_stores(settings: LazySettings, tmp_path: Path) -> None:
    """Empty stores, and a second site."""
    settings.VAULT_DOCUMENT_STORE = f"file://{tmp_path}/documents"
    settings.VAULT_BACKUP_STORE = f"file://{tmp_path}/backups"
    settings.VAULT_BACKUP_COPY_STORE = f"file://{tmp_path}/second"
    settings.AUDIT_ANCHOR_STORE = f"file://{tmp_path}/anchors"


@pytest.fixture
def doomed(own_stores: None) -> Tenant:
    """A company of this test alone: nobody ever gets keys under its id again."""
    return make_tenant("DOOMED", "Doomed Corporation")


# References that the database alone knows of, between a company's row and one of the provider's.
_KEYS_ALONE: dict[tuple[type[models.Model], str], type[models.Model]] = {(IncidentTenant, "incident_id"): Incident}


@pytest.fixture
def english() -> Iterator[None]:
    """Messages are compared in the language in which they are written."""
    with translation.override("en"):
        yield


def plant(tenant: Tenant, word: str) -> Planted:
    """Give a company a row in every table that is declared to go, files, backups at both sites, memory and messages."""
    with tenant_scope(tenant.id):
        for number in range(3):
            place = Place((word,), f"{word} {number}.txt")
            store_file([word.encode() * 10], place=place, actor=Actor.system(word))
        seal([tenant.id])
        back_up(actor=ACTOR)
        copy_archives(actor=ACTOR)
    with tenant_scope(tenant.id), transaction.atomic(using=OWNER_ALIAS):
        for table in reversed(tables_to_empty()):
            for column in table.columns:
                if table.model is not AuditEvent:  # there are some, and a seal over each
                    _save_row(table, column, tenant.id, word)
        Hold.objects.using(OWNER_ALIAS).update(released_at=timezone.now())
        parent = Folder.objects.using(OWNER_ALIAS).first()
        for depth in range(3):
            parent = Folder.objects.using(OWNER_ALIAS).create(parent=parent, name=f"{word} {depth}")
    cache.set(f"something:{tenant.id}", word)
    with memory() as store:
        store.rpush(queue(tenant), f'{{"headers": {{"tenant_id": "{tenant.id}"}}, "body": "{word}"}}')
    return Planted(tenant, word)


def queue(tenant: Tenant) -> str:
    """A queue in which messages of the tenant wait, and one that concerns nobody."""
    return f"queue:{connections[OWNER_ALIAS].settings_dict['NAME']}:{tenant.company_code}"


def memory() -> "redis.Redis":
    """The memory store."""
    return redis.Redis.from_url(product.REDIS_URL)


def planned(tenant: Tenant, *, ground: Ground = Ground.CANCELLATION) -> Erasure:
    """An erasure that may begin now, of a company that nobody uses any more."""
    with platform_transaction():
        Tenant.objects.filter(id=tenant.id).update(state=State.SUSPENDED)
    now = timezone.now()
    return plan_erasure(
        tenant, ground=ground, ground_id=new_id(), begin_at=now, due_at=now + timedelta(days=8), actor=ACTOR
    )


def rows_of(tenant_id: UUID) -> dict[str, list[str]]:
    """Every row of a company, of every table that is declared to go."""
    found = {}
    with tenant_scope(None), connections[OWNER_ALIAS].cursor() as cursor:
        for table in tables_to_empty():
            where = " OR ".join(f'"{column}" = %s' for column in table.columns)
            cursor.execute(f'SELECT t::text FROM "{table.name}" AS t WHERE {where}', [tenant_id] * len(table.columns))
            found[table.name] = sorted(row for (row,) in cursor.fetchall())
    return found


def _marked(model: type[models.Model], word: str) -> dict[str, Any]:
    """The word in every column that takes it."""
    marked: dict[str, Any] = {}
    for field in model._meta.local_concrete_fields:
        if field.choices or field.primary_key or isinstance(field, models.ForeignKey):
            continue
        if isinstance(field, models.CharField | models.TextField) and (field.max_length or 1000) >= _LONG:
            marked[field.name] = word
        elif isinstance(field, models.JSONField):
            marked[field.name] = {"word": word}
        elif isinstance(field, models.BinaryField):
            marked[field.name] = word.encode()
    return marked


def _key_of(target: type[models.Model], table: DeclaredTable, column: str, tenant_id: UUID, word: str) -> UUID | None:
    """The key of what a row of the table refers to: a row of the company's own, or one of the provider's for all."""
    if target is table.model:
        return None
    kept = [each for each in kept_tables() if each.model is target]
    for each in kept:
        _save_row(each, column, tenant_id, word)
    declared = asset_of(target)
    if kept or declared is None or declared.kind is not TableKind.CONTROL:
        return row_id(target, f"{tenant_id} {column}")
    with suppress(IntegrityError), transaction.atomic(using=OWNER_ALIAS):
        make_control_row(target, id=row_id(target))
    return row_id(target)


def _save_row(table: DeclaredTable, column: str, tenant_id: UUID, word: str) -> None:
    """A row that names the company in that column, and the rows of the same seed that it refers to."""
    seed = f"{tenant_id} {column}"
    marked = _marked(table.model, f"{word} {column}") if table.asset.erasure is not Way.KEEP else {}
    row = table.model(**marked)
    for field in table.model._meta.local_concrete_fields:
        if field.column in table.columns:
            setattr(row, field.attname, tenant_id if field.column == column else new_id())
        elif field.primary_key and isinstance(field, models.UUIDField):
            setattr(row, field.attname, row_id(table.model, seed))
        elif isinstance(field, models.ForeignKey):
            target = field.related_model
            assert not isinstance(target, str)
            setattr(row, field.attname, _key_of(target, table, column, tenant_id, word))
        elif (table.model, field.name) in _KEYS_ALONE:
            setattr(row, field.name, _key_of(_KEYS_ALONE[table.model, field.name], table, column, tenant_id, word))
        elif field.name not in marked and not field.null and not field.has_default():
            setattr(row, field.attname, _value(field, seed))
    with suppress(IntegrityError), transaction.atomic(using=OWNER_ALIAS):  # there is one, and there may be one only
        row.save(using=OWNER_ALIAS, force_insert=True)
