"""Five queries on three sides: through the wall, with the manager's filter alone, and as SQL written by hand.

Each is one transaction, as a request is.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections, transaction
from django.utils import timezone

from benchmarks.isolation.dataset import Place
from documents.models import Document, DocumentVersion
from tenants.isolation.context import tenant_scope
from tenants.isolation.models import new_id

PAGE = 50
Side = Callable[[Place], Any]


@contextmanager
def _transaction(place: Place, alias: str) -> Iterator[None]:
    with tenant_scope(place.tenant_id), transaction.atomic(using=alias):
        yield


def by_key(place: Place, alias: str) -> Any:
    """One document."""
    with _transaction(place, alias):
        return [Document.objects.using(alias).get(id=place.document_id)]


def newest(place: Place, alias: str) -> Any:
    """The fifty newest documents."""
    with _transaction(place, alias):
        return list(Document.objects.using(alias).order_by("-id")[:PAGE])


def count(place: Place, alias: str) -> Any:
    """How many documents there are."""
    with _transaction(place, alias):
        return Document.objects.using(alias).count()


def join(place: Place, alias: str) -> Any:
    """The versions of the documents in a folder, with the document and the person who uploaded it."""
    with _transaction(place, alias):
        versions = DocumentVersion.objects.using(alias).filter(document__folder_id=place.folder_id)
        return list(versions.select_related("document", "uploaded_by").order_by("document__name")[:PAGE])


def insert(place: Place, alias: str) -> Any:
    """A new version of a document, beside the current one."""
    with _transaction(place, alias):
        version = DocumentVersion(document_id=place.document_id, uploaded_by_id=place.user_id, **_content())
        version.save(using=alias, force_insert=True)
        return 1


def _content() -> dict[str, Any]:
    """Fields of a version; its number is one that no other version has."""
    unique = new_id()
    return {
        "number": unique.int % 2**31,
        "object_name": str(unique),
        "size": 1,
        "sha256": "0" * 64,
        "content_type": "application/pdf",
        "uploaded_by_name": "User 1",
    }


QUERIES: dict[str, Callable[[Place, str], Any]] = {
    "by key": by_key,
    "50 newest": newest,
    "count": count,
    "three-way join": join,
    "insert": insert,
}

_JOIN = """
    SELECT * FROM documents_documentversion v
    JOIN documents_document d ON d.tenant_id = v.tenant_id AND d.id = v.document_id
    LEFT JOIN accounts_user u ON u.tenant_id = v.tenant_id AND u.id = v.uploaded_by_id
    WHERE v.tenant_id = %s AND d.folder_id = %s ORDER BY d.name LIMIT 50
"""
_INSERT = """
    INSERT INTO documents_documentversion (tenant_id, id, document_id, number, object_name, size, sha256, content_type,
        uploaded_by_id, uploaded_by_name, uploaded_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def _version(place: Place) -> tuple[Any, ...]:
    number, *content, uploader = _content().values()
    return (
        *(place.tenant_id, new_id(), place.document_id, number),
        *(*content, place.user_id, uploader, timezone.now()),
    )


_RAW: dict[str, tuple[str, Callable[[Place], tuple[Any, ...]]]] = {
    "by key": (
        "SELECT * FROM documents_document WHERE tenant_id = %s AND id = %s",
        lambda place: (place.tenant_id, place.document_id),
    ),
    "50 newest": (
        "SELECT * FROM documents_document WHERE tenant_id = %s ORDER BY id DESC LIMIT 50",
        lambda place: (place.tenant_id,),
    ),
    "count": ("SELECT count(*) FROM documents_document WHERE tenant_id = %s", lambda place: (place.tenant_id,)),
    "three-way join": (_JOIN, lambda place: (place.tenant_id, place.folder_id)),
    "insert": (_INSERT, _version),
}


def raw(name: str) -> Side:
    """The query as SQL through psycopg, as the role that no policy holds back.

    Parameters are bound by the client, as Django does it, so that the server has the same work.
    """
    parameters = connections["filter"].get_connection_params() | {"cursor_factory": psycopg.ClientCursor}
    connection = psycopg.connect(**parameters)
    statement, values = _RAW[name]

    def run(place: Place) -> Any:
        cursor = connection.execute(statement, values(place))
        rows = cursor.fetchall() if cursor.description else 1
        connection.commit()
        return rows[0][0] if name == "count" else rows

    return run


def through(name: str, alias: str) -> Side:
    """The query through Django on that alias."""
    query = QUERIES[name]
    return lambda place: query(place, alias)


def extent(found: Any) -> int:
    """How much a query has found: the count itself, or the number of rows."""
    return found if isinstance(found, int) else len(found)


def plan(name: str, place: Place) -> list[str]:
    """How the database carries the query out behind the wall."""
    lines: list[str] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        options = "COSTS OFF" if sql.startswith("INSERT") else "ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF"
        execute(f"EXPLAIN ({options}) {sql}", params, many, context)
        lines.extend(line for (line,) in context["cursor"].cursor.fetchall())
        return execute(sql, params, many, context)

    with connections["default"].execute_wrapper(explain):
        QUERIES[name](place, "default")
    return lines
