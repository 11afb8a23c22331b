"""How many administrators a company has, and whether that is wise (A10)."""

from dataclasses import dataclass

from accounts.queries import active_holders_of

FEWEST, MOST = 2, 5


@dataclass(frozen=True, slots=True)
class AdministratorAdvice:
    """The number of active users who can manage users, and with that give themselves every right."""

    count: int

    @property
    def too_few(self) -> bool:
        """With a single one, nobody can help when that person is ill or locked out."""
        return self.count < FEWEST

    @property
    def too_many(self) -> bool:
        """Privileged rights are for the few who need them."""
        return self.count > MOST


def administrator_advice() -> AdministratorAdvice:
    """The advice for the tenant in scope; one query."""
    return AdministratorAdvice(active_holders_of("console.users").count())
