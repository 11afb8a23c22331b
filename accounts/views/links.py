"""Pages behind personal links, where somebody chooses a password: the first one, or one for a forgotten one (A7)."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import users
from accounts.access import own_transactions, public
from accounts.devices import remember_device
from accounts.forms import NewPasswordForm, complain
from accounts.links import LinkOutside, LinkVoid
from accounts.models import LinkPurpose, User
from accounts.network.refusal import refusal, refusal_page
from accounts.policy.passwords import requirements
from accounts.policy.queries import current_policy
from auditlog.actors import Actor
from tenants.isolation.directory import current_company
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.transactions import tenant_transaction

SetPassword = Callable[..., User]


@public
@own_transactions
@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Set the first password by a personal link. Looking at the page does not use the link up: scanners look (A7)."""
    return _by_link(request, secret, LinkPurpose.INVITATION, users.accept_invitation)


@public
@own_transactions
@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "HEAD", "POST"])
def password_reset(request: HttpRequest, secret: str) -> HttpResponse:
    """Replace a forgotten password. It opens no session, so a second factor is asked for as ever (ASVS 6.4.3)."""
    return _by_link(request, secret, LinkPurpose.RESET, users.reset_password)


def _by_link(request: HttpRequest, secret: str, purpose: LinkPurpose, set_password: SetPassword) -> HttpResponse:
    bearer = BearerSecret.parse(secret)
    try:
        if bearer is None:
            raise LinkVoid
        response = _page(request, bearer, purpose, set_password)
    except LinkVoid:
        response = render(request, f"accounts/{purpose.value}_void.html", status=410)
    except LinkOutside as refused:
        actor = Actor.anyone(refused.user.user_id)
        refusal(actor=actor, tenant_id=refused.user.tenant_id, page=purpose.value, method=request.method)()
        response = refusal_page(request)
    # The address is the secret, so it must not leave by a Referer. `no-referrer` would hide the origin as well, and
    # browsers would then send the form with `Origin: null`, which the CSRF check refuses.
    response["Referrer-Policy"] = "strict-origin"
    response["Cache-Control"] = "no-store, private"
    return response


def _page(request: HttpRequest, bearer: BearerSecret, purpose: LinkPurpose, set_password: SetPassword) -> HttpResponse:
    form = NewPasswordForm(request.POST or None)
    with tenant_transaction(bearer.tenant_id):
        user, company, rules = users.user_of_link(bearer, purpose), current_company(), requirements(current_policy())
    if company is None:
        raise LinkVoid
    if form.is_valid():
        try:
            with tenant_transaction(bearer.tenant_id):
                set_password(bearer, password=form.cleaned_data["password"])
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("Your password is set. You can log in now."))
            query = QueryDict(mutable=True)
            query["company"] = company.code
            response = HttpResponseRedirect(f"{reverse('login')}?{query.urlencode()}")
            if purpose is LinkPurpose.INVITATION:
                # Here the account begins. A reset proves nothing about the device: who has the mail may be anybody.
                remember_device(request, response, str(user.id))
            return response
    context = {"form": form, "person": user, "company": company, "requirements": rules}
    return render(request, f"accounts/{purpose.value}.html", context)
