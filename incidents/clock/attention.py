"""Which promises about incidents run out: for the start page of operators (N9)."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy

from config.attention import MOST, Need, Source, register_needs
from incidents.clock.kinds import KINDS
from incidents.clock.queries import pressing

_MENU = "operator.incidents"


def _needs() -> Iterator[Need]:
    kinds = [kind.code for kind in KINDS.values() if kind.menu == _MENU]
    for deadline in pressing(kinds, MOST):
        yield Need(str(deadline), deadline.link, deadline.started_at, due=deadline.due_at)


register_needs(Source("deadlines", gettext_lazy("Promised deadline"), _MENU, "clock", _needs))
