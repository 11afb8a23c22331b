"""What anybody can do: subscribe, confirm, choose, unsubscribe. The pages of the status itself are files (N1)."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import own_transactions, public
from accounts.policy.throttle import TooManyAttempts
from accounts.views.entrance import slow_down
from auditlog.actors import Actor
from incidents.status import subscribing
from incidents.status.forms import SubscribeForm, SubscriptionForm
from incidents.status.links import read_token, token_of
from incidents.status.models import UNCONFIRMED_DAYS
from incidents.status.queries import find_subscriber


@public
@own_transactions
@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Only reached where there is no file of that name: before the page was rendered for the first time."""
    return render(request, "incidents/status/not_yet.html")


@public
@own_transactions
@never_cache
@sensitive_post_parameters("address")
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """Ask to be told. The answer is the same for every address."""
    form = SubscribeForm(request.POST or None)
    if form.is_valid():
        try:
            subscribing.ask(**form.cleaned_data, actor=Actor.anyone())
        except TooManyAttempts as refusal:
            return slow_down(request, refusal)
        return redirect("status_subscribed")
    return render(request, "incidents/status/subscribe.html", {"form": form})


@public
@own_transactions
@require_safe
def subscribed(request: HttpRequest) -> HttpResponse:
    """What happens next, whoever's address it was."""
    return render(request, "incidents/status/subscribed.html", {"days": UNCONFIRMED_DAYS})


@public
@own_transactions
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscription(request: HttpRequest, token: str) -> HttpResponse:
    """A subscription in the hands of who reads the mails: confirm it, choose anew, or go on to its end."""
    key = read_token(token)
    subscriber = find_subscriber(key) if key else None
    if key is None or subscriber is None:
        return _void(request)
    chosen: dict[str, Any] = {"language": subscriber.language, "components": subscriber.components}
    form = SubscriptionForm(request.POST or None, initial=chosen)
    if form.is_valid() and subscribing.change(key, **form.cleaned_data, actor=Actor.anyone()):
        return _done(request, _("Saved"), _("From now on you are told of what you have chosen."))
    context = {"form": form, "subscriber": subscriber, "token": token}
    return render(request, "incidents/status/subscription.html", context)


@public
@own_transactions
@require_POST
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The confirmation. By a button and never by the link alone, which mail programs look at by themselves."""
    key = read_token(token)
    if key is None or not subscribing.confirm(key, actor=Actor.anyone()):
        return _void(request)
    return _done(request, _("Confirmed"), _("From now on you are told of incidents and maintenance by mail."))


@csrf_exempt  # by one click in a mail program (RFC 8058), which has no token; the link itself is the permission
@public
@own_transactions
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The end of a subscription: a page with a button, or one POST by a mail program."""
    key: UUID | None = read_token(token)
    if key is None:
        return _void(request)
    if request.method == "POST":
        subscribing.end(key, actor=Actor.anyone())
        return _done(request, _("Ended"), _("You get no more mails about the status. Your address was forgotten."))
    return render(request, "incidents/status/unsubscribe.html", {"token": token_of(key)})


def _void(request: HttpRequest) -> HttpResponse:
    return render(request, "incidents/status/void.html", status=410)


def _done(request: HttpRequest, heading: str, text: str) -> HttpResponse:
    return render(request, "incidents/status/done.html", {"done": heading, "text": text})
