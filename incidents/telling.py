"""A published report goes out as a notice: in the product, by mail, and in public where everybody is affected (N1)."""

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from auditlog.actors import Actor
from incidents.drafts import said
from incidents.models import Incident, IncidentReport
from incidents.notices.content import Content
from incidents.notices.models import Kind, Notice
from incidents.notices.services import draft_notice, publish_notice
from incidents.promises import ABOUT
from tenants.isolation.context import tenant_scope
from tenants.isolation.directory import provider_company


def tell(incident: Incident, report: IncidentReport, tenant_ids: Collection[UUID] | None, *, actor: Actor) -> Notice:
    """Publish it to these companies, None for every one; in the caller's transaction of the platform role.

    Only what concerns everybody is public; of what concerns some, outsiders learn on the status page alone.
    """
    content = Content(
        kind=Kind.INCIDENT,
        title_ja=report.title_ja,
        title_en=report.title_en or report.title_ja,
        body_ja=body_of(report, "ja"),
        body_en=body_of(report, "en"),
        tenant_ids=tenant_ids,
        urgent=incident.demand.urgent and incident.goes_on,
        public=incident.public and tenant_ids is None,
        about=ABOUT,
        about_id=str(incident.id),
        link=reverse("console:incident", args=[incident.number]),
    )
    provider = provider_company()
    with tenant_scope(provider.tenant_id if provider else None):
        return publish_notice(draft_notice(content, actor=actor), actor=actor)


def body_of(report: IncidentReport, language: str) -> str:
    """The whole report as plain text in a language: what people read in a mail."""
    with translation.override(language):
        (_heading, summary), *sections = report.sections
        parts = [f"■{heading}\n{text}" for heading, text in sections]
        if moments := _moments(report, language):
            parts.insert(0, "■" + pgettext("incident report", "Dates and times") + "\n" + moments)
        if report.next_update_at is not None:
            parts.append("■" + _("Next report") + "\n" + said(report.next_update_at, language))
    return "\n\n".join([summary, *parts])


def _moments(report: IncidentReport, language: str) -> str:
    known = (
        (pgettext("incident", "Began"), report.began_at),
        (pgettext("incident", "Detected"), report.detected_at),
        (pgettext("incident", "Recovered at"), report.recovered_at),
    )
    lines = [(label, said(at, language)) for label, at in known if at is not None]
    return "\n".join(_("%(label)s: %(moment)s") % {"label": label, "moment": moment} for label, moment in lines)
