"""Pages of notices: the list, one notice, bell, banner, operators' pages, feeds (N1, N7)."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from lxml import etree

from incidents.notices.models import Kind, MailTo, Notice, NoticeState
from incidents.notices.queries import find_notice, receipts_of
from incidents.notices.services import withdraw_notice
from tests.conftest import EVERY_ROLE, Cast
from tests.incidents.notices.conftest import Write

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def text(response: Any) -> str:
    """A page, without what is new in each answer."""
    return re.sub(
        r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken[^}]*', "", response.content.decode()
    )


def readers(notice: Notice) -> dict[str, int]:
    return {receipt.tenant.company_code: receipt.readers for receipt in receipts_of(notice).page}


def test_a_company_sees_nothing_of_what_others_are_told(cast: Cast, publish: Write) -> None:
    """N7: not in list, bell and banner; by its number it is as absent as one that never was, for reading too."""
    theirs = publish(title_en="For Globex", urgent=True, tenant_ids=[cast.outsider.tenant.id])
    client, outsider = cast.admin.client(), cast.outsider.client()
    for address in (reverse("notices"), reverse("home")):
        assert "For Globex" not in text(client.get(address, follow=True))
    nothing = uuid4()
    for name, method in (("notice", "get"), ("notice_read", "post"), ("news_item", "get")):
        answers = [getattr(client, method)(reverse(name, args=[one])) for one in (theirs.id, nothing)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert text(answers[0]).replace(str(theirs.id), "") == text(answers[1]).replace(str(nothing), "")
    assert "For Globex" in text(outsider.get(reverse("notices")))
    assert readers(theirs) == {"GLOBEX": 0}


def test_opening_is_reading(cast: Cast, publish: Write) -> None:
    """N7: the bell counts down, the receipt is there once; asking for the head of a page is no reading."""
    notice, other = publish(title_en="First"), publish(title_en="Second")
    client = cast.editor.client()
    assert "Notices: 2 unread" in text(client.get(reverse("profile")))
    client.head(notice.get_absolute_url())
    assert readers(notice)["ACME"] == 0
    for _twice in range(2):
        assert "Searching is faster now." in text(client.get(notice.get_absolute_url()))
    assert readers(notice)["ACME"] == 1
    assert "Notices: 1 unread" in text(client.get(reverse("profile")))
    client.post(reverse("notices_read"))
    assert readers(other)["ACME"] == 1
    assert "unread" not in text(client.get(reverse("profile")))


def test_the_urgent_stand_on_every_page_until_they_are_read(cast: Cast, publish: Write) -> None:
    """N1, N7: the banner can be marked as read where it stands, and leads nowhere else."""
    notice = publish(title_en="We are down", urgent=True, kind=Kind.INCIDENT)
    client = cast.editor.client()
    assert "We are down" in text(client.get(reverse("profile")))
    read = reverse("notice_read", args=[notice.id])
    assert client.post(read, {"next": reverse("profile")}).headers["Location"] == reverse("profile")
    assert client.post(read, {"next": "https://evil.example/"}).headers["Location"] == reverse("home")
    assert "We are down" not in text(client.get(reverse("profile")))
    assert readers(notice)["ACME"] == 1


def test_a_withdrawn_notice_says_that_and_nothing_else(cast: Cast, publish: Write) -> None:
    """N7: whoever follows the link of a mail learns that it no longer holds."""
    notice = publish(public=True)
    withdraw_notice(notice, reason="Wrong date", actor=cast.operator.actor)
    client = cast.editor.client()
    shown = text(client.get(notice.get_absolute_url()))
    assert "This notice was withdrawn" in shown
    assert all(text not in shown for text in ("Searching is faster", "A new function", "Wrong date"))
    assert client.get(reverse("news_item", args=[notice.id])).status_code == 404
    assert readers(notice)["ACME"] == 0


def test_text_is_escaped_and_says_its_language(cast: Cast, publish: Write) -> None:
    """N7: what operators type is text; links work, markup does not; English readers learn that it is Japanese."""
    body = "<script>alert(1)</script>\n\nhttps://status.example/ を参照"
    notice = publish(body_ja=body, body_en="", title_en="", title_ja="<b>件名</b>", public=True)
    for address in (notice.get_absolute_url(), reverse("news_item", args=[notice.id])):
        shown = text(cast.editor.client().get(address))
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
        assert '<a href="https://status.example/" rel="nofollow">' in shown
        assert "&lt;b&gt;件名&lt;/b&gt;" in shown
        assert "written in Japanese only" in shown


def test_bell_and_banner_cost_one_query(cast: Cast, publish: Write) -> None:
    """Contract of the layouts: however many notices there are. The list of 30 costs what the list of one costs."""
    client = cast.editor.client()

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return sum("notices_" in query["sql"] for query in queries)

    publish(urgent=True)
    first = [cost(reverse("profile")), cost(reverse("notices"))]
    for number in range(29):
        publish(urgent=number % 10 == 0)
    assert [cost(reverse("profile")), cost(reverse("notices"))] == first == [1, 2]


def test_an_operator_writes_looks_and_publishes(cast: Cast) -> None:
    """N7: codes are checked, both languages are shown beforehand, then it is there for the chosen company by mail."""
    client = cast.operator.client()
    typed = {
        "kind": Kind.HARMFUL_CHANGE,
        "title_ja": "旧APIの停止",
        "body_ja": "旧APIを停止します。",
        "title_en": "The old API ends",
        "body_en": "It is switched off.",
        "to": "chosen",
        "companies": "globex, NOBODY",
        "takes_effect_at": (timezone.localtime() + timedelta(days=10)).strftime("%Y-%m-%dT%H:%M"),
        "mail_to": MailTo.ADMINISTRATORS,
    }
    assert "No company has the code NOBODY." in text(client.post(reverse("operator:notice_new"), typed))
    drafted = client.post(reverse("operator:notice_new"), typed | {"companies": "globex"}).headers["Location"]
    shown = text(client.get(drafted))
    assert all(text in shown for text in ("旧APIの停止", "The old API ends", "Globex Corporation"))
    refused = client.post(drafted + "publish/", follow=True)
    assert "Companies are promised 30 days" in text(refused)
    client.post(
        drafted + "edit/", typed | {"companies": "globex", "short_notice_ja": "法令のため", "mail_to": "administrators"}
    )
    client.post(drafted + "publish/")
    published = find_notice(Notice(id=drafted.rstrip("/").rpartition("/")[2]).id)
    assert published is not None
    assert published.state == NoticeState.PUBLISHED
    assert "Read in 0 of 1 companies" in text(client.get(drafted))
    assert [one.to for one in mail.outbox] == [[cast.outsider.user.email]]
    assert mail.outbox[0].subject == "The old API ends"
    assert f"/notices/{published.id}/" in str(mail.outbox[0].body)
    client.post(drafted + "withdraw/", {"reason": "Postponed"})
    assert "Postponed" in text(client.get(drafted))
    for show in ("", "drafts", "withdrawn"):
        page = text(client.get(reverse("operator:notices"), {"show": show}))
        assert ("旧APIの停止" in page or "The old API ends" in page) is (show == "withdrawn")


def test_an_operator_schedules_and_thinks_again(cast: Cast, draft: Write) -> None:
    """N7: the clock publishes it, or no longer does."""
    notice, client = draft(), cast.operator.client()
    address = reverse("operator:notice_schedule", args=[notice.id])
    assert "This moment is over" in text(client.post(address, {"publish_at": "2026-01-01T09:00"}))
    later = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    client.post(address, {"publish_at": later})
    assert find_notice(notice.id).state == NoticeState.SCHEDULED  # type: ignore[union-attr]
    client.post(address, {"stop": "1"})
    assert find_notice(notice.id).state == NoticeState.DRAFT  # type: ignore[union-attr]


def test_feeds_carry_what_is_public(cast: Cast, publish: Write) -> None:
    """N7: Atom and JSON Feed 1.1, in either language, with nothing that is meant for some; once is enough."""
    publish(tenant_ids=[cast.admin.tenant.id], title_ja="御社だけに", title_en="For you alone")
    notice = publish(public=True, body_en="Read <this>: https://example.com/")
    client = Client()
    atom = client.get("/notices.atom?lang=en")
    assert atom.headers["Content-Type"] == Atom1Feed.content_type
    feed = etree.fromstring(atom.content)
    names = {"a": "http://www.w3.org/2005/Atom"}
    assert feed.xpath("a:entry/a:title/text()", namespaces=names) == ["A new function"]
    assert feed.xpath("a:entry/a:id/text()", namespaces=names) == [notice.id.urn]
    assert "&lt;this&gt;" in str(feed.xpath("string(a:entry/a:summary)", namespaces=names))
    sent = client.get("/notices.json")
    items = json.loads(sent.content)["items"]
    assert json.loads(sent.content)["version"] == "https://jsonfeed.org/version/1.1"
    assert [(item["id"], item["title"], item["content_text"]) for item in items] == [
        (notice.id.urn, "新機能のお知らせ", "検索が速くなりました。")
    ]
    assert client.get(items[0]["url"]).status_code == 200
    assert client.get("/notices.json", headers={"If-None-Match": sent.headers["ETag"]}).status_code == 304
    publish(public=True)
    assert client.get("/notices.json", headers={"If-None-Match": sent.headers["ETag"]}).status_code == 200
    assert "御社だけに" not in client.get(reverse("news")).content.decode()
