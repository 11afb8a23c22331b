"""Certificates by the clock: each proven erasure gets its own, each is sent once (R1)."""

import logging

from auditlog.actors import Actor
from retention.certificates import notices, queries, services
from tenants.isolation.tasks import platform_task
from tenants.queries import provider_scope, tenants_by_id
from vault.errors import VaultError

logger = logging.getLogger(__name__)

_JOB = Actor.system("retention")


@platform_task
def certify() -> None:
    """Issue what is missing and send what nobody got. Killed anywhere, it goes on with the next run.

    Sent first and noted then: who is killed in between sends one certificate twice, and none never.
    """
    with provider_scope():
        for erasure_id in queries.uncertified():
            try:
                services.issue_certificate(erasure_id, actor=_JOB)
            except VaultError:
                logger.exception("The certificate of erasure %s waits for its store", erasure_id)
        waiting = queries.unsent()
        companies = tenants_by_id([certificate.tenant_id for certificate in waiting])
        for certificate in waiting:
            addresses = notices.addresses_of(companies[certificate.tenant_id])
            if addresses:
                try:
                    notices.mail(certificate, addresses)
                except OSError:
                    logger.exception("The mail with certificate %s was not taken", certificate.number)
                    continue
            services.note_sent(certificate.id, len(addresses), actor=_JOB)
