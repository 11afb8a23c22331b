"""What each edition lets each side set (T2): said once, for the pages of both sides. Whoever adds a power adds it here.

`docs/decisions/0014-what-the-editions-decide.md` has the reasons.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.models import Edition


class Side(StrEnum):
    """Who sets something."""

    COMPANY = "company"
    PROVIDER = "provider"

    @property
    def label(self) -> Promise:
        """As both sides read it."""
        return _("The company's administrators") if self is Side.COMPANY else _("The provider")


@dataclass(frozen=True, slots=True)
class Power:
    """Something that one side sets, by edition."""

    label: Promise
    explanation: Promise
    public: Side
    private: Side

    def of(self, edition: Edition) -> Side:
        """Who sets it in an edition."""
        return self.private if edition is Edition.PRIVATE else self.public

    @property
    def differs(self) -> bool:
        """Whether a change of edition hands it over."""
        return self.public is not self.private


POWERS = (
    Power(
        _("Creating a company"),
        _("It is a contract of its own, with its own company code and keys."),
        Side.PROVIDER,
        Side.PROVIDER,
    ),
    Power(
        _("Cancelling the contract"),
        _("The company gives notice, and its data are erased by the dates that are shown beforehand."),
        Side.COMPANY,
        Side.COMPANY,
    ),
    Power(
        _("Menu rights"),
        _("Which menus are open in the company at all. Which role grants them is the company's in each edition."),
        Side.PROVIDER,
        Side.COMPANY,
    ),
    Power(
        _("What the audit log captures"),
        _("Opened pages and traces. What is evidence is recorded in every edition."),
        Side.PROVIDER,
        Side.COMPANY,
    ),
)
