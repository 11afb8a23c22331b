"""What is recorded, for the company's administrators (G4)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, menu_required, step_up_to_change
from auditlog.recording.forms import RecordingForm
from auditlog.recording.queries import current_recording, is_private_edition
from auditlog.recording.views.shown import change, context


@menu_required("console.audit_settings")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def audit_settings(request: MemberRequest) -> HttpResponse:
    """The company's own choice in the Private edition; in the Public one, what the provider has set."""
    policy = current_recording()
    form = RecordingForm(request.POST or None, policy=policy) if is_private_edition() else None
    if request.method == "POST" and form is None:
        form = RecordingForm(request.POST, policy=policy)  # which the service refuses, with its reason
    if form is not None and form.is_bound and change(form, request.user.as_actor()):
        messages.success(request, _("The settings of the audit log were saved. They apply from the next event on."))
        return redirect("console:audit_settings")
    return render(request, "auditlog/settings.html", context(policy, form))
