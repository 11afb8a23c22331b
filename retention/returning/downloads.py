"""Handing out a part of a data return: streamed, recorded, and taken up again where it broke off (R3, RFC 9110)."""

import logging
import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import content_disposition_header

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.services import record, record_apart
from retention.returning.actions import RETURN_DOWNLOADED
from retention.returning.models import DataReturn, Part
from retention.returning.objects import PartReader
from tenants.isolation.transactions import atomic
from vault.errors import ObjectUnreadable, StoreError

logger = logging.getLogger(__name__)

_RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.IGNORECASE)


class FileUnreadable(Exception):  # noqa: N818 - reads as the statement it is
    """The file cannot be had."""


class Unsatisfiable(Exception):  # noqa: N818
    """The file has no such bytes."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The bytes `start` to before `stop`, as a part of the file or as all of it."""

    start: int
    stop: int
    partial: bool


@dataclass(frozen=True, slots=True)
class Request:
    """What a browser asks for."""

    method: str
    range: str = ""
    if_range: str = ""


def etag_of(row: DataReturn, part: Part) -> str:
    """The mark of a part. Nobody can know it who has not begun to fetch the part."""
    return f'"{salted_hmac("retention.returning.part", f"{row.run}/{part.number}").hexdigest()}"'


def goes_on(row: DataReturn, part: Part, request: Request) -> bool:
    """Whether somebody who has begun to fetch this part wants the rest of it."""
    found = _RANGE.fullmatch(request.range)
    begun = found is not None and bool(found[1].strip("0"))
    return begun and constant_time_compare(request.if_range.strip(), etag_of(row, part))


def wanted(request: Request, *, size: int, etag: str) -> Wanted:
    """Which bytes a request means; all of them where it names several ranges, or those of another file.

    Raises Unsatisfiable.
    """
    everything = Wanted(0, size, partial=False)
    found = _RANGE.fullmatch(request.range)
    if found is None or (request.if_range and request.if_range.strip() != etag):
        return everything
    first, last = found[1], found[2]
    if not first:
        if not last:
            return everything
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1 if last else size)
        if last and int(last) < start:
            return everything  # no valid range, so it is ignored
    if start >= stop:
        raise Unsatisfiable
    return Wanted(start, stop, partial=True)


def deliver(row: DataReturn, part: Part, *, name: str, request: Request, actor: Actor) -> HttpResponseBase:
    """The response to GET, which is recorded, or to HEAD. Call with no transaction open. Raises FileUnreadable."""
    etag = etag_of(row, part)
    try:
        chosen = wanted(request, size=part.size, etag=etag) if request.method == "GET" else Wanted(0, part.size, False)
    except Unsatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{part.size}", "Accept-Ranges": "bytes"})
    facts: dict[str, Any] = {"part": part.number, "size": part.size, "sha256": part.sha256}
    if chosen.partial:
        facts |= {"from": chosen.start, "to": chosen.stop}
    try:
        reader = PartReader(row, part, chosen.start, chosen.stop)
    except (StoreError, ObjectUnreadable) as error:
        logger.exception("Part %d of the data return %s cannot be read", part.number, row.id)
        record_apart(RETURN_DOWNLOADED, actor=actor, target=row, outcome=Outcome.FAILURE, after=facts)
        raise FileUnreadable from error
    if request.method == "HEAD":
        reader.close()
        return _headed(StreamingHttpResponse(), chosen, part, name, etag)
    with atomic():
        record(RETURN_DOWNLOADED, actor=actor, target=row, after=facts)
    return _headed(StreamingHttpResponse(reader), chosen, part, name, etag)


def _headed(response: StreamingHttpResponse, chosen: Wanted, part: Part, name: str, etag: str) -> StreamingHttpResponse:
    """The response with what a browser has to know of the file."""
    if chosen.partial:
        response.status_code = 206
        response["Content-Range"] = f"bytes {chosen.start}-{chosen.stop - 1}/{part.size}"
    response["Content-Type"] = "application/zip"
    response["Content-Length"] = str(chosen.stop - chosen.start)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
