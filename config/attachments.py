"""How a file of a company leaves the service: as an attachment that no browser will show (D7, N4)."""

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

# Types that a browser hands to another program. Everything else is just bytes.
_NAMED_TYPES = {
    "application/pdf",
    "application/zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "image/gif",
    "image/jpeg",
    "image/png",
}
_CONTENT_POLICY = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def as_attachment(response: StreamingHttpResponse, *, name: str, content_type: str, size: int) -> StreamingHttpResponse:
    """The response with the headers of an attachment of that name, so many bytes long; its type is never guessed."""
    response["Content-Type"] = content_type if content_type in _NAMED_TYPES else "application/octet-stream"
    response["Content-Length"] = str(size)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Content-Security-Policy"] = _CONTENT_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
