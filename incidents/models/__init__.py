"""Incidents, whom they affect, their internal log, and what was told of them (N1, N2, N3)."""

from incidents.models.declared import spoken
from incidents.models.incident import (
    ENDED,
    GOING_ON,
    EntryKind,
    Incident,
    IncidentEntry,
    IncidentTenant,
    Source,
    Status,
)
from incidents.models.report import IncidentReport, ReportKind, ReportState
from incidents.models.settings import IncidentSettings

__all__ = [
    "ENDED",
    "GOING_ON",
    "EntryKind",
    "Incident",
    "IncidentEntry",
    "IncidentReport",
    "IncidentSettings",
    "IncidentTenant",
    "ReportKind",
    "ReportState",
    "Source",
    "Status",
    "spoken",
]
