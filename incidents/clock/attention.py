"""Which promises are still open, of the areas whose menus somebody holds (N1, N2, N4, N6)."""

from collections.abc import Iterator
from functools import partial

from django.utils.translation import gettext_lazy as _

from config.attention import MOST, Need, Source, register_needs
from incidents.clock.kinds import KINDS
from incidents.clock.models import Deadline
from tenants.isolation.transactions import platform_transaction


def _needs(kinds: list[str]) -> Iterator[Need]:
    with platform_transaction():
        running = list(
            Deadline.objects.filter(kind__in=kinds, met_at=None, withdrawn_at=None).order_by("due_at")[:MOST]
        )
    for deadline in running:
        yield Need(
            f"{deadline.get_kind_display()}: {deadline.title}", deadline.link, deadline.started_at, deadline.due_at
        )


for _menu in sorted({kind.menu for kind in KINDS.values()}):
    _of_menu = [kind.code for kind in KINDS.values() if kind.menu == _menu]
    register_needs(Source(f"clock.{_menu}", _("Deadline"), _menu, "hourglass", partial(_needs, _of_menu)))
