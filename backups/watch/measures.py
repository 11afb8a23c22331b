"""How old backups are, and how far the second site is behind, as figures for alerts (N9, B1, B3)."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from backups.sites.queries import uncopied
from backups.watch.queries import open_problems, worst_age
from incidents.alerts.judging import Limits
from incidents.alerts.registry import (
    NOTHING,
    Measure,
    OpenProblem,
    Reading,
    Readings,
    Unit,
    Watch,
    register_measure,
    register_watch,
)

_HOUR = 3600


def _age(now: datetime) -> Readings:
    age = worst_age(now)
    return {"": Reading(age.total_seconds() / _HOUR) if age is not None else NOTHING}


def _behind(now: datetime) -> Readings:
    if not settings.VAULT_BACKUP_COPY_STORE:
        return {}
    waiting = [each.since for each in uncopied()]
    return {"": Reading((now - min(waiting)).total_seconds() / _HOUR if waiting else 0.0)}


def _problems() -> list[OpenProblem]:
    return [
        OpenProblem(str(each.problem), each.company_code or each.problem.detail, each.problem.began_at)
        for each in open_problems()
    ]


WATCH = register_watch(Watch("backups", _("Backups"), "operator.backups", "operator:backups", _problems))
AGE = register_measure(
    Measure(
        "backups.age",
        _("Age of the newest backup"),
        _("How much work the company would lose that is worst off, if it had to be restored now."),
        Unit.HOURS,
        Limits(warning=24.8, critical=25),
        _age,
        component="backups",
        told_elsewhere=_("The watch over backups sends mails once an hour."),
    )
)
BEHIND = register_measure(
    Measure(
        "backups.second_site",
        _("Second site"),
        _("For how long the oldest backup has been waiting that is not at the second site yet."),
        Unit.HOURS,
        Limits(warning=12, critical=25, margin=1),
        _behind,
        component="backups",
        told_elsewhere=_("The watch over backups sends mails once an hour."),
    )
)
