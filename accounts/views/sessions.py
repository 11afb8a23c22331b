"""Who of the company is logged in where, and putting an end to it (A11, ASVS 7.4.5, 7.5.2)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from accounts import queries
from accounts.access import MemberRequest, menu_required, step_up, step_up_to_change
from accounts.sessions import end_every_session, end_sessions, every_session
from accounts.tables import EverySessionTable

_PER_PAGE = 50


@menu_required("console.sessions")
@require_safe
def session_list(request: MemberRequest) -> HttpResponse:
    """Everybody who is logged in."""
    table = EverySessionTable(every_session())
    RequestConfig(request, paginate={"per_page": _PER_PAGE}).configure(table)
    return render(request, "accounts/console/sessions.html", {"table": table, "current": request.login_session})


@menu_required("console.sessions")
@require_POST
@step_up
def user_sessions_end(request: MemberRequest, user: UUID) -> HttpResponse:
    """Log a user out everywhere; an administrator's own present session stays."""
    person = queries.find_user(user)
    if person is None:
        raise Http404
    count = end_sessions(person, actor=request.user.as_actor(), keep=request.login_session)
    text = ngettext("%(count)d session of %(user)s was ended.", "%(count)d sessions of %(user)s were ended.", count)
    messages.success(request, text % {"count": count, "user": person})
    return redirect("console:sessions")


@menu_required("console.sessions")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def sessions_end(request: MemberRequest) -> HttpResponse:
    """Ask, then log everybody out but for oneself here."""
    if request.method != "POST":
        trail = [(_("Logged-in devices"), reverse("console:sessions")), (_("Log everybody out"), "")]
        return render(request, "accounts/console/sessions_end.html", {"trail": trail})
    count = end_every_session(actor=request.user.as_actor(), keep=request.login_session)
    text = ngettext("%(count)d session was ended.", "%(count)d sessions were ended.", count)
    messages.success(request, text % {"count": count})
    return redirect("console:sessions")
