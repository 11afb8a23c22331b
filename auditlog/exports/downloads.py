"""Handing out the file of an export: streamed, with no transaction open, and recorded (G2)."""

import logging

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from auditlog.actions import AUDIT_EXPORTED, Outcome
from auditlog.actors import Actor
from auditlog.exports.models import AuditExport, ExportFormat
from auditlog.exports.objects import open_file
from auditlog.exports.ordering import facts_of
from auditlog.services import record, record_apart
from tenants.isolation.transactions import atomic
from vault.errors import ObjectUnreadable, StoreError

logger = logging.getLogger(__name__)

_TYPES = {ExportFormat.CSV: "text/csv; charset=utf-8", ExportFormat.JSONL: "application/jsonl"}


class FileUnreadable(Exception):  # noqa: N818 - reads as the statement it is
    """The file cannot be had."""


def deliver(row: AuditExport, *, name: str, actor: Actor, method: str) -> HttpResponseBase:
    """The response to GET, which is recorded, or to HEAD. Call with no transaction open. Raises FileUnreadable."""
    try:
        reader = open_file(row)
    except (StoreError, ObjectUnreadable) as error:
        logger.exception("The file of export %s cannot be read", row.id)
        record_apart(AUDIT_EXPORTED, actor=actor, target=row, outcome=Outcome.FAILURE, after=facts_of(row))
        raise FileUnreadable from error
    if method == "HEAD":
        reader.close()
        return _headed(StreamingHttpResponse(), row, name)
    with atomic():
        facts = {"events": row.done, "size": row.size, "sha256": row.sha256}
        record(AUDIT_EXPORTED, actor=actor, target=row, after=facts_of(row) | facts)
    return _headed(StreamingHttpResponse(reader), row, name)


def _headed(response: StreamingHttpResponse, row: AuditExport, name: str) -> StreamingHttpResponse:
    """The response with what a browser has to know of the file."""
    response["Content-Type"] = _TYPES[ExportFormat(row.format)]
    response["Content-Length"] = str(row.size)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
