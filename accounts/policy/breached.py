"""Passwords that are known from leaks, by a file on this machine (ASVS 6.2.12).

Django's list of the 20,000 most frequent ones comes with the product. An operator can add the whole set of Have I Been
Pwned: the file that its downloader writes, a SHA-1 hash and a count on each line, in the order of the hashes. It is not
loaded, and no password or part of its hash leaves the machine.
"""

import hashlib
import logging
import os
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

logger = logging.getLogger(__name__)


def is_breached(password: str) -> bool:
    """Whether the file has it. Without a file, or with one that cannot be read, no; the log says the latter."""
    if not settings.BREACHED_PASSWORDS:
        return False
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    try:
        with Path(settings.BREACHED_PASSWORDS).open("rb") as file:
            return _found(file, wanted)
    except OSError:
        logger.exception("Passwords are not looked up among the breached ones: the file cannot be read")
        return False


def _found(file: BinaryIO, wanted: bytes) -> bool:
    """Halve the file until a line is left; lines have different lengths, so each step begins at the next line."""
    low, high = 0, file.seek(0, os.SEEK_END)
    while low < high:
        middle = (low + high) // 2
        file.seek(max(middle - 1, 0))
        if middle:
            file.readline()  # the rest of the line that the middle fell into
        line = file.readline()
        if line and line[: len(wanted)].upper() < wanted:
            low = file.tell()
        else:
            high = middle
    file.seek(low)
    return file.readline()[: len(wanted)].upper() == wanted
