"""Where a command writes an export: a file that bears its name only once it is whole, or standard output (G2)."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

STDOUT = Path("-")


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A new file, for its owner's eyes only; an exception leaves nothing. Raises FileExistsError and other OSErrors."""
    if path == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if path.exists():
        raise FileExistsError(f"{path} exists already.")
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", suffix=".part") as part:
        yield part
        part.flush()
        os.fsync(part.fileno())
        os.link(part.name, path)  # fails where somebody else's file is by now; a rename would replace it
