"""A forgotten password, and one that has to be replaced before anything else (A2)."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import resets, users
from accounts.access import MemberRequest, before_password_change, own_transactions, public, signed_in
from accounts.forms import ForgottenForm, PasswordChangeForm, complain
from accounts.policy.passwords import requirements
from accounts.policy.throttle import TooManyAttempts
from accounts.views.entrance import slow_down


@public
@own_transactions
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password_forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail. Whoever it is for, and whether there is anybody, the answer is the same (ASVS 6.3.8)."""
    form = ForgottenForm(request.POST or None, initial={"company_code": request.GET.get("company", "")})
    if not form.is_valid():
        return render(request, "accounts/password_forgotten.html", {"form": form})
    try:
        resets.request_reset(**form.cleaned_data)
    except TooManyAttempts as refusal:
        return slow_down(request, refusal)
    return render(request, "accounts/password_forgotten_sent.html", {"minutes": resets.valid_minutes()})


@signed_in(when_suspended=True)
@before_password_change
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password_renew(request: MemberRequest) -> HttpResponse:
    """Choose a new password, which is due; until then this page and the log-out are all there is."""
    if request.change_due is None:
        return redirect("profile")
    form = PasswordChangeForm(request.POST or None)
    if form.is_valid():
        try:
            users.change_password(
                request.user,
                current=form.cleaned_data["current"],
                password=form.cleaned_data["password"],
                keep=request.login_session,
            )
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("Your password was changed. You were logged out on all other devices."))
            return redirect("home")
    context = {"form": form, "reason": request.change_due.value, "requirements": requirements(request.policy)}
    return render(request, "accounts/password_renew.html", context)
