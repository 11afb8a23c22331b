"""System checks of what erasure reads from the declarations (R1, DESIGN section 2)."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from retention.erasure.tables import dangling_references, ownerless_tables


@register
def every_row_can_go(**_options: Any) -> list[CheckMessage]:
    """What goes with a company says with which, and nothing that stays refers to it."""
    nobodys: list[CheckMessage] = [
        Error(f"{table} is declared to go with its company, but has no column that says which.", id="erasure.E001")
        for table in ownerless_tables()
    ]
    dangling: list[CheckMessage] = [
        Error(f"{table} stays when a company is erased, but refers to {target}, which goes.", id="erasure.E002")
        for table, target in dangling_references()
    ]
    return nobodys + dangling
