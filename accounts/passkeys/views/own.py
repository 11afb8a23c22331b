"""One's own passkeys, and confirming by one that it is you (A5, A11)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import sessions
from accounts.access import MemberRequest, before_enrolment, before_password_change, signed_in, step_up
from accounts.factors.views.confirm import confirmed
from accounts.forms import complain
from accounts.passkeys import entering, keeping, proving, queries
from accounts.passkeys.challenges import Purpose
from accounts.passkeys.forms import AnswerForm, NameForm, NewPasskeyForm
from accounts.passkeys.models import Passkey
from accounts.passkeys.views.browser import about, hand_out, token_of


@signed_in(when_suspended=True)
@before_enrolment
@require_safe
def passkeys(request: MemberRequest) -> HttpResponse:
    """What one has, and how to add one."""
    return _own_page(request, NewPasskeyForm())


@signed_in(when_suspended=True)
@before_enrolment
@require_POST
@step_up
def passkey_add_options(request: MemberRequest) -> HttpResponse:
    """A challenge for a new passkey."""
    try:
        return hand_out(keeping.begin(request.user))
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=409)


@signed_in(when_suspended=True)
@before_enrolment
@require_POST
@step_up
def passkey_add(request: MemberRequest) -> HttpResponse:
    """Keep the passkey that the device has made."""
    form = NewPasskeyForm(request.POST)
    if not form.is_valid():
        return _own_page(request, form)
    try:
        kept = keeping.finish(request.login_session, token=token_of(request), **form.cleaned_data)
    except ValidationError as error:
        complain(form, error)
        return _own_page(request, form)
    messages.success(request, _("The passkey “%(name)s” was added.") % {"name": kept.passkey.name})
    response = redirect("recovery_codes" if kept.first else "passkeys")
    sessions.set_cookie(response, kept.secret)
    rotate_token(request)
    return response


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@step_up
def passkey(request: MemberRequest, passkey: UUID) -> HttpResponse:
    """Rename one of one's passkeys."""
    found = _mine(request, passkey)
    form = NameForm(request.POST or None, initial={"name": found.name})
    if form.is_valid():
        try:
            keeping.rename(found, **form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The name was changed."))
            return redirect("passkeys")
    trail = [(_("Passkeys"), reverse("passkeys")), (found.name, "")]
    return render(request, "accounts/passkeys/passkey.html", {"passkey": found, "form": form, "trail": trail})


@signed_in
@require_POST
@step_up
def passkey_remove(request: MemberRequest, passkey: UUID) -> HttpResponse:
    """Remove one of one's passkeys."""
    found = _mine(request, passkey)
    try:
        keeping.remove(found, actor=request.user.as_actor())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The passkey “%(name)s” was removed.") % {"name": found.name})
    return redirect("passkeys")


@signed_in(when_suspended=True)
@before_enrolment
@before_password_change
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def passkey_confirm(request: MemberRequest) -> HttpResponse:
    """Ask for a passkey before a risky action; then back to where they were."""
    form, refused = AnswerForm(request.POST or None), False
    if request.method == "POST":
        answer = form.cleaned_data["answer"] if form.is_valid() else ""
        secret = entering.confirm(request.login_session, answer=answer, token=token_of(request))
        if secret is not None:
            return confirmed(request, secret)
        refused = True
    return render(request, "accounts/passkeys/confirm.html", about(request) | {"refused": refused})


@signed_in(when_suspended=True)
@before_enrolment
@before_password_change
@require_POST
def passkey_confirm_options(request: MemberRequest) -> HttpResponse:
    """A challenge for one's own passkeys."""
    return hand_out(proving.begin(request.user, Purpose.CONFIRM))


def _mine(request: MemberRequest, key: UUID) -> Passkey:
    found = queries.passkeys_of(request.user).filter(id=key).first()
    if found is None:
        raise Http404
    return found


def _own_page(request: MemberRequest, form: NewPasskeyForm) -> HttpResponse:
    mine = list(queries.passkeys_of(request.user))
    context = {
        "passkeys": mine,
        "form": form,
        "full": len(mine) >= keeping.LIMIT,
        "alone": request.policy.passkey_alone,
        "layout": "layouts/entrance.html" if request.factor_due else "layouts/workspace.html",
    }
    return render(request, "accounts/passkeys/passkeys.html", about(request) | context)
