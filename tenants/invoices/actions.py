"""What the audit logs record of invoices (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

PRICE_SET = register("invoices.price.set", Kind.EXECUTION, _("Put a price into the price list"))
PRICE_WITHDRAWN = register("invoices.price.withdrawn", Kind.EXECUTION, _("Took a price out of the price list"))
ISSUER_CHANGED = register("invoices.issuer.changed", Kind.EXECUTION, _("Changed the issuer of invoices"))
INVOICE_ISSUED = register("invoices.issued", Kind.EXECUTION, _("Issued an invoice"))
CREDIT_NOTE_ISSUED = register("invoices.credited", Kind.EXECUTION, _("Issued a credit note"))
INVOICE_DOWNLOADED = register("invoices.downloaded", Kind.DATA, _("Downloaded an invoice"))
