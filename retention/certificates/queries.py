"""Reads of certificates and of the erasures that they belong to, as the platform role."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from retention.certificates.models import Certificate
from retention.erasure.models import Erasure, ErasureState
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant
from tenants.queries import tenants_by_id


@dataclass(frozen=True, slots=True)
class NamedErasure:
    """An erasure with the company as the directory has it, and its certificate if there is one."""

    erasure: Erasure
    company: Tenant
    certificate: Certificate | None


def with_names(erasures: Iterable[Erasure]) -> list[NamedErasure]:
    """The erasures with their companies and certificates, in the same order."""
    erasures = list(erasures)
    companies = tenants_by_id(erasure.tenant_id for erasure in erasures)
    with platform_transaction():
        issued = Certificate.objects.filter(erasure_id__in=[erasure.id for erasure in erasures])
        certificates = {certificate.erasure_id: certificate for certificate in issued}
    return [NamedErasure(one, companies[one.tenant_id], certificates.get(one.id)) for one in erasures]


def certificate_of(erasure_id: UUID) -> Certificate | None:
    """The certificate of an erasure."""
    with platform_transaction():
        return Certificate.objects.filter(erasure_id=erasure_id).first()


def uncertified() -> list[UUID]:
    """Proven erasures without a certificate, the oldest first."""
    with platform_transaction():
        proven = Erasure.objects.filter(state=ErasureState.PROVEN).order_by("finished_at")
        return list(proven.exclude(id__in=Certificate.objects.values("erasure_id")).values_list("id", flat=True))


def unsent() -> list[Certificate]:
    """Certificates that nobody got yet, the oldest first."""
    with platform_transaction():
        return list(Certificate.objects.filter(sent_at=None).order_by("issued_at"))
