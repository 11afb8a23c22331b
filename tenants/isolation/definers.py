"""Functions that run with their owner's rights, past the policies: each is a door in the wall, so each is declared."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Definer:
    """A SECURITY DEFINER function by its name and argument types, who may call it, and what it gives away."""

    signature: str
    executors: frozenset[str]
    purpose: str


_declared: dict[str, Definer] = {}


def declare_definer(signature: str, *, executors: Iterable[str], purpose: str) -> None:
    """Declare such a function, as in `resolve_company(text)`."""
    definer = Definer(signature, frozenset(executors), purpose)
    if _declared.setdefault(signature, definer) != definer:
        raise ValueError(f"Function {signature} is declared twice, and differently.")


def declared_definers() -> dict[str, Definer]:
    """Every declared function, by signature."""
    return dict(_declared)
