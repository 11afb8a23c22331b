"""What the audit logs record of documents and reviews of incidents (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

REVIEW_SAVED = register("incidents.review.saved", Kind.EXECUTION, _("Wrote the review of an incident"))
REVIEW_FINISHED = register("incidents.review.finished", Kind.EXECUTION, _("Finished the review of an incident"))
MEASURE_ADDED = register("incidents.measure.added", Kind.EXECUTION, _("Added a measure after an incident"))
MEASURE_DONE = register("incidents.measure.done", Kind.EXECUTION, _("Reported a measure after an incident as done"))
MEASURE_DROPPED = register("incidents.measure.dropped", Kind.EXECUTION, _("Dropped a measure after an incident"))
DOCUMENT_EXPORTED = register("incidents.document.exported", Kind.DATA, _("Exported a document about an incident"))
