"""Folders, documents, their versions, and the companies that they are about (D1, D4, D7).

The rows say what there is; the contents are encrypted objects in the vault's document store, one a version.
"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import User
from documents.company_numbers import validate_corporate_number
from documents.fields import SearchField
from tenants.isolation.assets import Asset, Ownership, Retention
from tenants.isolation.fields import TenantForeignKey
from tenants.isolation.models import TenantModel
from vault.filenames import NAME_LENGTH


def _customer_data(data_class: str) -> Asset:
    return Asset(
        data_class=data_class,
        ownership=Ownership.CUSTOMER,
        retention=Retention.with_contract(),
        archived=True,
        returned=True,
    )


class Folder(TenantModel):
    """A folder of the tenant's tree; without a parent it is at the top.

    Deletion is the services' work from the leaves up: DO_NOTHING leaves it to the database to refuse anything else.
    """

    asset = _customer_data("folders")

    parent = TenantForeignKey("self", on_delete=models.DO_NOTHING, null=True, related_name="children")
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    search_name = SearchField(sources=["name"], max_length=NAME_LENGTH)
    created_by_name = models.CharField(max_length=150)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta(TenantModel.Meta):
        verbose_name = _("folder")
        verbose_name_plural = _("folders")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "parent", "name"], name="documents_folder_name", nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["tenant_id", "search_name"], name="documents_folder_search")]

    def __str__(self) -> str:
        return self.name


class Document(TenantModel):
    """A file by its name, in a folder or at the top.

    `version_number` says which of its versions is the current one. What lists show of that one is repeated here, so
    that they sort and count without looking at any version.
    """

    asset = _customer_data("documents")

    folder = TenantForeignKey(Folder, on_delete=models.DO_NOTHING, null=True, related_name="documents")
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    search_name = SearchField(sources=["name"], max_length=NAME_LENGTH)
    version_number = models.PositiveIntegerField(_("version"), default=0)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    content_type = models.CharField(_("type"), max_length=100)
    changed_by_name = models.CharField(max_length=150)
    changed_at = models.DateTimeField(_("last changed"), default=timezone.now)

    class Meta(TenantModel.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "folder", "name"], name="documents_document_name", nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["tenant_id", "search_name"], name="documents_document_search")]

    def __str__(self) -> str:
        return self.name


class DocumentVersion(TenantModel):
    """One content of a document, never changed. Size in bytes and SHA-256 are those of the plain content.

    `object_name` is the logical name of its object in the vault, without the tenant: it stays the same when an archive
    is restored for another tenant. The name of the uploader is kept as text, so that it outlives the account.
    """

    asset = _customer_data("document versions")

    document = TenantForeignKey(Document, on_delete=models.DO_NOTHING, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    object_name = models.CharField(max_length=100, db_collation="C")  # in the order in which stores list
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    content_type = models.CharField(_("type"), max_length=100)
    uploaded_by = TenantForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    uploaded_by_name = models.CharField(_("uploaded by"), max_length=150)
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)

    class Meta(TenantModel.Meta):
        verbose_name = _("document version")
        verbose_name_plural = _("document versions")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "document", "number"], name="documents_version_number"),
            models.UniqueConstraint(fields=["tenant_id", "object_name"], name="documents_version_object"),
        ]

    def __str__(self) -> str:
        return f"{self.document} ({self.number})"


class StorageUse(TenantModel):
    """The size of all versions in bytes, in one row a tenant: every upload asks for it (`limits.py`).

    Not archived: a tenant without the row, such as a restored one, is counted anew.
    """

    asset = Asset(
        data_class=gettext_noop("storage in use"),
        ownership=Ownership.DERIVED,
        retention=Retention.with_contract(),
        archived=False,
        left_out="counted again from the documents",
        returned=False,
    )

    size = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant_id"], name="documents_storage_once")]


class Counterparty(TenantModel):
    """A business partner (D4). Its code is the tenant's own; the corporate number is the state's 法人番号."""

    asset = _customer_data("counterparties")

    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=150)
    kana = models.CharField(_("reading (kana)"), max_length=150, blank=True)
    corporate_number = models.CharField(
        _("corporate number"), max_length=13, blank=True, validators=[validate_corporate_number]
    )
    note = models.CharField(_("note"), max_length=2000, blank=True)
    active = models.BooleanField(_("active"), default=True)
    search_name = SearchField(sources=["code", "name", "kana"], max_length=400)

    class Meta(TenantModel.Meta):
        verbose_name = _("counterparty")
        verbose_name_plural = _("counterparties")
        constraints = [models.UniqueConstraint(fields=["tenant_id", "code"], name="documents_counterparty_code")]
        indexes = [models.Index(fields=["tenant_id", "search_name"], name="documents_counterparty_search")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
