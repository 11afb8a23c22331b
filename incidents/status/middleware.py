"""The status page at `/status/` of the application itself (N1)."""

from collections.abc import Callable

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    HttpResponsePermanentRedirect,
)
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from incidents.status.serving import Loaded, Site
from incidents.status.store import status_store

ROOT = "/status/"
_INDEX = {"ja": "index.html", "en": "index.en.html"}


class StatusPageMiddleware:
    """Answers below `/status/` with the files of the page; every other address goes on to the application.

    It stands before everything that needs the database or a log-in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._site: Site | None = None

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve a file, if it is one."""
        path = request.path_info
        if not path.startswith(ROOT) or request.method not in {"GET", "HEAD"}:
            if path == ROOT[:-1] and request.method in {"GET", "HEAD"}:
                return HttpResponsePermanentRedirect(ROOT)
            return self.get_response(request)
        name = path.removeprefix(ROOT)
        if not name:
            name = _INDEX[preferred_language(request)]
        elif name.endswith("/"):
            name += "index.html"
        file = self._current().get(name)
        if file is None:
            return self.get_response(request)
        return _answer(request, file, chosen=path == ROOT)

    def _current(self) -> Site:
        store = status_store()
        if self._site is None or self._site.store is not store:
            self._site = Site(store)
        return self._site


def preferred_language(request: HttpRequest) -> str:
    """English for a browser that asks for it before Japanese; Japanese for everybody else."""
    for code, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        try:
            found = get_supported_language_variant(code)
        except LookupError:
            continue
        return found if found in _INDEX else "ja"
    return "ja"


def _answer(request: HttpRequest, file: Loaded, *, chosen: bool) -> HttpResponse:
    vary = "Accept-Encoding, Accept-Language" if chosen else "Accept-Encoding"
    if request.headers.get("If-None-Match") == file.headers["ETag"]:
        unchanged = HttpResponseNotModified()
        unchanged.headers["ETag"], unchanged.headers["Vary"] = file.headers["ETag"], vary
        return unchanged
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(file.packed if packed else file.plain, headers=file.headers | {"Vary": vary})
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(response.content))
    return response
