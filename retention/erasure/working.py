"""What an erasure knows of itself while it works, and how it writes down what it did (R1)."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from auditlog.actors import Actor
from auditlog.services import Target
from retention.erasure.models import Erasure
from tenants.isolation.keeping import is_held
from tenants.isolation.placement import OWNER_ALIAS
from tenants.isolation.transactions import platform_transaction
from tenants.models import Tenant


@dataclass(slots=True)
class Work:
    """One run of an erasure. `replayed` counts what a restore had brought back, apart from what went at first."""

    erasure: Erasure
    company_code: str
    actor: Actor
    replayed: bool = False
    _told: dict[str, int] = field(default_factory=dict)

    @property
    def tenant_id(self) -> UUID:
        """Whose data go."""
        return self.erasure.tenant_id

    @property
    def is_held(self) -> bool:
        """Whether a legal hold keeps anything of the company, asked anew each time (R5)."""
        return is_held(self.tenant_id)

    @property
    def target(self) -> Target:
        """The company as the provider's log names it from now on: by its id and its code."""
        return Target(Tenant._meta.label_lower, str(self.tenant_id), self.company_code)

    @property
    def counts(self) -> dict[str, Any]:
        """Where this run counts."""
        counts: dict[str, Any] = self.erasure.counts
        return counts.setdefault("replayed", {}) if self.replayed else counts

    @property
    def listed(self) -> list[str]:
        """The places of which was counted in this round what goes."""
        listed: list[str] = self.counts.setdefault("listed", [])
        return listed

    def add(self, kind: str, name: str, count: int) -> None:
        """Count something that goes; whoever calls this saves it, in the transaction in which it goes."""
        counted = self.counts.setdefault(kind, {})
        counted[name] = counted.get(name, 0) + count
        self._told[f"{kind}.{name}"] = self._told.get(f"{kind}.{name}", 0) + count

    def save_with_rows(self) -> None:
        """Save the counts in the open transaction of the owner, which takes the rows away."""
        self.erasure.save(using=OWNER_ALIAS, update_fields=["counts"])

    def save(self, *fields: str) -> None:
        """Save the counts, and other columns too, in a transaction of the platform role."""
        with platform_transaction():
            self.erasure.save(update_fields=["counts", *fields])

    def told(self) -> list[str]:
        """What was counted since it was last asked, for the log."""
        told, self._told = self._told, {}
        return lines(told)


def lines(counts: dict[str, int]) -> list[str]:
    """Counts as the audit log takes them: the name of a table may look like that of a secret, whose value is masked."""
    return [f"{count} {name}" for name, count in sorted(counts.items())]
