"""An operator who opens incidents, and what is known of them afterwards."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from incidents.clock.models import Deadline
from incidents.models import Incident, IncidentReport, ReportState
from incidents.services import open_incident
from tests.conftest import Cast

Open = Callable[..., Incident]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages are compared in the language in which they are written."""
    with translation.override("en"):
        yield


@pytest.fixture
def opened(cast: Cast) -> Open:
    """Open an incident as the operator: a serious one of ACME's, detected ten minutes ago, unless said otherwise."""

    def open_one(**fields: Any) -> Incident:
        given: dict[str, Any] = {
            "severity": "serious",
            "title_ja": "文書を開けない障害",
            "title_en": "Documents do not open",
            "components": ["documents"],
            "detected_at": timezone.now() - timedelta(minutes=10),
            "tenants": [cast.admin.tenant.id],
            "actor": cast.operator.actor,
        }
        return open_incident(**(given | fields))

    return open_one


def deadlines(incident: Incident) -> dict[str, str]:
    """How the newest deadline of each kind stands."""
    rows = Deadline.objects.using("platform").filter(about_id=str(incident.id)).order_by("id")
    return {row.kind: row.state.value for row in rows}


def drafted(incident: Incident) -> IncidentReport:
    """The draft of an incident."""
    return IncidentReport.objects.using("platform").get(incident=incident.id, state=ReportState.DRAFT)


def now_of(incident: Incident) -> Incident:
    """The incident as it is in the database."""
    return Incident.objects.using("platform").get(id=incident.id)
