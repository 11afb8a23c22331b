"""Static files are listed once a process: WhiteNoise does it for every handler, and every test client has one.

It takes 20 ms and more, longer than most requests. The same settings find the same files.
"""

from django.conf import settings
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

_found: dict[tuple[object, ...], dict[str, StaticFile]] = {}
_list = WhiteNoiseMiddleware.add_files_from_finders


def list_once() -> None:
    """Do so from now on."""
    WhiteNoiseMiddleware.add_files_from_finders = _listed


def _listed(server: WhiteNoiseMiddleware) -> None:
    """The files are added by themselves to what the server has of its root, as WhiteNoise does it."""
    manner = (server.static_prefix, str(server.static_root), server.max_age, server.allow_all_origins)
    places = (*map(str, settings.STATICFILES_DIRS), *settings.STATICFILES_FINDERS)
    key = (*manner, server.add_headers_function, *places)
    if key not in _found:
        _list(server)
        _found[key] = dict(server.files)
    server.files.update(_found[key])
