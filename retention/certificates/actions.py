"""What the provider's audit log records of certificates (G3)."""

from django.utils.translation import gettext_lazy as _

from auditlog.actions import Kind, register

CERTIFICATE_ISSUED = register("erasure.certificate.issued", Kind.EXECUTION, _("Issued a certificate of erasure"))
CERTIFICATE_SENT = register("erasure.certificate.sent", Kind.EXECUTION, _("Sent a certificate of erasure"))
CERTIFICATE_EXPORTED = register("erasure.certificate.exported", Kind.DATA, _("Downloaded a certificate of erasure"))
