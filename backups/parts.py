"""Parts of an archive: plain bytes, through zstd, through an encrypted stream, into the store; and back.

Digests are taken of the plain bytes and of the stored object, so that a part can be checked with and without its key.
Both ways take constant memory, whatever the size.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Self, cast

import zstandard

from backups.errors import ArchiveDamaged, Cause
from vault.errors import ObjectMissing, ObjectUnreadable
from vault.objectformat import Identity
from vault.stores import ObjectReader, ObjectStore
from vault.streams import DecryptingReader, WrittenObject, write_object

BUFFER = 1024 * 1024
LEVEL = 3


@dataclass(frozen=True, slots=True)
class Measure:
    """How many bytes, and their SHA-256 in hexadecimal."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Part:
    """A finished part: what went in, and what is stored."""

    plain: Measure
    cipher: Measure


class PartWriter:
    """Plain bytes in, a compressed and encrypted object out. `with` stores it; an exception leaves nothing."""

    def __init__(self, store: ObjectStore, identity: Identity, path: str) -> None:
        self._out = write_object(store, identity.tenant_id, identity.kind, identity.name, path=path)
        self._compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compressobj()
        self._buffer = bytearray()
        self._digest = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Take the next bytes. Rows come one by one, and compressing them one by one would take twice the time."""
        self._buffer += data
        if len(self._buffer) >= BUFFER:
            self._flush()

    @property
    def key_id(self) -> str:
        """Id of the tenant's key that wraps the key of this part."""
        return self._out.written.key_id

    @property
    def part(self) -> Part:
        """The receipt, once the part is stored."""
        written: WrittenObject = self._out.written
        return Part(
            plain=Measure(self._size, self._digest.hexdigest()),
            cipher=Measure(written.cipher_size, written.cipher_sha256),
        )

    def _flush(self) -> None:
        self._digest.update(self._buffer)
        self._size += len(self._buffer)
        if compressed := self._compressor.compress(self._buffer):
            self._out.write(compressed)
        self._buffer.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._flush()
                self._out.write(self._compressor.flush())
                self._out.commit()
        finally:
            self._out.abort()


class MeasuringReader(ObjectReader):
    """An object on its way out that is measured as it passes."""

    def __init__(self, reader: ObjectReader) -> None:
        super().__init__(reader.name, reader.size)
        self._reader = reader
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """As the reader beneath."""
        data = self._reader.read(size)
        self._digest.update(data)
        return data

    def close(self) -> None:
        """As the reader beneath."""
        self._reader.close()

    def rest(self) -> Measure:
        """Read what is left and give the measure of all."""
        while self.read(BUFFER):
            pass
        return Measure(self.size, self._digest.hexdigest())


def read_part(store: ObjectStore, identity: Identity, path: str, expected: Part) -> Iterator[bytes]:
    """The plain bytes of a part in pieces of at most 1 MiB, checked against its receipt in the manifest.

    The last check comes after the last piece, so whatever is done with the bytes must be undone at an exception.
    Raises ArchiveDamaged (with its cause), StoreUnavailable.
    """
    yield from _read(store, identity, path, expected, compressed=True)


def read_content(store: ObjectStore, identity: Identity, path: str, expected: Part) -> Iterator[bytes]:
    """The plain bytes of a document's content, as `read_part`; contents are not compressed by us."""
    yield from _read(store, identity, path, expected, compressed=False)


def _read(store: ObjectStore, identity: Identity, path: str, expected: Part, *, compressed: bool) -> Iterator[bytes]:
    try:
        with MeasuringReader(store.open(path)) as stored:
            if stored.size != expected.cipher.bytes:
                raise ArchiveDamaged(path, Cause.SIZE, f"{stored.size} instead of {expected.cipher.bytes}")
            with DecryptingReader(stored, identity, expected.cipher.bytes) as reader:
                pieces = _decompressed(reader, path) if compressed else iter(lambda: reader.read(BUFFER), b"")
                yield from _checked(pieces, path, expected.plain)
                _same(path, stored.rest(), expected.cipher)
    except ObjectMissing as error:
        raise ArchiveDamaged(path, Cause.PART_MISSING) from error
    except ObjectUnreadable as error:
        raise ArchiveDamaged(path, Cause.UNREADABLE, error.cause.value) from error


def _decompressed(reader: DecryptingReader, path: str) -> Iterator[bytes]:
    source = zstandard.ZstdDecompressor().stream_reader(cast("IO[bytes]", reader), read_size=BUFFER)
    try:
        while piece := source.read(BUFFER):
            yield piece
    except zstandard.ZstdError as error:
        raise ArchiveDamaged(path, Cause.CONTENT, str(error)) from error


def _checked(pieces: Iterator[bytes], path: str, expected: Measure) -> Iterator[bytes]:
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        size += len(piece)
        if size > expected.bytes:  # at once: a few compressed bytes can stand for very many
            raise ArchiveDamaged(path, Cause.CONTENT, f"more than {expected.bytes} bytes")
        digest.update(piece)
        yield piece
    _same(path, Measure(size, digest.hexdigest()), expected)


def _same(path: str, found: Measure, expected: Measure) -> None:
    if found != expected:
        raise ArchiveDamaged(path, Cause.DIGEST)
