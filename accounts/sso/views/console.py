"""Setting single sign-on up in the console, from top to bottom (A6)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, menu_required, step_up, step_up_to_change
from accounts.forms import complain
from accounts.sso import addresses, connections, pending, queries
from accounts.sso.actions import SSO_FAILED
from accounts.sso.certificates import read_certificate
from accounts.sso.forms import CertificateForm, FactorForm, JoiningForm, ProviderForm, RequireForm
from accounts.sso.idpmetadata import Provider, checked_provider, read_metadata
from accounts.sso.models import Connection, Purpose
from accounts.sso.refusals import Reason
from accounts.sso.views.browser import depart, nonce_of

_SHOWN_FAILURES = 10
_WARN_DAYS = 60


@menu_required("console.sso")
@require_safe
def overview(request: MemberRequest) -> HttpResponse:
    """Everything about single sign-on: what to copy, what is pinned, who joins, what failed lately."""
    return _page(request, queries.connection_of_tenant())


@menu_required("console.sso")
@require_POST
@step_up
def prepare(request: MemberRequest) -> HttpResponse:
    """Make the addresses and the key pair."""
    connections.prepare(actor=request.user.as_actor())
    return redirect("console:sso")


@menu_required("console.sso")
@require_POST
@step_up
def provider(request: MemberRequest) -> HttpResponse:
    """Pin the identity provider of the uploaded metadata."""
    connection = _for_change()
    form = ProviderForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            connections.pin_provider(
                connection, read_metadata(form.cleaned_data["metadata"]), actor=request.user.as_actor()
            )
        except ValidationError as error:
            complain(form, error)
    if form.errors:
        return _page(request, connection, provider_form=form)
    messages.success(request, _("The identity provider is set. Check the certificates, then make a test log-in."))
    return redirect("console:sso")


@menu_required("console.sso")
@require_POST
@step_up
def certificate_add(request: MemberRequest) -> HttpResponse:
    """Add the successor of the present certificate."""
    connection = _for_change()
    form = CertificateForm(request.POST)
    if form.is_valid():
        try:
            changed = _with_certificates(connection, [*connection.certificates, form.cleaned_data["certificate"]])
            connections.pin_provider(connection, changed, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
    if form.errors:
        return _page(request, connection, certificate_form=form)
    messages.success(request, _("The certificate was added."))
    return redirect("console:sso")


@menu_required("console.sso")
@require_POST
@step_up
def certificate_remove(request: MemberRequest) -> HttpResponse:
    """Remove one of two certificates."""
    connection, gone = _for_change(), request.POST.get("fingerprint", "")
    rest = [pem for pem in connection.certificates if read_certificate(pem).fingerprint != gone]
    try:
        connections.pin_provider(connection, _with_certificates(connection, rest), actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The certificate was removed."))
    return redirect("console:sso")


@menu_required("console.sso")
@require_POST
@step_up
def joining(request: MemberRequest) -> HttpResponse:
    """Decide who may join."""
    connection = _for_change()
    form = JoiningForm(request.POST)
    if form.is_valid():
        try:
            connections.set_joining(connection, **form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
    if form.errors:
        return _page(request, connection, joining_form=form)
    messages.success(request, _("The changes were saved."))
    return redirect("console:sso")


@menu_required("console.sso")
@require_POST
def second_factor(request: MemberRequest) -> HttpResponse:
    """Decide which methods of the identity provider count as two factors."""
    connection = _for_change()
    form = FactorForm(request.POST)
    if form.is_valid():
        try:
            connections.set_factor_contexts(connection, **form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
    if form.errors:
        return _page(request, connection, factor_form=form)
    messages.success(request, _("The changes were saved."))
    return redirect("console:sso")


@menu_required("console.sso")
@require_POST
def test(request: MemberRequest) -> HttpResponse:
    """Go to the identity provider and back without logging in; shows what came in."""
    connection = _for_change()
    if not connection.ready:
        raise Http404
    departure = pending.begin(connection, purpose=Purpose.TEST, nonce=nonce_of(request), user=request.user)
    return depart(request, departure)


@menu_required("console.sso")
@require_safe
def test_result(request: MemberRequest, test: UUID) -> HttpResponse:
    """What came in at one's own test log-in."""
    found = queries.test_of(request.user, test)
    if found is None or found.result is None:
        raise Http404
    reason = found.result.get("reason", "")
    context = {
        "result": found.result,
        "reason": Reason(reason).label if reason in Reason.values else "",
        "trail": [(_("Single sign-on"), reverse("console:sso")), (_("Test log-in"), "")],
    }
    return render(request, "accounts/console/sso_test.html", context)


@menu_required("console.sso")
@require_http_methods(["GET", "POST"])
@step_up_to_change
def require(request: MemberRequest) -> HttpResponse:
    """Ask, then let nobody in by password but one administrator."""
    connection = _for_change()
    form = RequireForm(request.POST or None, initial={"break_glass": request.user})
    if form.is_valid():
        try:
            connections.require_sso(connection, **form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("From now on people log in by the identity provider only."))
            return redirect("console:sso")
    unlinked = queries.unlinked_users(connection.entity_id)
    context = {
        "form": form,
        "tested": connection.tested_at is not None,
        "unlinked": unlinked[:_SHOWN_FAILURES],
        "unlinked_count": unlinked.count(),
        "trail": [(_("Single sign-on"), reverse("console:sso")), (_("Require single sign-on"), "")],
    }
    return render(request, "accounts/console/sso_require.html", context)


@menu_required("console.sso")
@require_POST
@step_up
def allow_passwords(request: MemberRequest) -> HttpResponse:
    """Let everybody in by password again."""
    connections.allow_passwords(_for_change(), actor=request.user.as_actor())
    messages.success(request, _("Everybody can log in by password again."))
    return redirect("console:sso")


def _for_change() -> Connection:
    connection = queries.connection_for_change()
    if connection is None:
        raise Http404
    return connection


def _with_certificates(connection: Connection, pems: list[str]) -> Provider:
    return checked_provider(
        entity_id=connection.entity_id,
        sso_url=connection.sso_url,
        slo_url=connection.slo_url,
        certificates=pems,
    )


def _page(request: MemberRequest, connection: Connection | None, **forms: Any) -> HttpResponse:
    if connection is None:
        return render(request, "accounts/console/sso_new.html")
    certificates = [read_certificate(pem) for pem in connection.certificates]
    failures = queries.failures(SSO_FAILED.code, _SHOWN_FAILURES)
    context: dict[str, Any] = {
        "connection": connection,
        "entity_id": addresses.entity_id(connection),
        "acs_url": addresses.acs_url(connection),
        "slo_url": addresses.slo_url(connection),
        "start_url": addresses.start_url(connection),
        "certificates": certificates,
        "expiring": [certificate for certificate in certificates if certificate.days_left < _WARN_DAYS],
        "failures": [(event, _explained(event.after or {})) for event in failures],
        "provider_form": ProviderForm(),
        "certificate_form": CertificateForm(),
        "joining_form": JoiningForm.showing(connection),
        "factor_form": FactorForm.showing(connection),
    }
    return render(request, "accounts/console/sso.html", context | forms)


def _explained(after: dict[str, Any]) -> str:
    """A refusal in words that an administrator understands."""
    reason = str(after.get("reason", ""))
    return str(Reason(reason).label) if reason in Reason.values else reason
