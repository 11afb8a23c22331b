"""Issuing certificates, once for each proven erasure, and noting who got them (R1)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from auditlog.actors import Actor
from auditlog.services import Target, record
from retention.certificates.actions import CERTIFICATE_EXPORTED, CERTIFICATE_ISSUED, CERTIFICATE_SENT
from retention.certificates.models import Certificate
from retention.certificates.signing import PURPOSE
from retention.certificates.statements import statement_of
from retention.erasure.models import Erasure, ErasureState
from tenants.isolation.transactions import atomic, platform_transaction, take_turns
from vault.keys import key_store


def issue_certificate(erasure_id: UUID, *, actor: Actor) -> Certificate | None:
    """The certificate of a proven erasure, made now unless there is one; None while nothing is proven.

    In the provider's scope. Raises StoreUnavailable when the ledger cannot be read.
    """
    with platform_transaction():
        take_turns("certificates of erasure")
        erasure = Erasure.objects.get(id=erasure_id)
        if erasure.state != ErasureState.PROVEN:
            return None
        if found := Certificate.objects.filter(erasure_id=erasure.id).first():
            return found
        issued_at = timezone.now()
        certificate = Certificate(
            erasure_id=erasure.id, tenant_id=erasure.tenant_id, number=_next_number(issued_at), issued_at=issued_at
        )
        certificate.statement = statement_of(erasure, number=certificate.number, issued_at=issued_at)
        signature = key_store().signing.sign(PURPOSE, certificate.statement.encode())
        certificate.key_id, certificate.signature = signature.key_id, signature.value
        certificate.save(force_insert=True)
        record(CERTIFICATE_ISSUED, actor=actor, target=_target(certificate), after=_described(certificate))
    return certificate


def note_sent(certificate_id: UUID, recipients: int, *, actor: Actor) -> None:
    """The certificate is on its way to so many addresses of the organisation record. In the provider's scope."""
    with platform_transaction():
        certificate = Certificate.objects.select_for_update().get(id=certificate_id)
        if certificate.sent_at is None:
            certificate.sent_at, certificate.recipients = timezone.now(), recipients
            certificate.save(update_fields=["sent_at", "recipients"])
            record(CERTIFICATE_SENT, actor=actor, target=_target(certificate), after={"recipients": recipients})


@atomic()
def note_download(certificate: Certificate, kind: str, *, actor: Actor) -> None:
    """Somebody took the file along. In the provider's scope."""
    record(CERTIFICATE_EXPORTED, actor=actor, target=_target(certificate), after={"format": kind})


def _next_number(at: datetime) -> str:
    """Numbers of a year follow one another without gaps; turns are taken in the same transaction."""
    prefix = f"E-{at:%Y}-"
    last = Certificate.objects.filter(number__startswith=prefix).aggregate(last=Max("number"))["last"]
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:05d}"


def _target(certificate: Certificate) -> Target:
    return Target(Certificate._meta.label_lower, str(certificate.id), certificate.number)


def _described(certificate: Certificate) -> dict[str, Any]:
    return {"tenant": str(certificate.tenant_id), "sha256": certificate.digest, "key_id": certificate.key_id}
