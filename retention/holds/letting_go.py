"""The end of a hold: what it alone has kept goes at once, because its time had come long ago (R5, R1)."""

import itertools

from django.db.models.fields.json import KT

from retention.holds.models import Hold, KeptRow
from tenants.isolation.context import tenant_scope
from tenants.isolation.tasks import queue_on_commit

_BATCH = 500


def let_go(hold: Hold) -> int:
    """Delete the rows that the hold has kept, in the open transaction; how many. Their contents go after the commit,
    unless another hold or a version that came back names them: `documents.removal` asks once more."""
    kept = KeptRow.objects.filter(hold_id=hold.id)
    versions = kept.filter(table_name="documents_documentversion").order_by().annotate(name=KT("row__object_name"))
    names = iter(versions.values_list("name", flat=True).distinct())
    with tenant_scope(hold.tenant_id):
        while batch := list(itertools.islice(names, _BATCH)):
            queue_on_commit("documents.tasks.remove_objects", batch)
    return kept.delete()[0]
