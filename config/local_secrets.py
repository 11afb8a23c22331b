"""Secrets of a local installation: made once, kept below `var/`, never used in production."""

import os
import secrets
from pathlib import Path


def local_secret(var_dir: Path, name: str) -> str:
    """The secret of that name; made at the first call, by whichever process comes first."""
    path = var_dir / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f".{name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        try:
            os.link(fresh, path)  # the second of two processes fails here and reads what the first one wrote
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text()
