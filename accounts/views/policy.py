"""The security policy in the console: presets, own values, and which standard they meet (A2, A3, A11)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, menu_required, step_up_to_change
from accounts.forms import complain
from accounts.policy.forms import PolicyForm
from accounts.policy.models import SecurityPolicy
from accounts.policy.services import change_policy
from accounts.policy.standards import PRESETS, preset_of, preset_policy, verdicts


@menu_required("console.security")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def security(request: MemberRequest) -> HttpResponse:
    """The policy; `?preset=` fills the form with a preset, which is saved only by the button below it."""
    if request.method != "POST":
        chosen = preset_policy(request.GET.get("preset", ""), request.policy)
        shown = chosen or request.policy
        return _page(request, PolicyForm(initial=shown.values()), shown, is_draft=chosen is not None)
    form = PolicyForm(request.POST)
    if form.is_valid():
        try:
            change_policy(form.cleaned_data, actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The security policy was saved. It applies from now on."))
            return redirect("console:security")
    return _page(request, form, form.described())


@menu_required("console.security")
@require_POST
def security_preview(request: MemberRequest) -> HttpResponse:
    """Which standards the values in the form would meet, while they are being typed."""
    form = PolicyForm(request.POST)
    form.is_valid()
    return render(request, "accounts/console/_verdicts.html", _judged(form.described()))


def _page(request: MemberRequest, form: PolicyForm, shown: SecurityPolicy, *, is_draft: bool = False) -> HttpResponse:
    context = {"form": form, "presets": PRESETS, "in_use": preset_of(request.policy), "is_draft": is_draft}
    return render(request, "accounts/console/security.html", context | _judged(shown))


def _judged(policy: SecurityPolicy) -> dict[str, Any]:
    return {"verdicts": verdicts(policy)}
