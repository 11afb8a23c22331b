"""Who looked at this, and what did they do: trails of one thing and of one person (G2)."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from auditlog.periods import Period
from auditlog.queries import events_by
from auditlog.tables import EventTable, KindTable, PersonTable
from auditlog.trails import by_kind, by_person, events_on, newest_label
from auditlog.views.browsing import browse


@menu_required("console.audit")
@require_safe
def audit_target(request: MemberRequest) -> HttpResponse:
    """Everything that was ever recorded about one thing, be it deleted or not: who, how often, when, and each event."""
    target_type, target_id = _text(request, "target_type", 80), _text(request, "target", 80)
    named = {"target_type": target_type, "target": target_id}
    about = events_on(target_type, target_id)
    found = browse(
        request.GET, about, without=("target_type", "target", "q"), also=tuple(named), default_period=Period.ALL
    )
    label = newest_label(about.filter(at__lt=found.filter.span.until)) or target_id
    context = {
        "found": found,
        "events": EventTable(found.events),
        "shares": PersonTable(by_person(found.filter.qs)),
        "kept": named,
        "label": label,
        "trail": [(_("Audit log"), reverse("console:audit")), (label, "")],
    }
    return render(request, "auditlog/trail_of_target.html", context)


@menu_required("console.audit")
@require_safe
def audit_user(request: MemberRequest) -> HttpResponse:
    """Everything that one person did: of which kind, how often, when, and each event."""
    user_id, account = _text(request, "user", 150), _key(_text(request, "account", 80))
    named = {"user": user_id, "account": account.hex}
    by_them = events_by(account, user_id)
    found = browse(request.GET, by_them, without=("user",), also=tuple(named), default_period=Period.ALL)
    context = {
        "found": found,
        "events": EventTable(found.events),
        "shares": KindTable(by_kind(found.filter.qs)),
        "kept": named,
        "user_id": user_id,
        "account": account,
        "trail": [(_("Audit log"), reverse("console:audit")), (user_id, "")],
    }
    return render(request, "auditlog/trail_of_user.html", context)


def _text(request: MemberRequest, name: str, length: int) -> str:
    """What the address says under that name, as the log could have it."""
    return request.GET.get(name, "").replace("\0", "")[:length]


def _key(text: str) -> UUID:
    """The key in an address; for what is none, one that nothing has."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
