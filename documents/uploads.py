"""Receiving files: from the body of the request straight into the vault, in constant memory (D6, D7, T7).

Nothing of a request is kept unless all of it is good. In this order it is asked: the length of the body against the
plan, the CSRF token when the first file begins, the name of each file, and the size while the bytes come in.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent, ValidationError
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import gettext as _

from documents.limits import Allowance, file_too_large, storage_full
from documents.names import Place, clean_place
from documents.objects import ContentWriter, StoredContent
from documents.removal import remove_unreferenced
from vault.errors import StoreUnavailable, VaultError

logger = logging.getLogger(__name__)

FILES, PATHS = "files", "paths"
# What a request may have besides the files: boundaries, token, paths.
_ENVELOPE_BYTES = 64 * 1024
_CHUNK_BYTES = 256 * 1024
_DISCARD_BYTES = 64 * 1024 * 1024
_DISCARD_SECONDS = 10.0


class UploadRefused(Exception):  # noqa: N818
    """Nothing was kept. `message` is for the person, `status` for the protocol."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status

    @classmethod
    def because(cls, error: ValidationError) -> "UploadRefused":
        """The refusal that a complaint amounts to."""
        too_much = error.code in {"file_too_large", "storage_full"}
        return cls(" ".join(error.messages), 413 if too_much else 400)


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file whose content is stored, and the place that it was sent for."""

    place: Place
    content: StoredContent


@contextmanager
def received(request: HttpRequest, allowance: Allowance, *, one_file: bool) -> Iterator[list[ReceivedFile]]:
    """Receive the files of a request; the block gives them their rows. Its failure, too, leaves nothing in the store.

    `one_file` is the promise of the sender that the body holds a single file, so that its length tells the file's.
    Call with no transaction open: the body takes as long as the sender wants. Raises UploadRefused.
    """
    _check_length(request, allowance, one_file=one_file)
    handler = VaultUploadHandler(allowance)
    try:
        with _refusals():
            _parse(request, handler)
        if not handler.files:
            raise UploadRefused(_("Choose at least one file."))
        with _refusals():
            yield handler.files
    except DatabaseError:
        # Whether the rows were committed may be unknown. The sweep looks again when it is.
        logger.warning("An upload ended in an error of the database; left-over contents wait for the sweep.")
        raise
    except BaseException:
        handler.discard()
        raise


def discard_rest(request: HttpRequest) -> None:
    """Read what is still coming and throw it away, within limits.

    Called once the answer is on its way: a connection that is closed over unread bytes is reset, and the reset may
    overtake the answer, so that the person would see a broken connection instead of the reason.
    """
    deadline, remaining = monotonic() + _DISCARD_SECONDS, _DISCARD_BYTES
    with suppress(UnreadablePostError):
        while remaining > 0 and monotonic() < deadline and (chunk := request.read(_CHUNK_BYTES)):
            remaining -= len(chunk)


def _check_length(request: HttpRequest, allowance: Allowance, *, one_file: bool) -> None:
    """Refuse by the announced length, before the body is read."""
    try:
        length = int(request.headers.get("Content-Length", ""))
    except ValueError:
        # A body in chunks announces none. No browser sends one, and Django would read nothing of it.
        raise UploadRefused(_("The length of the upload is missing."), 411) from None
    content = length - _ENVELOPE_BYTES
    if one_file and content > allowance.file_bytes:
        raise UploadRefused.because(file_too_large(allowance.file_bytes))
    if content > allowance.room:
        raise UploadRefused.because(storage_full(allowance.room))


@contextmanager
def _refusals() -> Iterator[None]:
    """What can be wrong with a request, as a refusal that a person can read."""
    try:
        yield
    except ValidationError as error:
        raise UploadRefused.because(error) from error
    except (TooManyFilesSent, TooManyFieldsSent, RequestDataTooBig) as error:
        raise UploadRefused(_("These are too many files for one upload. Send them in smaller portions.")) from error
    except (MultiPartParserError, UnreadablePostError) as error:
        raise UploadRefused(_("The upload broke off. Send the file again.")) from error
    except StoreUnavailable as error:
        logger.exception("The document store failed during an upload.")
        raise UploadRefused(_("The file could not be stored just now. Try again in a few minutes."), 503) from error


def _parse(request: HttpRequest, handler: "VaultUploadHandler") -> None:
    """Read the body. The request keeps its fields as POST; its files go to the handler only."""
    if request.content_type != "multipart/form-data":
        raise UploadRefused(_("Choose at least one file."))
    parser = _Parser(request.META, request, [handler], request.encoding or "utf-8")
    handler.admit = lambda: _admit(request, parser.fields)
    fields, _files = parser.parse()
    _admit(request, fields)


def _admit(request: HttpRequest, fields: QueryDict) -> QueryDict:
    """Check the CSRF token among the fields so far, or in the header. Raises UploadRefused.

    Django's decorator would read the whole body, files included, before it looks.
    """
    request.POST = fields  # type: ignore[assignment]  # the stubs know the finished one only
    if _TokenCheck(_no_view).process_view(request, _no_view, (), {}) is not None:
        raise UploadRefused(_("This page is out of date. Reload it and send the file again."), 403)
    return fields


def _no_view(request: HttpRequest) -> HttpResponse:
    """In the place of the real view, which is exempt from Django's own check."""
    raise NotImplementedError


class _TokenCheck(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        """Say no, without a page of its own."""
        return HttpResponse(reason, status=403)


class _Parser(MultiPartParser):
    """Django's parser, which also tells what fields came before a file and leaves the check of names to us."""

    @property
    def fields(self) -> QueryDict:
        """The fields so far."""
        return self._post  # type: ignore[attr-defined, no-any-return]

    def sanitize_file_name(self, file_name: str) -> str:
        """The name as it was sent. Django would silently drop characters, and whole files."""
        return file_name


class VaultUploadHandler(FileUploadHandler):
    """Takes the files of one request: each is a `ContentWriter`, and after its last byte a `ReceivedFile`."""

    chunk_size = _CHUNK_BYTES

    def __init__(self, allowance: Allowance) -> None:
        super().__init__()
        self.admit: Callable[[], QueryDict] = QueryDict
        self.files: list[ReceivedFile] = []
        self._allowance = allowance
        self._room = allowance.room
        self._place = Place((), "")
        self._writer: ContentWriter | None = None

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        """Begin a file, after the token and its name were looked at."""
        super().new_file(field_name, *args, **kwargs)
        fields = self.admit()
        if field_name != FILES:
            raise SkipFile
        paths = fields.getlist(PATHS)
        number = len(self.files)
        self._place = clean_place(paths[number] if number < len(paths) else self.file_name or "")
        self._writer = ContentWriter()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Pass the bytes on, as long as the plan allows."""
        assert self._writer is not None  # noqa: S101 - the parser begins a file before it sends its bytes
        if self._writer.size + len(raw_data) > self._allowance.file_bytes:
            raise file_too_large(self._allowance.file_bytes)
        if self._writer.size + len(raw_data) > self._room:
            raise storage_full(self._allowance.room)
        self._writer.write(raw_data)

    def file_complete(self, file_size: int) -> None:
        """Put the content in its place. Django gets no file, because nobody should read it again."""
        assert self._writer is not None  # noqa: S101
        content = self._writer.commit(name=self._place.name)
        self._writer = None
        self._room -= content.size
        self.files.append(ReceivedFile(self._place, content))

    def upload_interrupted(self) -> None:
        """The body ended within a file."""
        raise UploadRefused(_("The upload broke off. Send the file again."))

    def discard(self) -> None:
        """Leave nothing in the store."""
        if self._writer is not None:
            self._writer.abort()
        try:
            remove_unreferenced([file.content.object_name for file in self.files], fresh=True)
        except (VaultError, DatabaseError):
            logger.warning("Contents of a refused upload wait for the sweep.", exc_info=True)
