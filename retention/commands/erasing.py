"""`retention erasure list|run|prove|replay|rewrite` (R1)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from auditlog.actors import Actor
from backups.commands.subcommand import Subcommand
from retention.erasure.models import Erasure
from retention.erasure.proving import prove
from retention.erasure.queries import erasure_of, every_erasure
from retention.erasure.replaying import erase_again
from retention.erasure.rewriting import rewrite_tables
from retention.erasure.services import run_erasure
from retention.erasure.working import Work
from tenants.commands import SekishoCommand
from tenants.isolation.directory import normalize_code
from tenants.models import Tenant
from tenants.queries import all_tenants, tenant_by_code


def _arguments(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="erasure", required=True, metavar="list|run|prove|replay|rewrite")
    actions.add_parser("list", help="every erasure, and how far it is")
    run = actions.add_parser("run", help="carry a planned erasure out, or go on with one, as the owner of the tables")
    look = actions.add_parser("prove", help="search everything for what is left of an erased company")
    look.add_argument("--canary", action="append", default=[], metavar="WORD", help="a word that must not be found")
    for parser_of_one in (run, look):
        parser_of_one.add_argument("code", metavar="CODE", help="the company code")
    actions.add_parser("replay", help="erase again whoever is back after a recovery of the database")
    actions.add_parser(
        "rewrite", help="write the tables anew, so that their files hold no old bytes; closes each for that long"
    )


def _list(command: SekishoCommand, options: dict[str, Any]) -> None:
    codes = {tenant.id: tenant.company_code for tenant in all_tenants()}
    _show(command, options, [(codes[one.tenant_id], one) for one in every_erasure()])


def _run(command: SekishoCommand, options: dict[str, Any]) -> None:
    tenant, erasure = _found(options["code"])
    _show(command, options, [(tenant.company_code, run_erasure(erasure.id, actor=Actor.command()))])


def _prove(command: SekishoCommand, options: dict[str, Any]) -> None:
    tenant, erasure = _found(options["code"])
    if not erasure.has_begun:
        raise CommandError(f"The erasure of {tenant.company_code} has not begun.")
    residue = prove(Work(erasure, tenant.company_code, Actor.command()), canaries=options["canary"])
    if options["json"]:
        command.print_json(erasure.proof)
    else:
        scan = erasure.proof["scan"]
        command.console.print(f"{scan['tables']} tables with {scan['rows']} rows and every store were searched.")
        kept = [(table, rows) for table, rows in scan["kept"].items()]
        command.print_table("What stays and names the company", ("table", "rows"), kept)
    if residue:
        raise CommandError("Something is left in: " + ", ".join(residue))


def _replay(command: SekishoCommand, options: dict[str, Any]) -> None:
    codes = {tenant.id: tenant.company_code for tenant in all_tenants()}
    again = erase_again(actor=Actor.command())
    _show(command, options, [(codes[one.tenant_id], one) for one in again])


def _rewrite(command: SekishoCommand, options: dict[str, Any]) -> None:
    tables = rewrite_tables(actor=Actor.command())
    if options["json"]:
        command.print_json(tables)
        return
    command.console.print(f"{len(tables)} tables were written anew.")


def _found(code: str) -> tuple[Tenant, Erasure]:
    tenant = tenant_by_code(normalize_code(code))
    erasure = erasure_of(tenant.id) if tenant else None
    if tenant is None or erasure is None:
        raise CommandError(f"No erasure of {code} is planned.")
    return tenant, erasure


def _show(command: SekishoCommand, options: dict[str, Any], listed: list[tuple[str, Erasure]]) -> None:
    if options["json"]:
        command.print_json([_figures(code, one) for code, one in listed])
        return
    rows = [
        (code, one.state, one.step, f"{one.begin_at:%Y-%m-%d}", f"{one.due_at:%Y-%m-%d}",
         sum(one.counts.get("tables", {}).values()), one.error)
        for code, one in listed
    ]  # fmt: skip
    command.print_table("Erasures", ("company", "state", "step", "begins", "due", "rows", "cause"), rows)


def _figures(code: str, one: Erasure) -> dict[str, Any]:
    moments = {
        name: at.isoformat() if (at := getattr(one, name)) else None
        for name in ("begin_at", "due_at", "begun_at", "finished_at")
    }
    return {
        "id": str(one.id),
        "company_code": code,
        "state": one.state,
        "step": one.step,
        **moments,
        "counts": one.counts,
        "key_ids": one.key_ids,
        "holdbacks": one.holdbacks,
        "proof": one.proof,
        "error": one.error,
    }


_ACTIONS = {"list": _list, "run": _run, "prove": _prove, "replay": _replay, "rewrite": _rewrite}


def _erasure(command: SekishoCommand, options: dict[str, Any]) -> None:
    _ACTIONS[options["erasure"]](command, options)


SUBCOMMANDS = (
    Subcommand("erasure", "erase companies, prove it, and erase again what came back", _arguments, _erasure),
)
