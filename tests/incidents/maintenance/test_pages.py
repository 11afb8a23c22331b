"""Operators' pages of maintenance: from the plan to its end (N6)."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from config.business_hours import default_calendar
from incidents.maintenance.models import MaintenanceState
from incidents.maintenance.queries import maintenance_page
from incidents.notices.queries import notices_for
from tests.conftest import EVERY_ROLE, Cast

pytestmark = pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)


def typed(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def test_from_the_plan_to_the_end(cast: Cast) -> None:
    """N6: too late needs a reason, both announcements are shown beforehand, each step is offered when it is due."""
    client = cast.operator.client()
    begins = default_calendar().end_of_business_day(timezone.now(), 3)
    plan = {
        "title_ja": "データベースの更新",
        "title_en": "Update of the database",
        "components": ["web"],
        "impact_ja": "ログインできません。",
        "impact_en": "Nobody can log in.",
        "begins_at": typed(begins),
        "ends_at": typed(begins + timedelta(hours=1)),
    }
    assert client.post(reverse("operator:maintenance_new"), plan | {"components": []}).status_code == 200
    address = client.post(reverse("operator:maintenance_new"), plan).headers["Location"]
    shown = client.get(address).content.decode()
    assert all(
        text in shown for text in ("Less than five whole business days", "ログインできません。", "Nobody can log in.")
    )
    refused = client.post(address + "announce/", follow=True).content.decode()
    assert "promised 5 whole business days" in refused
    client.post(address + "edit/", plan | {"short_notice_ja": "緊急の修正のため", "short_notice_en": "Urgent fix"})
    client.post(address + "announce/")
    client.post(address + "prolong/", {"ends_at": typed(begins), "reason_ja": "遅延", "reason_en": "Delay"})
    assert [notice.short_notice_en for notice in notices_for(cast.admin.tenant.id)] == ["Urgent fix"]
    client.post(
        address + "prolong/",
        {"ends_at": typed(begins + timedelta(hours=2)), "reason_ja": "遅延", "reason_en": "Delay"},
    )
    assert "It begins now" in client.get(address).content.decode()
    client.post(address + "start/")
    client.post(
        address + "cancel/", {"reason_ja": "中止", "reason_en": "No"}
    )  # it has begun: there is nothing to cancel
    client.post(address + "end/")
    assert client.get(address + "edit/").status_code == 404
    (over,) = maintenance_page(show="past").object_list
    assert (over.state, over.ends_at, over.short_notice_en) == (
        MaintenanceState.DONE,
        begins + timedelta(hours=2),
        "Urgent fix",
    )
    assert len(notices_for(cast.admin.tenant.id)) == 3
    for show, there in (("", False), ("past", True)):
        page = client.get(reverse("operator:maintenances"), {"show": show}).content.decode()
        assert ("Update of the database" in page) is there
