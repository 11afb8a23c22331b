"""Removing users, and taking the list of them along (A8)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import queries
from accounts.access import MemberRequest, menu_required, own_transactions, step_up, step_up_to_change
from accounts.people import exporting
from accounts.people.removal import remove_user


@menu_required("console.users")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def user_remove(request: MemberRequest, user: UUID) -> HttpResponse:
    """Ask, and have the user ID typed; then remove the account for good."""
    found = queries.user_for_change(user) if request.method == "POST" else queries.find_user(user)
    if found is None:
        raise Http404
    person_url = reverse("console:user", args=[found.id])
    if request.method != "POST":
        trail = [(_("Users"), reverse("console:users")), (str(found), person_url), (_("Remove"), "")]
        losses = [
            _("the account with its roles, sessions, second factors and links to an identity provider"),
            _("name and e-mail address, except in the audit log, in finished reviews and beside documents"),
        ]
        context = {"person": found, "trail": trail, "losses": losses}
        return render(request, "accounts/console/user_remove.html", context)
    if request.POST.get("confirmation", "").strip() != found.user_id:
        messages.error(request, _("Nothing was removed: the user ID that you typed is another one."))
        return redirect("console:user_remove", found.id)
    try:
        name = str(found)
        remove_user(found, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(person_url)
    messages.success(request, _("%(user)s was removed.") % {"user": name})
    return redirect("console:users")


@menu_required("console.users")
@require_safe
@own_transactions
@step_up
def user_export(request: MemberRequest) -> StreamingHttpResponse:
    """All users as CSV. HEAD is answered without a record: nothing leaves."""
    stream = exporting.export_users(actor=request.user.as_actor()) if request.method == "GET" else iter(())
    headers = {"Content-Disposition": content_disposition_header(True, "users.csv") or "attachment"}
    return StreamingHttpResponse(stream, content_type="text/csv; charset=utf-8", headers=headers)
