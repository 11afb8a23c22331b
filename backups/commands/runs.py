"""`backup run` (B1), and `backup work`, which a run starts itself."""

import os
import sys
import threading
from argparse import ArgumentParser
from queue import SimpleQueue
from typing import Any

from django.core.management.base import CommandError

from auditlog.actors import Actor
from backups.commands.subcommand import FAILURES, Subcommand, figures, size, watched
from backups.locks import kept_connections
from backups.models import Archive, State
from backups.queries import archives_of_everybody
from backups.runs.jobs import Job, do
from backups.runs.models import Run, RunKind, RunState
from backups.runs.services import RunReport, back_up_everybody
from backups.services import back_up
from tenants.commands import SekishoCommand, tenant_of_code
from tenants.isolation.context import tenant_scope
from tenants.models import Tenant
from tenants.queries import all_tenants

_COLUMNS = ("company", "id", "state", "rows", "files", "size", "error")


def _arguments(parser: ArgumentParser) -> None:
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--tenant", metavar="CODE", help="one tenant, by its company code")
    whom.add_argument("--all", dest="all_tenants", action="store_true", help="every open tenant, and the platform")


def _run(command: SekishoCommand, options: dict[str, Any]) -> None:
    if options["all_tenants"]:
        _run_all(command, options)
    else:
        _run_one(command, options, tenant_of_code(options["tenant"]))


def _run_one(command: SekishoCommand, options: dict[str, Any], tenant: Tenant) -> None:
    result: dict[str, Any] = {"company_code": tenant.company_code}
    with tenant_scope(tenant.id), watched(command, options, tenant.company_code) as progress:
        try:
            done = back_up(actor=Actor.command(), progress=progress)
        except FAILURES as error:
            result |= {"state": "failed", "error": str(error)}
        else:
            result |= {**figures(done.archive), "removed": done.removed}
    if options["json"]:
        command.print_json([result])
    else:
        _print(command, [result])
    if result["state"] != State.VERIFIED:
        raise CommandError(f"No sound backup was made of {tenant.company_code}.")


def _run_all(command: SekishoCommand, options: dict[str, Any]) -> None:
    with watched(command, options, "companies") as progress:
        report = back_up_everybody(RunKind.COMMAND, progress=progress)
    if report is None:
        raise CommandError("There is no company to back up.")
    run, results = report.run, _results(report)
    if options["json"]:
        command.print_json({"run": _run_figures(run), "companies": results})
    else:
        _print(command, results)
        command.console.print(
            f"{run.companies} companies, {run.failed} failed, {run.rows} rows, {run.objects_count} files."
        )
    if run.state != RunState.FINISHED:
        raise CommandError(f"The run did not succeed. {run.error}")


def _results(report: RunReport) -> list[dict[str, Any]]:
    """The archive of each company, or why there is none."""
    made: dict[Any, Archive] = {}
    for archive in archives_of_everybody():
        if archive.run_id == report.run.id:
            made.setdefault(archive.tenant_id, archive)
    return [
        {"company_code": tenant.company_code}
        | (figures(made[tenant.id]) if tenant.id in made else {"state": "failed"})
        | ({"error": report.failures[tenant.id]} if tenant.id in report.failures else {})
        for tenant in all_tenants()
        if tenant.id in made or tenant.id in report.failures
    ]


def _run_figures(run: Run) -> dict[str, Any]:
    return {
        "id": str(run.id),
        "state": run.state,
        "snapshot_at": run.snapshot_at.isoformat() if run.snapshot_at else None,
        "seconds": run.seconds,
        "companies": run.companies,
        "failed": run.failed,
        "rows": run.rows,
        "objects": run.objects_count,
        "bytes": run.size,
        "platform_archive": str(run.platform_archive) if run.platform_archive else None,
        "error": run.error,
    }


def _print(command: SekishoCommand, results: list[dict[str, Any]]) -> None:
    rows = [
        (r["company_code"], r.get("id"), r["state"], r.get("rows"), r.get("objects"), size(r), r.get("error"))
        for r in results
    ]
    command.print_table("Backups made", _COLUMNS, rows)


def _nothing(_parser: ArgumentParser) -> None:
    pass


def _work(command: SekishoCommand, _options: dict[str, Any]) -> None:
    """Jobs come in lines and outcomes go out in lines, until the input ends: also in the middle of a job, since
    nobody would hear of its outcome."""
    lines: SimpleQueue[str] = SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            lines.put(line)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    with kept_connections():
        while True:
            outcome = do(Job.from_json(lines.get()))
            command.stdout.write(outcome.as_json())
            command.stdout.flush()


SUBCOMMANDS = (
    Subcommand("run", "back up one tenant or all, verify, and keep the generations of the plan", _arguments, _run),
    Subcommand("work", "work on a run; `backup run --all` starts this by itself", _nothing, _work),
)
