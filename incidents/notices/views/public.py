"""Public notices for anybody, and their feeds (N1, N7)."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import condition, require_safe

from accounts.access import public
from incidents.notices import feeds, queries

_SECONDS = 60


@public
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """What everybody may know, newest first."""
    return render(request, "incidents/notices/news.html", {"notices": queries.public_notices()})


@public
@require_safe
def news_item(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """One of them."""
    found = queries.find_public_notice(notice_id)
    if found is None:
        raise Http404
    return render(request, "incidents/notices/news_item.html", {"notice": found})


@public
@require_safe
@condition(etag_func=feeds.etag)
def notices_atom(request: HttpRequest) -> HttpResponse:
    """The Atom feed, in Japanese; `?lang=en` in English."""
    return _cached(feeds.atom(request))


@public
@require_safe
@condition(etag_func=feeds.etag)
def notices_json(request: HttpRequest) -> HttpResponse:
    """The same as JSON Feed 1.1."""
    response = JsonResponse(feeds.json_feed(request), json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/feed+json; charset=utf-8"
    return _cached(response)


def _cached(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = f"public, max-age={_SECONDS}"
    return response
