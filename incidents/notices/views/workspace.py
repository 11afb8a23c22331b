"""Notices for everybody who is logged in (N1, N7). They stay readable when the use of the company has ended."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, signed_in
from accounts.views.entrance import next_page
from incidents.notices import queries, services
from incidents.notices.models import Notice, NoticeState
from incidents.notices.tables import NoticeTable

_PER_PAGE = 25


@signed_in(when_suspended=True)
@require_safe
def notices(request: MemberRequest) -> HttpResponse:
    """Everything that was announced to the company, newest first."""
    page = Paginator(queries.notices_of(request.user), _PER_PAGE).get_page(request.GET.get("page", 1))
    context = {"page": page, "table": NoticeTable(page.object_list)}
    return render(request, "incidents/notices/list.html", context)


@signed_in(when_suspended=True)
@require_safe
def notice(request: MemberRequest, notice_id: UUID) -> HttpResponse:
    """One notice. Opening it is reading it."""
    found = _found(request, notice_id)
    if request.method == "GET" and found.state == NoticeState.PUBLISHED and found.read_at is None:
        services.mark_read(found, reader=request.user, actor=request.user.as_actor())
    trail = [(_("Notices"), reverse("notices")), (found.title if found.withdrawn_at is None else _("Withdrawn"), "")]
    return render(request, "incidents/notices/notice.html", {"notice": found, "trail": trail})


@signed_in(when_suspended=True)
@require_POST
def notice_read(request: MemberRequest, notice_id: UUID) -> HttpResponse:
    """From the banner: seen. Back to the page that showed it."""
    found = _found(request, notice_id)
    services.mark_read(found, reader=request.user, actor=request.user.as_actor())
    return redirect(next_page(request, request.POST.get("next")))


@signed_in(when_suspended=True)
@require_POST
def notices_read(request: MemberRequest) -> HttpResponse:
    """All of them at once."""
    services.mark_all_read(reader=request.user, actor=request.user.as_actor())
    messages.success(request, _("All notices are marked as read."))
    return redirect("notices")


def _found(request: MemberRequest, notice_id: UUID) -> Notice:
    found = queries.find_notice_for(notice_id, request.user)
    if found is None:
        raise Http404
    return found
