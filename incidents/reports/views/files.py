"""Handing out a document as a file: a known language, a known form, and a record of it (N5)."""

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from auditlog.actors import Actor
from incidents.models import Incident
from incidents.reports import printing
from incidents.reports.contents import LANGUAGES
from incidents.reports.paper import Paper
from incidents.reports.services import note_export

_FORMS = {
    "pdf": ("application/pdf", printing.pdf),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", printing.word),
}


def require_known(language: str, form: str) -> None:
    """Raise Http404 unless documents exist in that language and form."""
    if language not in LANGUAGES or form not in _FORMS:
        raise Http404


def handed_out(paper: Paper, incident: Incident, form: str, *, name: str, actor: Actor) -> HttpResponse:
    """The document as a download, after its export was recorded."""
    note_export(incident, f"{name}.{form}", actor=actor)
    content_type, made = _FORMS[form]
    disposition = content_disposition_header(True, f"{name}-{paper.language}.{form}")
    return HttpResponse(made(paper), content_type=content_type, headers={"Content-Disposition": disposition or ""})
