"""The proof of one event, to take along (G7)."""

from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required
from auditlog import queries
from auditlog.sealing.proofs import prove_event


@menu_required("console.audit")
@require_safe
def audit_event_proof(_request: MemberRequest, event: UUID) -> HttpResponse:
    """A JSON file that docs/verify_audit.py checks."""
    found = queries.find_event(event)
    if found is None:
        raise Http404
    response = JsonResponse(prove_event(found), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="audit-proof-{found.id}.json"'
    return response
