"""What became of mails to many, for the provider's operators (N1, N2, N6, N7)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, menu_required
from incidents.mailing import queries, services
from incidents.mailing.forms import DeliveryFilterForm
from incidents.mailing.models import Mailing
from incidents.mailing.tables import DeliveryTable


@menu_required("operator.notices")
@require_safe
def mailing(request: MemberRequest, mailing_id: UUID) -> HttpResponse:
    """Its numbers, and its mails one by one."""
    found, form = _found(mailing_id), DeliveryFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = queries.delivery_page(mailing_id, **chosen, number=request.GET.get("page", 1))
    context = {
        "mailing": found,
        "numbers": queries.numbers_of(mailing_id),
        "form": form,
        "page": page,
        "mails": DeliveryTable(page.object_list),
    }
    return render(request, "incidents/mailing/mailing.html", context)


@menu_required("operator.notices")
@require_POST
def mailing_again(request: MemberRequest, mailing_id: UUID) -> HttpResponse:
    """Send again what the mail server refused."""
    count = services.send_refused_again(_found(mailing_id).id, actor=request.user.as_actor())
    text = ngettext("%(count)d mail is sent again.", "%(count)d mails are sent again.", count)
    messages.success(request, text % {"count": count})
    return redirect("operator:mailing", mailing_id)


@menu_required("operator.notices")
@require_POST
def mailing_stop(request: MemberRequest, mailing_id: UUID) -> HttpResponse:
    """Send no more of it."""
    if services.stop_mailing(_found(mailing_id).id, actor=request.user.as_actor()):
        messages.success(request, _("The mailing was stopped. What was sent before has arrived."))
    else:
        messages.warning(request, _("The mailing had ended already."))
    return redirect("operator:mailing", mailing_id)


def _found(mailing_id: UUID) -> Mailing:
    found = queries.find_mailing(mailing_id)
    if found is None:
        raise Http404
    return found
