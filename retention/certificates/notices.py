"""The mail with a certificate, to the contacts of the organisation record: there are no accounts any more (R1)."""

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from retention.certificates.models import Certificate
from retention.certificates.printing import LANGUAGES, pdf
from retention.certificates.signing import signed_file
from tenants.contract.queries import organisation_of
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant

_SUBJECT = "データ消去証明書 / Certificate of data erasure ({number})"


def addresses_of(tenant: Tenant) -> list[str]:
    """Whom the record names: the system contact, the billing contact; whoever signed only if it names neither."""
    with platform_transaction():
        record = organisation_of(tenant)
    contacts = [record.system_email, record.billing_email]
    return list(dict.fromkeys(filter(None, contacts))) or list(filter(None, [record.first_user_email]))


def mail(certificate: Certificate, addresses: list[str]) -> None:
    """One mail in both languages, with both papers and the signed file. Raises OSError when it is not taken."""
    message = EmailMessage(subject=_SUBJECT.format(number=certificate.number), body=_body(certificate), to=addresses)
    for language in LANGUAGES:
        message.attach(f"{certificate.number}-{language}.pdf", pdf(certificate, language), "application/pdf")
    message.attach(f"{certificate.number}.json", signed_file(certificate), "application/json")
    message.send()


def _body(certificate: Certificate) -> str:
    """Nobody's language is known any more: Japanese, then English."""
    parts = []
    for language in LANGUAGES:
        with translation.override(language):
            context = {"certificate": certificate, "content": certificate.content}
            parts.append(render_to_string("retention/certificates/mail/certificate.txt", context))
    return "\n----------------------------------------\n\n".join(parts)
