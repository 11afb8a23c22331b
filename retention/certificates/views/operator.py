"""Erasures for the provider's operators: how far each is, what was proven, the certificate (R1, R2)."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, menu_required, own_transactions
from retention.certificates import printing, queries, services
from retention.certificates.models import Certificate
from retention.certificates.signing import signed_file
from retention.certificates.tables import ErasureTable
from retention.certificates.telling import sections_of
from retention.erasure.models import Step
from retention.erasure.queries import erasure_page, find_erasure


@menu_required("operator.retention")
@require_safe
def erasure_list(request: MemberRequest) -> HttpResponse:
    """Every erasure: planned, under way, held, done."""
    page = erasure_page(number=request.GET.get("page", 1))
    table = ErasureTable(queries.with_names(page.object_list))
    return render(request, "retention/erasure/list.html", {"page": page, "table": table})


@menu_required("operator.retention")
@require_safe
def erasure(request: MemberRequest, erasure_id: UUID) -> HttpResponse:
    """One erasure: its dates, steps, what went, the proof, what stays, the certificate."""
    found = find_erasure(erasure_id)
    if found is None:
        raise Http404
    named = queries.with_names([found])[0]
    steps = list(Step)
    reached = len(steps) if found.finished_at else steps.index(Step(found.step))
    context: dict[str, Any] = {
        "named": named,
        "erasure": found,
        "steps": [(step.label, index < reached) for index, step in enumerate(steps)],
        "sections": sections_of(found.counts, found.proof, found.holdbacks),
        "trail": [(_("Erasures"), reverse("operator:erasures")), (str(named.company), "")],
    }
    return render(request, "retention/erasure/erasure.html", context)


@menu_required("operator.retention")
@own_transactions
@require_safe
def certificate_json(request: MemberRequest, erasure_id: UUID) -> HttpResponse:
    """The signed file."""
    certificate = _certificate(erasure_id)
    services.note_download(certificate, "json", actor=request.user.as_actor())
    return _attachment(signed_file(certificate), "application/json", f"{certificate.number}.json")


@menu_required("operator.retention")
@own_transactions
@require_safe
def certificate_pdf(request: MemberRequest, erasure_id: UUID, language: str) -> HttpResponse:
    """The certificate on paper."""
    certificate = _certificate(erasure_id)
    if language not in printing.LANGUAGES:
        raise Http404
    services.note_download(certificate, "pdf", actor=request.user.as_actor())
    content = printing.pdf(certificate, language)
    return _attachment(content, "application/pdf", f"{certificate.number}-{language}.pdf")


def _certificate(erasure_id: UUID) -> Certificate:
    certificate = queries.certificate_of(erasure_id)
    if certificate is None:
        raise Http404
    return certificate


def _attachment(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(content, content_type=content_type, headers=headers)
