"""What the tests of documents share: things made by the services, and looks into the store and the audit log."""

from collections.abc import Iterable
from pathlib import Path

from auditlog.actors import Actor
from auditlog.models import AuditEvent
from documents.contents import store_file
from documents.models import Document, DocumentVersion, Folder
from documents.names import clean_place
from documents.objects import open_content
from documents.queries import path_of
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant
from vault.stores import LocalStore, document_store

SOMEBODY = Actor.system("tests")


def add_file(
    path: str, content: bytes = b"content", *, folder: Folder | None = None, actor: Actor = SOMEBODY
) -> DocumentVersion:
    """Store a file as a service would, for the tenant in scope."""
    return store_file([content], place=clean_place(path), folder=folder, actor=actor)


def tree_of(tenant: Tenant) -> dict[str, list[bytes]]:
    """Every document of a tenant by its path, with the contents of its versions, oldest first."""
    with tenant_transaction(tenant.id):
        return {
            path_of(document.folder, document.name): [
                b"".join(open_content(version)) for version in document.versions.order_by("number")
            ]
            for document in Document.objects.select_related("folder")
        }


def folders_of(tenant: Tenant) -> list[str]:
    """The path of every folder of a tenant, sorted."""
    with tenant_transaction(tenant.id):
        return sorted(path_of(folder) for folder in Folder.objects.all())


def objects_of(*tenants: Tenant) -> list[str]:
    """The names of all stored objects of the tenants, as the store itself lists them, sorted."""
    listed: Iterable[str] = (info.name for tenant in tenants for info in document_store().list(f"{tenant.id}/"))
    return sorted(name.rpartition("/")[2] for name in listed)


def referenced_by(*tenants: Tenant) -> list[str]:
    """The names of the objects that versions of the tenants refer to, sorted."""
    names: list[str] = []
    for tenant in tenants:
        with tenant_transaction(tenant.id):
            names += DocumentVersion.objects.values_list("object_name", flat=True)
    return sorted(names)


def events_of(tenant: Tenant, prefix: str = "documents.") -> list[tuple[str, str, str]]:
    """What the audit log of a tenant has of documents, oldest first: action, user ID of the actor, target."""
    with tenant_transaction(tenant.id):
        found = AuditEvent.objects.filter(action__startswith=prefix).order_by("id")
        return list(found.values_list("action", "actor_user_id", "target_label"))


def unfinished() -> list[Path]:
    """What interrupted writers left in the folder of the store."""
    store = document_store()
    assert isinstance(store, LocalStore)
    return list((store.root / ".incoming").glob("*"))


def nothing_was_kept(tenant: Tenant) -> bool:
    """No row, no object, not even the beginning of one."""
    return tree_of(tenant) == {} and folders_of(tenant) == [] and objects_of(tenant) == [] and unfinished() == []
