"""The service as somebody elsewhere sees it (N9): no database, no broker, nothing but its public address."""

import json
from datetime import datetime
from typing import Any

from django.urls import reverse

from incidents.monitoring.asking import Answer, ask, certificate_end, days_left
from incidents.monitoring.catalogue import ProbeState
from incidents.monitoring.looking import SLOW_PAGE_SECONDS, certificate_state
from incidents.monitoring.services import Sample

UP, DOWN = ProbeState.UP, ProbeState.DOWN


def look(url: str, now: datetime, *, place: str) -> list[Sample]:
    """Ask the log-in page, `/healthz` and `/readyz`, and read the certificate; never raises.

    Of what stands behind the pages, `/readyz` tells; of what it does not say nothing is known.
    """
    page = ask(url, reverse("login"))
    samples = [Sample("login_page", at=now, place=place, **_page(page))]
    if page.status:
        health = ask(url, reverse("healthz"))
        state = UP if health.status == 200 else DOWN
        detail = "" if state == UP else health.error or f"/healthz: HTTP {health.status}"
        samples.append(Sample("database", state, now, health.seconds if state == UP else None, detail, place))
        samples += _behind(ask(url, reverse("readyz")).body, now, place)
    return samples + _certificate(url, now, place)


def _page(answer: Answer) -> dict[str, Any]:
    if answer.status != 200:
        return {"state": DOWN, "detail": answer.error or f"HTTP {answer.status}"}
    return {"state": ProbeState.DEGRADED if answer.seconds > SLOW_PAGE_SECONDS else UP, "value": answer.seconds}


def _behind(body: bytes, now: datetime, place: str) -> list[Sample]:
    """Broker, store and worker as `/readyz` describes them."""
    try:
        told = json.loads(body)
        checks, worker = dict(told["checks"]), told["worker"]
        found = {name: ProbeState(checks[name]) for name in ("broker", "store")}
        found["worker"] = ProbeState(worker["state"])
        age = worker["heartbeat_seconds"]
    except (ValueError, KeyError, TypeError):
        return []
    detail = "" if found["worker"] == UP else f"last sign of life {age} s ago"
    return [
        Sample(name, state, now, None, detail if name == "worker" else "", place)
        for name, state in found.items()
        if state != ProbeState.UNKNOWN
    ]


def _certificate(url: str, now: datetime, place: str) -> list[Sample]:
    try:
        end = certificate_end(url)
    except (OSError, ValueError):
        return []  # the page could not be had either, and said why
    if end is None:
        return []
    state, value, detail = certificate_state(days_left(end, now))
    return [Sample("certificate", state, now, value, detail, place)]
