"""What kind of installation this is, by its environment. Known before the settings are read: `manage.py` asks first."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
MODES = frozenset({"production", "local", "demo", "test"})


def mode() -> str:
    """SEKISHO_MODE; without it, whoever brings a database along means production. Raises ImproperlyConfigured."""
    chosen = os.environ.get("SEKISHO_MODE") or ("production" if _own_database() else "local")
    if chosen not in MODES:
        raise ImproperlyConfigured(f"SEKISHO_MODE is {chosen!r}; it must be one of {', '.join(sorted(MODES))}.")
    return chosen


def is_embedded() -> bool:
    """Whether database and broker come from packages (`config.stack`)."""
    return mode() != "production" and not _own_database()


def var_dir() -> Path:
    """Where a local installation keeps its state; the tests keep theirs apart from the demo's."""
    chosen = os.environ.get("SEKISHO_VAR")
    return Path(chosen).resolve() if chosen else BASE_DIR / "var" / ("test" if mode() == "test" else "")


def _own_database() -> bool:
    return "DATABASE_URL" in os.environ or "DATABASE_URL_FILE" in os.environ
