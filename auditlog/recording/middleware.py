"""Records what nobody asks for: pages that are opened, refusals, and requests while a company is traced (G3)."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpResponseBase

from accounts.access import access_of
from auditlog.actions import NOT_FOUND, REQUEST_REFUSED, Action, Kind, Outcome
from auditlog.actors import Actor
from auditlog.context import Origin, current_origin, origin
from auditlog.recording.actions import REQUEST_TRACED, SCREEN_OPENED
from auditlog.recording.pages import ROUTE
from auditlog.recording.screens import screen_of
from auditlog.services import Target, record, record_apart
from tenants.isolation.models import new_id
from tenants.isolation.transactions import current_connection, tenant_transaction

logger = logging.getLogger(__name__)

_REFUSALS = frozenset({400, 401, 403, 405, 413, 415, 429})


@dataclass(slots=True, eq=False)
class Questions:
    """How often and for how long a request asked the database."""

    connection: BaseDatabaseWrapper
    count: int = 0
    seconds: float = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """One question (Django's `execute_wrapper`)."""
        begun = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.count += 1
            self.seconds += perf_counter() - begun


@dataclass(frozen=True, slots=True)
class Note:
    """An event to be written when the answer is on its way."""

    action: Action
    details: dict[str, Any]


class RecordingMiddleware:
    """Stands outside of the request's transaction, whose end it sees.

    Refusals are written before the answer goes out. Openings and traces are written when it has gone out, in one
    transaction of their own, so that nobody waits for them: a process that is killed in that moment loses the one.
    """

    def __init__(self, get_response: Callable[[Any], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        """Handle the request."""
        request.screen_id = request.questions = None
        begun = perf_counter()
        response = self.get_response(request)
        user = getattr(request, "user", None)  # who it is was not asked where something further out has answered
        if user is None or not user.is_authenticated:
            return response  # there is no company in whose log it could stand; the request log has it (G6)
        _record_refusal(request, response)
        notes = [*_opening(request, response), *_trace(request, response, (perf_counter() - begun) * 1000)]
        if notes:
            write = partial(_write, notes, request.user.as_actor(), request.user.tenant_id, current_origin())
            # The server calls these when the last byte is sent, and before it gives the connection back.
            response._resource_closers.append(write)  # type: ignore[attr-defined]
        return response

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> None:
        """Now it is known who asks, and for what."""
        captured: frozenset[Kind] = getattr(request, "captured", frozenset())  # none where no session was looked for
        if settings.RECORD_SCREENS and Kind.SCREEN in captured and _asks_for_a_page(request, view):
            request.screen_id = new_id()
        if Kind.TRACE in captured:
            request.questions = Questions(current_connection())
            request.questions.connection.execute_wrappers.append(request.questions)


def _asks_for_a_page(request: Any, view: Any) -> bool:
    """A whole page that somebody wants to look at: no fragment, no poll, nothing that a browser fetches ahead."""
    access = access_of(view)
    return (
        request.method == "GET"
        and access is not None
        and not access.public
        and not getattr(view, "background", False)
        and "HX-Request" not in request.headers
        and request.headers.get("Sec-Fetch-Dest", "document") == "document"
        and "prefetch" not in request.headers.get("Sec-Purpose", "")
    )


def _record_refusal(request: Any, response: HttpResponseBase) -> None:
    """What was refused and is not on record yet, such as a wrong method or an address that never was one."""
    if response.status_code not in _REFUSALS | {404} or current_origin().refusal_recorded:
        return
    record_apart(
        NOT_FOUND if response.status_code == 404 else REQUEST_REFUSED,
        actor=request.user.as_actor(),
        tenant_id=request.user.tenant_id,
        target=Target("page", label=request.path),
        outcome=Outcome.DENIED,
        after={"status": response.status_code, "method": request.method},
    )


def _opening(request: Any, response: HttpResponseBase) -> Iterator[Note]:
    is_page = response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming
    if request.screen_id and response.status_code == 200 and is_page and "Content-Disposition" not in response.headers:
        yield Note(SCREEN_OPENED, {"target": screen_of(request.resolver_match), "key": request.screen_id})


def _trace(request: Any, response: HttpResponseBase, duration_ms: float) -> Iterator[Note]:
    questions: Questions | None = request.questions
    if questions is None:
        return
    questions.connection.execute_wrappers.remove(questions)
    measured = {
        "method": request.method,
        "status": response.status_code,
        "milliseconds": round(duration_ms, 1),
        "queries": questions.count,
        "query_milliseconds": round(questions.seconds * 1000, 1),
    }
    failed_by = getattr(request, "failed_by", "") if response.status_code >= 500 else ""
    yield Note(
        REQUEST_TRACED,
        {
            "target": Target(ROUTE, label=request.resolver_match.view_name),
            "outcome": Outcome.FAILURE if response.status_code >= 500 else Outcome.SUCCESS,
            "after": measured | ({"error": failed_by} if failed_by else {}),
        },
    )


def _write(notes: list[Note], actor: Actor, tenant_id: UUID, where: Origin) -> None:
    try:
        with origin(where), tenant_transaction(tenant_id):
            for note in notes:
                record(note.action, actor=actor, **note.details)
    except DatabaseError:
        logger.exception("%d events of a request were not recorded", len(notes))
