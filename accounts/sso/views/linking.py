"""One's own link to the company's identity provider (A6)."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, signed_in
from accounts.sso import pending, queries
from accounts.sso.models import Purpose
from accounts.sso.views.browser import depart, nonce_of


@signed_in
@require_http_methods(["GET", "POST"])
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
