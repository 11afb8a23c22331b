"""One's own link to the company's identity provider, and proving by it once more who one is (A6, A11)."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, before_enrolment, before_password_change, signed_in, step_up_to_change
from accounts.factors import stepping
from accounts.factors.views.confirm import confirmed as go_on
from accounts.sso import pending, queries
from accounts.sso.models import Purpose
from accounts.sso.views.browser import depart, nonce_of


@signed_in
@require_http_methods(["GET", "POST"])
@step_up_to_change
def link(request: MemberRequest) -> HttpResponse:
    """Show that one is the same person here and at the identity provider: by being logged in at both."""
    connection = queries.connection_of_tenant()
    if connection is None or not connection.ready:
        raise Http404
    if request.method == "POST":
        departure = pending.begin(connection, purpose=Purpose.LINK, nonce=nonce_of(request), user=request.user)
        return depart(request, departure)
    mine = queries.identities().filter(user=request.user, entity_id=connection.entity_id).first()
    trail = [(_("Profile and security"), reverse("profile")), (_("Single sign-on"), "")]
    return render(request, "accounts/sso/link.html", {"identity": mine, "trail": trail})


@signed_in(when_suspended=True)
@before_enrolment
@before_password_change
@require_POST
def confirm(request: MemberRequest) -> HttpResponse:
    """Let the identity provider ask for the password again, before a risky action (ASVS 7.5.3)."""
    connection = queries.connection_of_tenant()
    if connection is None or not queries.may_confirm(request.user):
        raise Http404
    wanted, nonce = request.GET.get("next", ""), nonce_of(request)
    departure = pending.begin(
        connection, purpose=Purpose.CONFIRM, nonce=nonce, next_path=wanted, user=request.user, fresh=True
    )
    return depart(request, departure)


@signed_in(when_suspended=True)
@before_enrolment
@before_password_change
@require_http_methods(["GET", "POST"])
def confirmed(request: MemberRequest, proof: UUID) -> HttpResponse:
    """Back from the identity provider; a click goes on, since looking at a page changes nothing (ASVS 3.5.3)."""
    if not queries.is_confirmed(request.user, proof):
        raise Http404
    if request.method != "POST":
        return render(request, "accounts/sso/confirmed.html")
    if not pending.take_confirmation(request.user, proof):
        raise Http404
    return go_on(request, stepping.confirm(request.login_session, by="sso"))
