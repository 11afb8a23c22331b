"""What was noticed everywhere, in numbers, and the rules: for the provider's operators (G9)."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from accounts.access import MemberRequest, menu_required, step_up_to_change
from accounts.forms import complain
from auditlog.watching import queries
from auditlog.watching.forms import RuleForm
from auditlog.watching.registry import rule_of
from auditlog.watching.ruling import change_rule
from auditlog.watching.tables import FindingTable, NoticedTable, RuleTable

_DAYS, _OWN_SHOWN, _PER_PAGE = 30, 10, 25


@menu_required("operator.watch")
@require_safe
def overview(request: MemberRequest) -> HttpResponse:
    """Every company in numbers, the provider's own findings in full, the rules, the last digest."""
    now = timezone.now()
    noticed = queries.noticed_everywhere(now - timedelta(days=_DAYS), now)
    table = NoticedTable(noticed)
    RequestConfig(request, paginate={"per_page": _PER_PAGE}).configure(table)
    context = {
        "noticed": table,
        "findings": sum(each.findings for each in noticed),
        "open": sum(each.open for each in noticed),
        "companies": len({each.tenant_id for each in noticed}),
        "own": FindingTable(queries.findings()[:_OWN_SHOWN]) if "console.audit" in request.menus else None,
        "rules": RuleTable.of(queries.rule_settings()),
        "digest": queries.newest_digest(),
    }
    return render(request, "auditlog/operator/watch.html", context)


@menu_required("operator.watch")
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_to_change
def rule_detail(request: MemberRequest, rule: str) -> HttpResponse:
    """One rule: what it looks for, and how it is set."""
    found = rule_of(rule)
    if found is None:
        raise Http404
    setting = queries.rule_settings().get(rule)
    form = RuleForm(request.POST if request.method == "POST" else None, rule=found, setting=setting)
    if form.is_valid():
        try:
            change_rule(found, **form.choice(), actor=request.user.as_actor())
        except ValidationError as error:
            complain(form, error)
        else:
            messages.success(request, _("The rule is set. It holds from the next look on."))
            return redirect("operator:watch")
    trail = [(_("Unusual behaviour"), reverse("operator:watch")), (str(found.label), "")]
    context = {"rule": found, "setting": setting, "form": form, "trail": trail}
    return render(request, "auditlog/operator/watch_rule.html", context)
