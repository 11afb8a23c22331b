"""What this release of the product is: the tool and the schema that an archive was written by."""

import tomllib
from functools import cache

from django.conf import settings
from django.db.migrations.loader import MigrationLoader


@cache
def tool() -> str:
    """Name and version."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    return f"{project['name']} {project['version']}"


def current_migrations() -> dict[str, list[str]]:
    """The newest migrations of each app, as this release has them."""
    newest: dict[str, list[str]] = {}
    for app, name in sorted(_loader().graph.leaf_nodes()):
        newest.setdefault(app, []).append(name)
    return newest


def unknown_migrations(state: dict[str, list[str]]) -> list[str]:
    """The migrations in the state of an archive that this release does not have, as `app.name`."""
    loader = _loader()
    squashed = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    known = {*loader.disk_migrations, *squashed}
    return [f"{app}.{name}" for app, names in sorted(state.items()) for name in names if (app, name) not in known]


@cache
def _loader() -> MigrationLoader:
    return MigrationLoader(None)
