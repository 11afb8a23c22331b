"""An operator, two companies with people, and a way to write notices."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import translation

from incidents.notices.content import Content
from incidents.notices.models import Kind, MailTo, Notice
from incidents.notices.services import draft_notice, publish_notice
from tests.conftest import Cast

Write = Callable[..., Notice]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages are compared in the language in which they are written."""
    with translation.override("en"):
        yield


def content(**fields: Any) -> Content:
    """Something new for everybody, without a mail."""
    given = {
        "kind": Kind.NEW_FUNCTION,
        "title_ja": "新機能のお知らせ",
        "body_ja": "検索が速くなりました。",
        "title_en": "A new function",
        "body_en": "Searching is faster now.",
        "tenant_ids": None,
        "mail_to": MailTo.NOBODY,
    }
    return Content(**(given | fields))


@pytest.fixture
def draft(cast: Cast) -> Write:
    """Write a notice as the operator."""
    return lambda **fields: draft_notice(content(**fields), actor=cast.operator.actor)


@pytest.fixture
def publish(cast: Cast, draft: Write) -> Write:
    """The same, and publish it."""
    return lambda **fields: publish_notice(draft(**fields), actor=cast.operator.actor)
