"""Mailings that were started, and a mail server of the test's own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import LazySettings

from auditlog.actors import Actor
from incidents.mailing.models import Mailing
from incidents.mailing.services import start_mailing
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import Tenant
from tests.mailserver import MailServer, mail_server

ACTOR = Actor.system("tests")
CONTEXT = {"body_ja": "停止します。", "body_en": "It stops.", "link": "/notices/7/"}
Start = Callable[..., Mailing]


@pytest.fixture
def start(provider: Tenant) -> Start:
    """Starts a mailing as a notice would; in tests the workers do all of it as soon as it is committed."""

    def started(**changed: Any) -> Mailing:
        values: dict[str, Any] = {
            "about": "notice",
            "about_id": 7,
            "step": "published",
            "subject_ja": "メンテナンスのお知らせ",
            "subject_en": "Maintenance",
            "template": "incidents/mailing/mail/text.txt",
            "context": CONTEXT,
        }
        with tenant_transaction(provider.id), platform_transaction():
            return start_mailing(**{**values, **changed}, actor=ACTOR)

    return started


@pytest.fixture
def server(settings: LazySettings) -> Iterator[MailServer]:
    """A mail server, to which all mail goes."""
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        yield running
