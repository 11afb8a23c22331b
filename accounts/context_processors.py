"""What every page knows: the person, the company, the navigation. Costs one query where somebody is logged in."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from accounts.menus import AUDIENCE_LABELS, MENUS
from tenants.isolation.directory import current_company


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the navigation."""

    label: str
    url: str
    icon: str
    active: bool


@dataclass(slots=True)
class Section:
    """Entries that belong together."""

    label: str
    items: list[Item] = field(default_factory=list)


def person(request: HttpRequest) -> dict[str, Any]:
    """`user`, the names of their company, and the name of the product."""
    known: dict[str, Any] = {
        "product_name": settings.PRODUCT_NAME,
        "user": getattr(request, "user", None),
        "staff": getattr(request, "staff", None),
    }
    if known["user"] is not None and known["user"].is_authenticated:
        company = SimpleLazyObject(lambda: _company_of(request))
        known |= {
            "own_company": company,
            "tenant_name": SimpleLazyObject(lambda: company.name if company else ""),
            "company_code": SimpleLazyObject(lambda: company.code if company else ""),
        }
    return known


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The sections of menus that the user's roles grant, with the current one marked."""
    return {"navigation": SimpleLazyObject(lambda: _sections(request))}


def _company_of(request: Any) -> Any:
    if not hasattr(request, "company"):
        request.company = current_company()
    return request.company


def _sections(request: HttpRequest) -> list[Section]:
    sections = {audience: Section(str(label)) for audience, label in AUDIENCE_LABELS.items()}
    granted: frozenset[str] = getattr(request, "menus", frozenset())
    suspended = getattr(request, "suspended", False)
    names = [(menu, menu.when_suspended if suspended else menu.url_name) for menu in MENUS if menu.code in granted]
    pages = [(menu, reverse(name)) for menu, name in names if name]
    # The longest address that the current one starts with is the page that the reader is on.
    here = max((url for _menu, url in pages if request.path.startswith(url)), key=len, default="")
    for menu, url in pages:
        sections[menu.audience].items.append(Item(str(menu.label), url, menu.icon, url == here))
    return [section for section in sections.values() if section.items]
