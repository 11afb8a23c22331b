"""A backup of each company, and a file that was deleted after it: there is something to bring back (B6)."""

from accounts.menus import EDITOR
from accounts.models import User
from auditlog.actors import Actor
from backups.services import back_up
from documents.contents import delete_document
from documents.queries import documents
from tenants.isolation.context import tenant_scope
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant


def back_up_and_delete(tenant: Tenant) -> None:
    """Back the company up; then its editor deletes the newest invoice. With no transaction open."""
    with tenant_scope(tenant.id):
        back_up(actor=Actor.system("demo"))
    with tenant_transaction(tenant.id):
        editor = User.objects.filter(roles__code=EDITOR).earliest("user_id")
        invoice = documents().filter(name__endswith=".pdf", folder__parent__isnull=False).latest("name")
        delete_document(invoice, actor=editor.as_actor())
