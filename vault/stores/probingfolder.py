"""What can be tried with a folder: little, and it is said so."""

import os
import stat
from collections.abc import Iterator

from vault.stores.local import LocalStore
from vault.stores.probes import Probe


def probe_folder(store: LocalStore, name: str) -> Iterator[Probe]:
    """A folder keeps its objects from nobody who may write in it."""
    path = store.root / name
    expected = "an object cannot be overwritten"
    try:
        os.close(os.open(path, os.O_WRONLY))
    except OSError as error:
        yield Probe("overwrite", expected, f"refused: {error.strerror}", held=True, essential=False)
    else:
        yield Probe("overwrite", expected, "accepted: who may write in the folder may", held=False, essential=False)
    yield Probe(
        "locked_delete", "a locked object cannot be deleted", "a folder has no locks", held=False, essential=False
    )
    mode = stat.S_IMODE(store.root.stat().st_mode)
    yield Probe("stranger", "nobody else on the machine may look", f"mode {mode:04o}", held=not mode & 0o077)
