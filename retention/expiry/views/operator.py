"""Expiry for the provider's operators (R6)."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, menu_required, step_up
from auditlog.actors import Actor, ActorKind
from auditlog.sealing.keys import is_signed
from backups.sites.places import Kept
from retention.expiry import queries
from retention.expiry.services import order_run
from retention.expiry.tables import LineTable, RunTable
from retention.register.counting import rows_by_table
from retention.register.entries import entries
from retention.register.stores import place_words, stored_assets
from retention.register.tables import EntryTable, StoredTable
from retention.register.words import name_of, period_words


@menu_required("operator.retention")
@require_safe
def overview(request: MemberRequest) -> HttpResponse:
    """Every run, what is wrong, and what ends with time."""
    page = queries.run_page(request.GET.get("page", 1))
    context = {
        "page": page,
        "runs": RunTable(page.object_list),
        "newest": queries.newest_run(),
        "problems": [
            (problem, name_of(problem.about) if problem.kind != "erasure" else problem.about)
            for problem in queries.open_problems()
        ],
        "endings": [
            (name_of(each.table), each.table, each.words or period_words(each.days)) for each in queries.endings()
        ],
    }
    return render(request, "retention/operator/overview.html", context)


@menu_required("operator.retention")
@require_safe
def run(request: MemberRequest, run: UUID) -> HttpResponse:
    """One run by table."""
    found = queries.find_run(run)
    if found is None:
        raise Http404
    lines = [{"line": line, "name": name_of(line.table), "period": period_words(line.days)} for line in found.by_table]
    context = {
        "run": found,
        "lines": LineTable(lines),
        "signed": bool(found.signature) and is_signed(found.statement, found.key_id, bytes(found.signature or b"")),
        "trail": [(_("Retention"), reverse("operator:retention")), (str(found), "")],
    }
    return render(request, "retention/operator/run.html", context)


@menu_required("operator.retention")
@require_POST
def try_now(request: MemberRequest) -> HttpResponse:
    """Have a worker count what would go."""
    order_run(dry_run=True, actor=_actor(request))
    messages.success(request, _("A worker counts what is past its period. Nothing is removed."))
    return redirect("operator:retention")


@menu_required("operator.retention")
@require_POST
@step_up
def run_now(request: MemberRequest) -> HttpResponse:
    """Have a worker remove what is past its period, before the night."""
    order_run(dry_run=False, actor=_actor(request))
    messages.success(request, _("A worker removes what is past its period."))
    return redirect("operator:retention")


@menu_required("operator.retention")
@require_safe
def register(request: MemberRequest) -> HttpResponse:
    """Everything that is kept, class by class (R6)."""
    context = {
        "entries": EntryTable(entries(rows_by_table())),
        "stores": StoredTable(stored_assets()),
        "database": place_words(Kept.DATABASE),
    }
    return render(request, "retention/operator/register.html", context)


def _actor(request: MemberRequest) -> Actor:
    return replace(request.user.as_actor(), kind=ActorKind.OPERATOR)
