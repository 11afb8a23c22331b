"""The map of the product: every menu once (A9). A view names its menu, a role grants menus, the sidebar shows them."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Audience(StrEnum):
    """Whose menu it is. Operator menus exist in the provider's tenant only."""

    WORKSPACE = "workspace"
    CONSOLE = "console"
    OPERATOR = "operator"


AUDIENCE_LABELS: dict[Audience, Promise] = {
    Audience.WORKSPACE: _("Workspace"),
    Audience.CONSOLE: _("Console"),
    Audience.OPERATOR: pgettext_lazy("section of menus", "Operator"),
}


@dataclass(frozen=True, slots=True)
class Menu:
    """One menu. `url_name` is its page in the navigation; None for a right without a page of its own.

    `when_suspended` is its page once the use of the company has ended (T4); most menus have none then.
    """

    code: str
    label: Promise
    audience: Audience
    url_name: str | None
    icon: str
    explanation: Promise
    when_suspended: str | None = None


MENUS = (
    Menu("documents", _("Documents"), Audience.WORKSPACE, "documents:list", "folder",
         _("Browse folders, search, download files")),
    Menu("documents.edit", _("Edit documents"), Audience.WORKSPACE, None, "edit",
         _("Upload, rename and delete files and folders")),
    Menu("counterparties", _("Counterparties"), Audience.WORKSPACE, "documents:counterparties", "building",
         _("See and maintain the list of business partners")),
    Menu("inquiries", _("Inquiries"), Audience.WORKSPACE, "inquiries:list", "lifebuoy",
         _("Ask the provider's support, report what goes wrong, and follow the answers")),
    Menu("console.users", _("Users"), Audience.CONSOLE, "console:users", "users",
         _("Register, suspend and resume users, and give them roles")),
    Menu("console.roles", _("Roles"), Audience.CONSOLE, "console:roles", "key",
         _("Decide which menus each role grants")),
    Menu("console.inventory", _("Account inventory"), Audience.CONSOLE, "console:inventory", "clipboard-check",
         _("Go through all accounts by rule and record who is kept, changed or removed")),
    Menu("console.security", _("Security policy"), Audience.CONSOLE, "console:security", "shield-lock",
         _("Decide what passwords, failed log-ins and sessions have to be like")),
    Menu("console.sso", _("Single sign-on"), Audience.CONSOLE, "console:sso", "id-badge-2",
         _("Let the company's people log in by its own identity provider")),
    Menu("console.network", _("IP addresses"), Audience.CONSOLE, "console:network", "map-pin",
         _("Decide from which addresses people may log in and work")),
    Menu("console.sessions", _("Logged-in devices"), Audience.CONSOLE, "console:sessions", "device-desktop",
         _("See who is logged in on which device, and end sessions")),
    Menu("console.audit", _("Audit log"), Audience.CONSOLE, "console:audit", "history",
         _("Look at the record of every action in the company")),
    Menu("console.audit_settings", _("Audit log settings"), Audience.CONSOLE, "console:audit_settings", "settings",
         _("Decide what the audit log records, where the edition leaves it to the company")),
    Menu("console.backups", _("Backups"), Audience.CONSOLE, "console:backups", "archive",
         _("See the company's own backups")),
    Menu("console.staff_access", _("Staff access"), Audience.CONSOLE, "console:staff_accesses", "user-check",
         _("Decide about, watch and end the access of the provider's staff to the company")),
    Menu("console.incidents", _("Incidents"), Audience.CONSOLE, "console:incidents", "alert-triangle",
         _("See the incidents that concerned the company, their reports and what was done")),
    Menu("console.contract", _("Contract"), Audience.CONSOLE, "console:contract", "file-certificate",
         _("See the contract, its limits, usage and invoices, keep its contacts, and cancel it"),
         when_suspended="console:cancellation"),
    Menu("console.data_return", _("Data return"), Audience.CONSOLE, "console:data_return", "database-export",
         _("Take everything of the company along as files in open formats"),
         when_suspended="console:data_return"),
    Menu("operator.incidents", _("Incidents"), Audience.OPERATOR, "operator:incidents", "alert-triangle",
         _("Lead incidents, publish reports, and see every promised deadline")),
    Menu("operator.notices", _("Notices and maintenance"), Audience.OPERATOR, "operator:notices", "speakerphone",
         _("Announce maintenance, changes and news to companies, in time")),
    Menu("operator.inquiries", _("Inquiries"), Audience.OPERATOR, "operator:inquiries", "lifebuoy",
         _("Answer what companies ask and report")),
    Menu("operator.monitoring", _("Monitoring"), Audience.OPERATOR, "operator:alerts", "gauge",
         _("See probes, alerts, availability and the status page, and set thresholds")),
    Menu("operator.tenants", _("Tenants"), Audience.OPERATOR, "operator:tenants", "building",
         _("List and create tenants")),
    Menu("operator.contracts", pgettext_lazy("contracts of companies", "Contracts"), Audience.OPERATOR,
         "operator:contracts", "file-certificate",
         _("See and change contracts, plans and editions, usage and invoices")),
    Menu("operator.retention", _("Retention"), Audience.OPERATOR, "operator:retention", "hourglass",
         _("See what expired, what is due, who leaves when, and the register of everything that is kept")),
    Menu("operator.deletion", _("Deletion of companies"), Audience.OPERATOR, "operator:deletions", "trash",
         _("Delete a whole company for good, with a second operator")),
    Menu("operator.holds", _("Legal holds"), Audience.OPERATOR, "operator:holds", "gavel",
         _("Keep data that the law orders to keep, and record what was disclosed")),
    Menu("operator.keys", _("Encryption keys"), Audience.OPERATOR, "operator:keys", "key",
         _("See how the keys stand, and destroy those of a company that has left, with a second operator")),
    Menu("operator.requests", _("Requests"), Audience.OPERATOR, "operator:requests", "activity",
         _("See how much is asked of the system, how quickly it answers and what goes wrong")),
    Menu("operator.watch", _("Unusual behaviour"), Audience.OPERATOR, "operator:watch", "eye",
         _("See in numbers what was noticed in the audit logs, and set the rules")),
    Menu("operator.audit", _("Audit log upkeep"), Audience.OPERATOR, "operator:audit_retention", "history",
         _("See how long audit logs are kept, what was removed, and whether they are in order")),
    Menu("operator.backups", _("Backups"), Audience.OPERATOR, "operator:backups", "archive",
         _("See whether every company can be restored, make, verify and bring back backups")),
    Menu("operator.staff_access", _("Staff access"), Audience.OPERATOR, "operator:staff_accesses", "user-check",
         _("Ask companies for access to their data, and use it")),
    Menu("operator.network", _("Emergency opening"), Audience.OPERATOR, "operator:network", "lock-open",
         _("Let a company in that has shut itself out by its list of IP addresses")),
    Menu("operator.styleguide", _("Style guide"), Audience.OPERATOR, "operator:styleguide", "palette",
         _("Every element of the pages")),
)  # fmt: skip

BY_CODE = {menu.code: menu for menu in MENUS}

# Whose holders still get in when the use of the company has ended, and which menus they have then (T4, R3).
RETURN_MENU = "console.data_return"
MENUS_WHEN_SUSPENDED = frozenset({RETURN_MENU, "console.contract"})

# What can be closed for a whole company (T2). Never what secures it, what watches the provider, or the way out of it.
CLOSABLE = frozenset({"documents.edit", "counterparties", "console.roles", "console.inventory", "console.sessions"})


def by_audience(codes: Collection[str]) -> list[tuple[Promise, list[Menu]]]:
    """The menus of these codes in the order of the map, under the label of those whose menus they are."""
    chosen = [menu for menu in MENUS if menu.code in codes]
    groups = ((label, [menu for menu in chosen if menu.audience is who]) for who, label in AUDIENCE_LABELS.items())
    return [(label, menus) for label, menus in groups if menus]


def first_page_when_suspended(codes: Collection[str]) -> str:
    """The name of the page where somebody arrives who still gets in when the use of the company has ended (T4)."""
    pages = {menu.code: menu.when_suspended for menu in MENUS if menu.code in codes and menu.when_suspended}
    return pages.get(RETURN_MENU) or next(iter(pages.values()), "profile")


@dataclass(frozen=True, slots=True)
class BuiltInRole:
    """A role that every tenant starts with."""

    code: str
    name: Promise
    menus: tuple[str, ...]
    provider_only: bool = False


_WORKSPACE = tuple(menu.code for menu in MENUS if menu.audience is Audience.WORKSPACE)
_CONSOLE = tuple(menu.code for menu in MENUS if menu.audience is Audience.CONSOLE)
_OPERATOR = tuple(menu.code for menu in MENUS if menu.audience is Audience.OPERATOR)

ADMINISTRATOR, EDITOR, READER, OPERATOR = "administrator", "editor", "reader", "operator"
BUILT_IN_ROLES = (
    BuiltInRole(ADMINISTRATOR, _("Administrator"), _WORKSPACE + _CONSOLE),
    BuiltInRole(EDITOR, _("Editor"), _WORKSPACE),
    BuiltInRole(READER, _("Reader"), ("documents",)),
    BuiltInRole(OPERATOR, _("Operator"), _OPERATOR, provider_only=True),
)
