"""Handing out contents: a stream in constant memory that holds no transaction and that no browser will show (D7).

Whatever a tenant stores could be a page with scripts. So it is always an attachment, its type is never guessed, and
were a browser to show it nevertheless, it would stand in a sandbox without an origin.
"""

import logging
from collections.abc import Iterator

from django.http import HttpResponseBase, StreamingHttpResponse

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.context import current_origin, origin
from auditlog.services import Target, record, record_apart
from config.attachments import as_attachment
from documents.actions import FILE_DOWNLOADED, FILE_UNREADABLE
from documents.models import DocumentVersion
from documents.objects import open_content
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import atomic
from vault.errors import ObjectUnreadable, StoreError, StoreUnavailable
from vault.streams import DecryptingReader

logger = logging.getLogger(__name__)


class DownloadFailed(Exception):  # noqa: N818
    """The content cannot be had. `for_now` if trying again may help."""

    def __init__(self, *, for_now: bool) -> None:
        super().__init__("download failed")
        self.for_now = for_now


def deliver(version: DocumentVersion, *, target: Target, actor: Actor, method: str) -> HttpResponseBase:
    """The response to GET or HEAD; GET is recorded. Call with no transaction open. Raises DownloadFailed."""
    try:
        reader = open_content(version)
    except (StoreError, ObjectUnreadable) as error:
        _record_failure(error, version, target=target, actor=actor)
        raise DownloadFailed(for_now=isinstance(error, StoreUnavailable)) from error
    if method == "HEAD":
        reader.close()
        return _attached(StreamingHttpResponse(), version)
    with atomic():
        record(FILE_DOWNLOADED, actor=actor, target=target, after={"version": version.number, "size": version.size})
    return _attached(StreamingHttpResponse(_Stream(reader, version, target, actor)), version)


def _attached(response: StreamingHttpResponse, version: DocumentVersion) -> StreamingHttpResponse:
    return as_attachment(response, name=version.document.name, content_type=version.content_type, size=version.size)


class _Stream:
    """The content, sent after the request has ended: tenant and origin are taken along for the record of a failure.

    An exception breaks the connection off before the announced length, so the browser reports a failed download.
    """

    def __init__(self, reader: DecryptingReader, version: DocumentVersion, target: Target, actor: Actor) -> None:
        self._reader = reader
        self._version, self._target, self._actor = version, target, actor
        self._origin = current_origin()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._reader)
        except (StoreError, ObjectUnreadable) as error:
            with origin(self._origin), tenant_scope(self._version.tenant_id):
                _record_failure(error, self._version, target=self._target, actor=self._actor)
            raise

    def close(self) -> None:
        """Let go of the object; the server calls this also when nobody wanted the content after all."""
        self._reader.close()


def _record_failure(error: Exception, version: DocumentVersion, *, target: Target, actor: Actor) -> None:
    logger.error("The content of version %s cannot be read: %s", version.id, error)
    reason = error.cause.name.lower() if isinstance(error, ObjectUnreadable) else type(error).__name__
    detail = {"version": version.number, "object": version.object_name, "reason": reason}
    record_apart(FILE_UNREADABLE, actor=actor, target=target, outcome=Outcome.FAILURE, after=detail)
