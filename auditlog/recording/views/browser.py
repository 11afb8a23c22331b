"""What pages tell by themselves: that they were left (G3)."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, background, signed_in
from auditlog.recording.screens import close_screen


@signed_in(when_suspended=True)
@background
@require_POST
def screen_closed(request: MemberRequest) -> HttpResponse:
    """Take note of it. The page that tells is gone, so nobody reads an answer."""
    try:
        opened = UUID(request.POST.get("screen", ""))
    except ValueError:
        return HttpResponse(status=204)
    close_screen(opened, actor=request.user.as_actor())
    return HttpResponse(status=204)
