"""Files of inquiries: which may be sent, and their contents as encrypted objects of the company (N4, D6, D7).

A message has few and small ones, so a content is checked as a whole before it is stored. What is stored and got no row,
because a process died, is swept after a day.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actors import Actor
from auditlog.services import Target, record
from incidents.inquiries import queries
from incidents.inquiries.actions import FILES_SWEPT
from incidents.inquiries.models import InquiryAttachment
from tenants.isolation.context import require_tenant_id, tenant_scope
from tenants.isolation.models import new_id
from tenants.isolation.transactions import atomic
from vault.errors import ObjectRetained, StoreError
from vault.filenames import made_safe
from vault.filetypes import EMPTY, HEAD_BYTES, content_type_of
from vault.objectformat import Identity
from vault.stores import document_store
from vault.streams import DecryptingReader, read_object, write_object

logger = logging.getLogger(__name__)

OBJECT_KIND = "inquiries"
MOST_FILES = 5
MOST_BYTES = 10 * 1024 * 1024  # all files of a message together
SWEEP_AGE = timedelta(hours=24)

_OFFICE = "application/vnd.openxmlformats-officedocument."
_ZIP = "application/zip"  # an Office file whose first part says nothing is one to whoever looks at its beginning
_TEXT = frozenset({"text/plain"})
# By the ending of the name: what the content may turn out to be. Nothing that runs, and nothing that a browser renders.
ALLOWED: dict[str, frozenset[str]] = {
    ".pdf": frozenset({"application/pdf"}),
    ".png": frozenset({"image/png"}),
    ".jpg": frozenset({"image/jpeg"}),
    ".jpeg": frozenset({"image/jpeg"}),
    ".gif": frozenset({"image/gif"}),
    ".txt": _TEXT,
    ".log": _TEXT,
    ".csv": frozenset({"text/csv"}),
    ".json": frozenset({"application/json"}),
    ".docx": frozenset({_OFFICE + "wordprocessingml.document", _ZIP}),
    ".xlsx": frozenset({_OFFICE + "spreadsheetml.sheet", _ZIP}),
    ".pptx": frozenset({_OFFICE + "presentationml.presentation", _ZIP}),
    ".zip": frozenset({_ZIP}),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as somebody sent it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A content that is in the store and waits for its row."""

    name: str
    object_name: str
    size: int
    sha256: str
    content_type: str


@contextmanager
def stored(files: Sequence[Sent], *, tenant_id: UUID) -> Iterator[list[Stored]]:
    """Check and store files of a company; the block gives them their rows. Its failure leaves nothing in the store.

    Call with no transaction open. Raises ValidationError, StoreUnavailable.
    """
    kinds = _checked(files)
    done: list[Stored] = []
    try:
        with tenant_scope(tenant_id):
            for file, kind in zip(files, kinds, strict=True):
                done.append(_store(file, kind))
        yield done
    except DatabaseError:  # whether the rows were committed may be unknown; the sweep looks again when it is
        raise
    except BaseException:
        for one in done:
            with suppress(StoreError, ObjectRetained):  # the sweep takes it then
                document_store().delete(Identity(tenant_id, OBJECT_KIND, one.object_name).path())
        raise


def open_content(file: InquiryAttachment) -> DecryptingReader:
    """The content of a file, to be read forwards. Raises ObjectMissing, ObjectUnreadable, StoreUnavailable."""
    return read_object(document_store(), file.tenant_id, OBJECT_KIND, file.object_name)


def sweep() -> int:
    """Remove what belongs to no message and was stored a day ago or earlier; how many objects."""
    limit, prefix = timezone.now() - SWEEP_AGE, Identity(require_tenant_id(), OBJECT_KIND, "x").path().removesuffix("x")
    old = [info.name for info in document_store().list(prefix) if info.modified < limit]
    with atomic():
        known = queries.known_objects([name.removeprefix(prefix) for name in old])
    left = [name for name in old if name.removeprefix(prefix) not in known]
    for name in left:
        document_store().delete(name)
    if left:
        with atomic():
            record(FILES_SWEPT, actor=Actor.system("inquiries"), target=Target("files"), after={"count": len(left)})
    return len(left)


def _checked(files: Sequence[Sent]) -> list[str]:
    """What each of the files is. Raises ValidationError for too many, too large, empty or unwanted ones."""
    if len(files) > MOST_FILES:
        raise ValidationError({"attached": _("At most %(count)d files go with one message.") % {"count": MOST_FILES}})
    if sum(len(file.content) for file in files) > MOST_BYTES:
        raise ValidationError({"attached": _("The files are larger than 10 MB together. Leave some of them out.")})
    return [_type_of(file) for file in files]


def _type_of(file: Sent) -> str:
    name = made_safe(file.name)
    kind = content_type_of(file.content[:HEAD_BYTES], name)
    if kind == EMPTY:
        raise ValidationError({"attached": _("The file “%(name)s” is empty.") % {"name": name}})
    if kind not in ALLOWED.get(PurePosixPath(name.lower()).suffix, frozenset()):
        text = _(
            "“%(name)s” cannot be sent. Send PDF, images, text, CSV, JSON, Office files or ZIP under a fitting name."
        )
        raise ValidationError({"attached": text % {"name": name}}, code="type")
    return kind


def _store(file: Sent, kind: str) -> Stored:
    object_name = str(new_id())
    with write_object(document_store(), require_tenant_id(), OBJECT_KIND, object_name) as out:
        out.write(file.content)
    written = out.written
    return Stored(
        name=made_safe(file.name),
        object_name=object_name,
        size=written.plain_size,
        sha256=written.plain_sha256,
        content_type=kind,
    )
