"""One's own second factors: set up, remove, recovery codes (A5; ASVS 6.5.6, 7.5.1)."""

import base64
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import sessions
from accounts.access import MemberRequest, before_enrolment, signed_in, step_up
from accounts.factors import enrolment, queries, recovery, totp
from accounts.factors.forms import EnrolTotpForm
from accounts.factors.kinds import has_factor, kinds


@signed_in(when_suspended=True)
@before_enrolment
@require_safe
def enrol(request: MemberRequest) -> HttpResponse:
    """Choose a second factor to set up; until that is done, these pages and the log-out are all there is."""
    if not request.factor_due:
        return redirect("factors")
    return render(request, "accounts/factors/enrol.html", {"kinds": [kind for kind in kinds() if kind.is_factor]})


@signed_in(when_suspended=True)
@require_safe
def factors(request: MemberRequest) -> HttpResponse:
    """What one has."""
    user = request.user
    context = {
        "app": queries.totp_of(user),
        "has_factor": has_factor(user),
        "codes_left": recovery.left(user),
        "codes_low": recovery.LOW,
        "addable": [kind for kind in kinds() if kind.is_factor and kind.code != "totp"],
    }
    return render(request, "accounts/factors/factors.html", context)


@signed_in(when_suspended=True)
@before_enrolment
@never_cache
@sensitive_post_parameters()
@sensitive_variables("seed")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up
def totp_enrol(request: MemberRequest) -> HttpResponse:
    """Show a fresh seed; the app counts once it has shown a right code."""
    user = request.user
    form = EnrolTotpForm(request.POST or None)
    seed: bytes | None = None
    if form.is_valid():
        sealed = form.cleaned_data["seed"]
        secret = enrolment.add_totp(request.login_session, sealed_seed=sealed, code=form.cleaned_data["code"])
        if secret is not None:
            messages.success(
                request, _("Your authenticator app is set up. Now make recovery codes for the day it is lost.")
            )
            response = redirect("recovery_codes")
            sessions.set_cookie(response, secret)
            rotate_token(request)
            return response
        form.add_error("code", _("This code is not right. Check the clock of your phone and try the next code."))
        seed = totp.unseal(user, sealed)
    if seed is None:
        seed = totp.new_seed()
        form = EnrolTotpForm(initial={"seed": base64.urlsafe_b64encode(totp.seal(user, seed)).decode()})
    address = totp.address(user, seed)
    context = {
        "form": form,
        "qr": totp.qr_code(address),
        "address": address,
        "typed": totp.typed_seed(seed),
        "replaces": queries.totp_of(user) is not None,
        "layout": "layouts/entrance.html" if request.factor_due else "layouts/workspace.html",
    }
    return render(request, "accounts/factors/totp_enrol.html", context)


@signed_in
@require_POST
@step_up
def totp_remove(request: MemberRequest) -> HttpResponse:
    """Remove the authenticator app."""
    try:
        enrolment.remove_totp(request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The authenticator app was removed."))
    return redirect("factors")


@signed_in(when_suspended=True)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@step_up
def recovery_codes(request: MemberRequest) -> HttpResponse:
    """Make recovery codes and show them, this once."""
    has_any = has_factor(request.user)
    context: dict[str, Any] = {"left": recovery.left(request.user), "number": recovery.NUMBER, "has_factor": has_any}
    if request.method == "POST" and has_any:
        context["codes"] = recovery.renew(request.user)
        context["text"] = "\n".join(context["codes"]) + "\n"
    return render(request, "accounts/factors/recovery_codes.html", context)
