"""Keys on the operators' pages: how they stand, and the destruction of a company's keys by two people (P5, R1)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, menu_required, step_up, step_up_to_change
from accounts.forms import complain
from backups.custody.status import root_status
from backups.destruction import queries, services
from backups.destruction.effects import effect_on, named_kinds
from backups.destruction.forms import CompanyForm, ConfirmForm, RequestForm
from backups.destruction.models import DestructionRequest
from backups.destruction.tables import RequestTable
from tenants.isolation.directory import normalize_code
from tenants.models import Tenant
from tenants.queries import tenant_by_code
from vault.errors import VaultError


@menu_required("operator.keys")
@require_safe
def key_list(request: MemberRequest) -> HttpResponse:
    """The root key with its escrow, and every destruction."""
    page = queries.request_page(number=request.GET.get("page", 1))
    try:
        root = root_status()
    except VaultError as error:
        root = None
        messages.error(request, str(error))
    context = {"page": page, "table": RequestTable(page.object_list), "root": root}
    return render(request, "backups/destruction/keys.html", context)


@menu_required("operator.keys")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def destruction_new(request: MemberRequest) -> HttpResponse:
    """Choose a company, see what would become unreadable, ask."""
    chooser = CompanyForm(request.GET or None)
    tenant = _chosen(chooser)
    form = RequestForm(request.POST or None)
    if tenant is not None and form.is_valid():
        typed = form.cleaned_data
        try:
            asked = services.request_destruction(
                tenant,
                typed_code=typed["confirmation"],
                reason=typed["reason"],
                operator=request.user,
                actor=request.user.as_actor(),
            )
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The request waits for another operator. It lapses after 24 hours."))
            return redirect("operator:keys_destruction", asked.id)
    context = {
        "chooser": chooser,
        "form": form,
        "tenant": tenant,
        "effect": effect_on(tenant) if tenant else None,
        "destroyable": tenant is not None and tenant.state in services.DESTROYABLE and not tenant.is_provider,
        "trail": _trail(_("Ask for a destruction")),
    }
    return render(request, "backups/destruction/new.html", context)


@menu_required("operator.keys")
@require_safe
def destruction(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """One request: what it would destroy or has destroyed, and what this operator can do."""
    return _page(request, _found(request_id))


@menu_required("operator.keys")
@require_POST
@step_up
def confirm(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """Destroy the keys, as another operator than the one who asked."""
    found = _found(request_id)
    form = ConfirmForm(request.POST)
    if form.is_valid():
        try:
            services.confirm_destruction(
                found.id,
                typed_code=form.cleaned_data["confirmation"],
                operator=request.user,
                actor=request.user.as_actor(),
            )
        except ValidationError as error:
            complain(form, error)
        except VaultError as error:
            form.add_error(None, _("The key store did not do it. Confirm again: %(reason)s") % {"reason": error})
    if form.errors:
        return _page(request, _found(request_id), form=form)
    messages.success(request, _("The keys are destroyed. What they sealed cannot be read any more, by anybody."))
    return redirect("operator:keys_destruction", request_id)


@menu_required("operator.keys")
@require_POST
def withdraw(request: MemberRequest, request_id: UUID) -> HttpResponse:
    """Take the request back."""
    try:
        services.withdraw_destruction(_found(request_id).id, operator=request.user, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The request was withdrawn. Nothing was destroyed."))
    return redirect("operator:keys_destruction", request_id)


def _chosen(form: CompanyForm) -> Tenant | None:
    if not form.is_bound or not form.is_valid():
        return None
    tenant = tenant_by_code(normalize_code(form.cleaned_data["company"]))
    if tenant is None:
        form.add_error("company", _("No company has this code."))
    return tenant


def _found(request_id: UUID) -> DestructionRequest:
    found = queries.find_request(request_id)
    if found is None:
        raise Http404
    return found


def _page(request: MemberRequest, found: DestructionRequest, *, form: ConfirmForm | None = None) -> HttpResponse:
    effect = {**found.effect, "secret_kinds": named_kinds(found.effect.get("secrets", {}))}
    for name in ("oldest", "newest"):
        effect[name] = parse_datetime(effect.get(name) or "")
    may_confirm = found.is_open and found.asked_by_id != request.user.id
    if form is not None and not may_confirm:  # there is no form on the page that could show it
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
    context = {
        "found": found,
        "effect": effect,
        "form": form or ConfirmForm(),
        "may_confirm": may_confirm,
        "trail": _trail(str(found)),
    }
    return render(request, "backups/destruction/request.html", context)


def _trail(here: str) -> list[tuple[str, str]]:
    return [(_("Encryption keys"), reverse("operator:keys")), (here, "")]
