"""Whether the log was changed, for the company itself (G7)."""

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from auditlog.sealing.keys import published_keys
from auditlog.verification import queries
from auditlog.verification.tables import RunTable

VERIFIER = settings.BASE_DIR / "docs" / "verify_audit.py"


@menu_required("console.audit")
@require_safe
def audit_proof(request: MemberRequest) -> HttpResponse:
    """How far the log is sealed, what the last verification found, and how to check without us."""
    runs = queries.runs()
    context = {
        "seals": queries.seal_state(),
        "log": queries.log_state(),
        "newest": runs[0] if runs else None,
        "runs": RunTable(runs),
    }
    return render(request, "auditlog/proof.html", context)


@menu_required("console.audit")
@require_safe
def audit_verifier(_request: MemberRequest) -> HttpResponse:
    """The script that checks an export or a proof, as it stands in our sources."""
    response = HttpResponse(VERIFIER.read_bytes(), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{VERIFIER.name}"'
    return response


@menu_required("console.audit")
@require_safe
def audit_keys(_request: MemberRequest) -> HttpResponse:
    """The public keys. Whoever doubts us compares them with those that were published elsewhere."""
    response = JsonResponse(published_keys(), json_dumps_params={"indent": 1})
    response["Content-Disposition"] = 'attachment; filename="published-keys.json"'
    return response
