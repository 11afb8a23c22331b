"""The way in by the company's identity provider: company code, start, answer, metadata, log-out (A6)."""

from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import login
from accounts.access import own_transactions, public
from accounts.sso import addresses, enforcement, entering, logout, pending, queries
from accounts.sso import messages as saml_messages
from accounts.sso.forms import CompanyForm
from accounts.sso.models import Purpose
from accounts.sso.refusals import TOLD, Reason, SsoRefused
from accounts.sso.views.browser import depart, nonce_of
from accounts.views.entrance import admitted
from tenants import limits
from tenants.isolation.directory import current_company
from tenants.isolation.transactions import tenant_transaction


@public
@own_transactions
@never_cache
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Ask for the company code. Every code leads on to an address of the same form (see the decision record)."""
    form = CompanyForm(
        request.POST or None, initial={"company_code": request.COOKIES.get(settings.COMPANY_COOKIE_NAME, "")}
    )
    if form.is_valid():
        return redirect("sso_start", enforcement.public_name_of(form.cleaned_data["company_code"]))
    return render(request, "accounts/sso/find.html", {"form": form})


@public
@own_transactions
@never_cache
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, name: str) -> HttpResponse:
    """Go to the identity provider, once somebody has clicked (ASVS 7.6.2)."""
    if request.method != "POST":
        return render(request, "accounts/sso/start.html", {"next": pending.safe_path(request.GET.get("next", ""))})
    try:
        tenant_id, public_id = _parsed(name)
        with tenant_transaction(tenant_id):
            connection, company = queries.connection_named(public_id), current_company()
            if connection is None or company is None:
                raise SsoRefused(Reason.NOT_READY)
            if company.frozen:
                raise SsoRefused(Reason.COMPANY_FROZEN)
            departure = pending.begin(
                connection,
                purpose=Purpose.LOGIN,
                nonce=nonce_of(request),
                next_path=request.POST.get("next", ""),
                fresh=request.POST.get("fresh") == "1",
            )
    except SsoRefused as refusal:
        return _refused(request, name, refusal)
    return depart(request, departure)


@public
@own_transactions
@csrf_exempt
@never_cache
@sensitive_post_parameters()
@require_POST
def acs(request: HttpRequest, name: str) -> HttpResponse:
    """Take the answer of the identity provider. The nonce cookie and the pending request stand in for a CSRF token."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.SSO_MESSAGE_BYTES:
            raise SsoRefused(Reason.TOO_LARGE)
        tenant_id, public_id = _parsed(name)
        arrival = entering.arrive(
            tenant_id,
            public_id,
            raw_response=request.POST.get("SAMLResponse", ""),
            relay_state=request.POST.get("RelayState", ""),
            nonce=nonce_of(request),
            register=limits.register_user,
        )
    except (SsoRefused, login.LoginRefused) as refusal:
        return _refused(request, name, refusal if isinstance(refusal, SsoRefused) else SsoRefused(Reason.NOT_ACTIVE))
    return _arrived(request, arrival)


@public
@own_transactions
@require_safe
def metadata(_request: HttpRequest, name: str) -> HttpResponse:
    """Who we are, for the administrator of the identity provider."""
    try:
        tenant_id, public_id = _parsed(name)
    except SsoRefused as refusal:
        raise Http404 from refusal
    with tenant_transaction(tenant_id):
        connection = queries.any_connection_named(public_id)
    if connection is None:
        raise Http404
    response = HttpResponse(saml_messages.own_metadata(connection), content_type="application/samlmetadata+xml")
    response["Content-Disposition"] = 'attachment; filename="sekisho-metadata.xml"'
    return response


@public
@own_transactions
@never_cache
@require_safe
def slo(request: HttpRequest, name: str) -> HttpResponse:
    """A log-out that the identity provider announces, or its answer to ours. Unsigned words change nothing."""
    if "SAMLRequest" not in request.GET:
        return redirect("login")  # an answer changes nothing: our session was over before we asked
    try:
        tenant_id, public_id = _parsed(name)
        answer = logout.obey(tenant_id, public_id, request.META.get("QUERY_STRING", ""))
    except SsoRefused as refusal:
        return _refused(request, name, refusal)
    response = HttpResponse(status=302, headers={"Location": answer}) if answer else redirect("login")
    response["Referrer-Policy"] = "no-referrer"
    return response


@public
@own_transactions
@never_cache
@require_safe
def farewell(request: HttpRequest, name: str) -> HttpResponse:
    """Logged out here; the identity provider can be told as well."""
    url = None
    try:
        tenant_id, public_id = _parsed(name)
        with tenant_transaction(tenant_id):
            connection = queries.connection_named(public_id)
            if connection is not None:
                url = logout.farewell_url(connection, nonce_of(request))
    except SsoRefused:
        url = None
    if url is None:
        return redirect("login")
    return render(request, "accounts/sso/farewell.html", {"url": url, "host": urlsplit(url).hostname})


def _parsed(name: str) -> tuple[UUID, str]:
    parsed = addresses.parse_public_name(name)
    if parsed is None:
        raise SsoRefused(Reason.NOT_READY)
    return parsed


def _arrived(request: HttpRequest, arrival: entering.Arrival) -> HttpResponse:
    row = arrival.request
    if row.purpose == Purpose.TEST:
        return redirect("console:sso_test_result", row.id)
    if row.purpose == Purpose.CONFIRM:
        return redirect(f"{reverse('sso_confirmed', args=[row.id])}?{urlencode({'next': row.next_path})}")
    if arrival.admission is None:
        messages.success(request, _("Your account is linked to your company's identity provider."))
        return redirect("profile")
    return admitted(request, arrival.admission, row.next_path)


def _refused(request: HttpRequest, name: str, refusal: SsoRefused) -> HttpResponse:
    """What the person sees; the administrator sees more."""
    context = {
        "name": name,
        "told": TOLD.get(refusal.reason, ""),
        "again": refusal.reason is Reason.TOO_OLD,
    }
    status = 413 if refusal.reason is Reason.TOO_LARGE else 403
    return render(request, "accounts/sso/refused.html", context, status=status)
