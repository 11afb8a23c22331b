"""Files in and out. These pages open their transactions themselves: a body or a stream takes its time."""

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, menu_required, own_transactions
from auditlog.actions import Outcome
from auditlog.services import Target, record_apart
from documents import contents, downloads, limits, queries, uploads
from documents.actions import UPLOAD_REFUSED
from documents.models import Folder
from documents.views.change import place_url
from tenants.isolation.transactions import atomic


@menu_required("documents.edit")
@require_POST
@own_transactions
@csrf_exempt  # `uploads.received` checks the token itself: after the fields, before the first byte of a file
def upload(request: MemberRequest, folder_id: UUID | None = None) -> HttpResponseBase:
    """Store files in a folder, or at the top: JSON for the drop zone, a redirect for the plain form."""
    with atomic():
        folder = get_object_or_404(queries.folders(), id=folder_id) if folder_id else None
        allowance = limits.allowance()
    as_json = "application/json" in request.headers.get("Accept", "")
    actor = request.user.as_actor()
    try:
        with uploads.received(request, allowance, one_file=as_json) as files, atomic():
            for file in files:
                contents.add_version(file.content, place=file.place, folder=folder, actor=actor)
    except uploads.UploadRefused as refusal:
        return _refused(request, refusal, folder, as_json=as_json)
    if as_json:
        return JsonResponse({"ok": True, "name": files[0].place.name})
    text = ngettext("%(count)d file was saved.", "%(count)d files were saved.", len(files))
    messages.success(request, text % {"count": len(files)})
    return _see(folder)


@menu_required("documents")
@require_safe
@own_transactions
def download(request: MemberRequest, document_id: UUID, number: int | None = None) -> HttpResponseBase:
    """Hand out a version of a document, the current one unless a number is given."""
    with atomic():
        document = get_object_or_404(queries.documents().select_related("folder"), id=document_id)
        version = get_object_or_404(
            queries.versions_of(document), number=document.version_number if number is None else number
        )
        target = contents.target_of(document)
    try:
        return downloads.deliver(version, target=target, actor=request.user.as_actor(), method=request.method or "")
    except downloads.DownloadFailed as failure:
        context = {"document": document, "for_now": failure.for_now}
        with atomic():
            return render(request, "documents/unreadable.html", context, status=503 if failure.for_now else 500)


def _refused(
    request: MemberRequest, refusal: uploads.UploadRefused, folder: Folder | None, *, as_json: bool
) -> HttpResponseBase:
    """Say why, before the rest of the body has come in."""
    record_apart(
        UPLOAD_REFUSED,
        actor=request.user.as_actor(),
        target=Target.of(folder) if folder else Target("documents.folder"),
        outcome=Outcome.DENIED,
        after={"status": refusal.status, "reason": refusal.message},
    )
    if as_json:
        answer: HttpResponse = JsonResponse({"ok": False, "error": refusal.message}, status=refusal.status)
    else:
        messages.error(request, refusal.message)
        answer = _see(folder)

    def body() -> Iterator[bytes]:
        yield answer.content
        uploads.discard_rest(request)

    headers = {**answer.headers, "Content-Length": str(len(answer.content))}
    return StreamingHttpResponse(body(), status=answer.status_code, headers=headers)


def _see(folder: Folder | None) -> HttpResponse:
    """Back to the folder, by GET."""
    answer = HttpResponseRedirect(place_url(folder))
    answer.status_code = 303
    return answer
