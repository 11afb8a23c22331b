"""Words for the tables and columns of a data return, where their models have none for people (R3)."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_TITLES: dict[str, Promise] = {
    "accounts_userrole": _("Roles of users"),
    "cancellation_cancellationwords": _("Reasons for cancellations"),
    "inventory_reviewedaccount": _("Accounts of an inventory"),
    "sso_externalidentity": pgettext_lazy("page", "Links to the identity provider"),
}
_COLUMNS: dict[str, Promise] = {
    "id": _("Key"),
    "account_key": _("Account (key)"),
    "asked_by": _("Asked by (key)"),
    "actor_id": _("Account (key)"),
    "backlog": _("Events that wait"),
    "break_glass_id": _("Emergency account (key)"),
    "cancellation_id": _("Cancellation (key)"),
    "changed_by_name": _("Changed by"),
    "code": _("Code of a built-in role"),
    "company_id": _("Company (key)"),
    "created_at": _("Created"),
    "created_by_name": _("Created by"),
    "corrects": _("Corrected invoice (key)"),
    "corrects_number": _("Corrected invoice"),
    "currency": _("Currency"),
    "day": _("Day"),
    "decided_at": _("Decided"),
    "decided_by_id": _("Decided by (key)"),
    "decided_by_key": _("Decided by (key)"),
    "decided_by_kind": _("Decided by (kind)"),
    "decided_by_name": _("Decided by"),
    "default_role_id": _("Role of new users (key)"),
    "delivered": _("Delivered events"),
    "delivered_at": _("Last delivered"),
    "digest": _("Digest"),
    "document_id": _("Document (key)"),
    "email_attribute": _("Attribute of the e-mail address"),
    "enforced": _("Log-in by single sign-on only"),
    "entity_id": _("Entity ID"),
    "events": _("Events (keys)"),
    "expiry_notices": _("Notices of expiry"),
    "failed_at": _("Last failure"),
    "failing_since": _("Failing since"),
    "failures": _("Failures in a row"),
    "fiscal_year": _("Fiscal year"),
    "folder_id": _("Folder (key)"),
    "inquiry_id": _("Inquiry (key)"),
    "issued_at": _("Issued"),
    "issuer": _("Issuer"),
    "joining": _("How users join"),
    "last_used_at": _("Last used"),
    "lines": _("Items"),
    "message_id": _("Message (key)"),
    "must_change_password": _("Has to change the password"),
    "name_attribute": _("Attribute of the name"),
    "next_try_at": _("Next attempt"),
    "object_name": _("Content (key)"),
    "open_until": _("Opened until"),
    "opened_for": _("Opened for"),
    "operator_id": _("Operator (key)"),
    "owner_id": _("Owner (key)"),
    "parent_id": _("Folder above (key)"),
    "password_notice": _("Last notice of the password's end (days ahead)"),
    "password_set_at": _("Password set"),
    "public_id": _("Part of the addresses for single sign-on"),
    "recipient": _("Recipient"),
    "reminded_at": _("Reminded"),
    "restricted": _("Restricted to these networks"),
    "review_id": _("Inventory (key)"),
    "role_id": _("Role (key)"),
    "sequence": _("Number in the fiscal year"),
    "sp_certificate": _("Our certificate for single sign-on"),
    "subject": _("Subject"),
    "taxes": _("Totals by tax rate"),
    "tested_at": _("Tested"),
    "trouble": _("Trouble"),
    "trouble_detail": _("Trouble (detail)"),
    "uploaded_by_id": _("Uploaded by (key)"),
    "user_id": _("User (key)"),
    "user_id_attribute": _("Attribute of the user ID"),
}


def title_of(model: type[models.Model]) -> str:
    """What people call the rows of a table, in the active language."""
    names = model._meta
    told = names.verbose_name_plural if "verbose_name_plural" in names.original_attrs else names.verbose_name
    return str(told if isinstance(told, Promise) else _TITLES.get(names.db_table, told))


def label_of(field: "models.Field[object, object]") -> str:
    """What people call a column, in the active language."""
    told = field.verbose_name
    return str(told if isinstance(told, Promise) else _COLUMNS.get(str(field.column), told))
