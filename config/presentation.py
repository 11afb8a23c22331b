"""What elements show beyond their attributes: tones, icons, percentages, page numbers, local times."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page
from django.core.serializers.json import DjangoJSONEncoder
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone

# A state's tone and icon. Tone never stands alone: the label and the icon say the same (WCAG 1.4.1).
STATUSES: Mapping[str, tuple[str, str]] = {
    "active": ("success", "circle-check"),
    "success": ("success", "circle-check"),
    "succeeded": ("success", "circle-check"),
    "verified": ("success", "shield-check"),
    "completed": ("success", "circle-check"),
    "operational": ("success", "circle-check"),
    "up": ("success", "circle-check"),
    "down": ("danger", "circle-x"),
    "trial": ("info", "hourglass"),
    "invited": ("info", "mail"),
    "pending": ("info", "clock"),
    "keep": ("success", "check"),
    "change": ("warning", "edit"),
    "remove": ("danger", "user-off"),
    "ready": ("info", "clipboard-check"),
    "running": ("info", "loader"),
    "scheduled": ("info", "calendar"),
    "asked": ("warning", "hourglass"),
    "approved": ("info", "clock"),
    "done": ("success", "circle-check"),
    "withdrawn": ("neutral", "ban"),
    "granted": ("danger", "lock-open"),
    "refused": ("neutral", "ban"),
    "expired": ("neutral", "clock"),
    "cancelled": ("neutral", "ban"),
    "ended": ("neutral", "circle-check"),
    "effective": ("neutral", "player-pause"),
    "cancelling": ("warning", "hourglass"),
    "expiring": ("warning", "clock"),
    "warning": ("warning", "alert-triangle"),
    "degraded": ("warning", "alert-triangle"),
    "denied": ("warning", "ban"),
    "suspended": ("neutral", "player-pause"),
    "deleted": ("neutral", "trash"),
    "unknown": ("neutral", "help"),
    "failure": ("danger", "circle-x"),
    "failed": ("danger", "circle-x"),
    "faulty": ("danger", "alert-circle"),
    "open": ("warning", "eye"),
    "waiting_for_support": ("warning", "hourglass"),
    "waiting_for_company": ("info", "mail"),
    "resolved": ("success", "circle-check"),
    "closed": ("neutral", "ban"),
    "seen": ("info", "check"),
    "explained": ("success", "circle-check"),
    "low": ("neutral", "info-circle"),
    "medium": ("warning", "alert-circle"),
    "high": ("danger", "alert-octagon"),
    "locked": ("danger", "lock"),
    "overdue": ("danger", "alert-octagon"),
    "critical": ("danger", "alert-octagon"),
    "serious": ("danger", "alert-circle"),
    "moderate": ("warning", "alert-triangle"),
    "minor": ("neutral", "info-circle"),
    "investigating": ("danger", "search"),
    "identified": ("warning", "tool"),
    "monitoring": ("info", "eye"),
    "merged": ("neutral", "link"),
    "draft": ("warning", "edit"),
    "published": ("success", "send"),
    "late": ("danger", "alert-circle"),
    "later": ("neutral", "circle-dashed"),
    "outage": ("danger", "alert-octagon"),
}
ALERT_ICONS = {"info": "info-circle", "success": "circle-check", "warning": "alert-triangle", "danger": "alert-octagon"}
FILE_ICONS = (
    ("application/pdf", "file-type-pdf"),
    ("text/csv", "file-spreadsheet"),
    ("application/vnd.ms-excel", "file-spreadsheet"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml", "file-spreadsheet"),
    ("application/vnd.openxmlformats-officedocument", "file-text"),
    ("application/msword", "file-text"),
    ("application/zip", "file-zip"),
    ("application/json", "file-code"),
    ("text/html", "file-code"),
    ("text/", "file-text"),
    ("image/", "photo"),
    ("video/", "video"),
    ("audio/", "music"),
)
WARN_AT_PERCENT = 80
ALARM_AT_PERCENT = 95


def alert(values: Mapping[str, Any], _context: Context) -> dict[str, str]:
    """Choose the icon; Django's message level `error` is our `danger`, `debug` our `info`."""
    tone = {"error": "danger", "debug": "info"}.get(values["tone"], values["tone"]) or "info"
    return {"tone": tone, "icon": ALERT_ICONS[tone]}


def badge(values: Mapping[str, Any], _context: Context) -> dict[str, str]:
    """Find tone and icon of a status; what the page set itself wins."""
    tone, icon = STATUSES.get(str(values["status"]).lower(), ("neutral", ""))
    return {"tone": values["tone"] or tone, "icon": values["icon"] or icon}


def progress(values: Mapping[str, Any], _context: Context) -> dict[str, Any]:
    """Percentage of the maximum (0 when there is none), and a tone that warns before the limit is reached."""
    maximum = values["maximum"] or 0
    percent = min(100, round(100 * values["value"] / maximum)) if maximum else 0
    tone = "danger" if percent >= ALARM_AT_PERCENT else "warning" if percent >= WARN_AT_PERCENT else "primary"
    return {"percent": percent, "tone": values["tone"] or tone}


def tab(values: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Where a tab leads, whether the reader's menus open it, and whether the page in hand is it or one behind it.

    `also` names the pages behind it whose addresses could be those of another tab.
    """
    request: Any = context.get("request")
    url = reverse(values["page"])
    match = getattr(request, "resolver_match", None)
    names = [values["page"], *values["also"].split()]
    beside = any(name == getattr(match, "view_name", "") for name in names)
    below = not values["also"] and getattr(request, "path", "").startswith(url)
    allowed = not values["menu"] or values["menu"] in getattr(request, "menus", ())
    return {"url": url, "active": beside or below, "allowed": allowed}


def moment(values: Mapping[str, Any], _context: Context) -> dict[str, Any]:
    """The time in the zone of the person who looks, with the zone's name (T10). A plain date has no zone."""
    value: date | datetime | None = values["value"]
    if not isinstance(value, datetime):
        return {"local": value, "date_only": True}
    local = timezone.localtime(value)
    return {"local": local, "zone": local.tzname()}


def filetype(values: Mapping[str, Any], _context: Context) -> dict[str, str]:
    """The icon for a content type, by its longest known beginning."""
    content_type = values["content_type"] or ""
    return {"icon": next((icon for start, icon in FILE_ICONS if content_type.startswith(start)), "file")}


def avatar(values: Mapping[str, Any], _context: Context) -> dict[str, str]:
    """Two initials of a name in Latin letters, one character of any other name."""
    words = str(values["name"]).split()
    if len(words) > 1 and all(word[0].isascii() for word in words):
        return {"initials": (words[0][0] + words[-1][0]).upper()}
    return {"initials": words[0][0].upper() if words else "?"}


def chart(values: Mapping[str, Any], _context: Context) -> dict[str, Any]:
    """The drawing instructions for static/js/chart.js and the same numbers as rows of a table.

    They stand in an attribute: of a part of a page that comes later, htmx takes nothing that looks like a script.
    """
    data: Mapping[str, Any] = values["data"]
    columns = [series["values"] for series in data["series"]]
    rows = list(zip(data["labels"], zip(*columns, strict=True), strict=True))
    plan = {**data, "kind": values["kind"], "unit": str(values["unit"])}
    return {"rows": rows, "plan": plan, "instructions": json.dumps(plan, cls=DjangoJSONEncoder, ensure_ascii=False)}


def pagination(values: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Page numbers with their query strings, keeping filters and order as they are."""
    page: Page[Any] = values["page"]
    request = context.get("request")

    def link(number: int) -> str:
        query = request.GET.copy() if request is not None else None
        if query is None:
            return f"?{values['parameter']}={number}"
        query[values["parameter"]] = str(number)
        return f"?{query.urlencode()}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "links": [(number, link(number) if isinstance(number, int) else "") for number in numbers],
        "previous": link(page.previous_page_number()) if page.has_previous() else "",
        "next": link(page.next_page_number()) if page.has_next() else "",
    }
