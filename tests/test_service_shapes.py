"""The shape of the code, read from its source: what review would otherwise have to find (style 7.4, 7.5, 7.8, 7.9)."""

import ast
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from accounts.factors import recovery

APPS = ("accounts", "auditlog", "tenants", "documents", "incidents", "backups", "retention")
EDGES = frozenset({"admin", "apps", "checks", "context_processors", "filters", "forms", "middleware", "tables", "tasks",
                   "urls", "urls_console", "urls_operator"})  # fmt: skip
READS = frozenset({"models", "queries"})
WRITES = frozenset({"bulk_create", "bulk_update", "create", "delete", "get_or_create", "save", "update"})

# Writers that take no actor, or record nothing, each with the reason why that is right.
BY_THE_USER_THEMSELVES = "the person who acts is the user, so no other actor can be named"
PART = "a part of a deed that its caller records"
JOURNAL = "the journal of a deed that is recorded"
UNFINISHED = "an archive is recorded when it is complete, and was none before"
STANDING = "where a job stands; what it brings about is recorded"
# Each writes an event; the last one writes it into the company's log and into the provider's.
RECORDING = frozenset({"record", "record_apart", "record_in_both"})
COUNTER = "a number that follows from recorded deeds"
SEAL = "the seal of what was recorded; a record of it would have to be sealed in turn"
EXCEPTIONS = {
    "accounts.login.log_in": BY_THE_USER_THEMSELVES,
    "accounts.login.log_out": BY_THE_USER_THEMSELVES,
    "accounts.users.accept_invitation": BY_THE_USER_THEMSELVES,
    "accounts.users.change_password": BY_THE_USER_THEMSELVES,
    "accounts.users.change_profile": BY_THE_USER_THEMSELVES,
    "accounts.factors.entering.prove": BY_THE_USER_THEMSELVES,
    "accounts.factors.enrolment.add_totp": BY_THE_USER_THEMSELVES,
    "accounts.factors.enrolment.added": BY_THE_USER_THEMSELVES,
    "accounts.factors.enrolment.remove_totp": BY_THE_USER_THEMSELVES,
    "accounts.factors.enrolment.removed": BY_THE_USER_THEMSELVES,
    "accounts.factors.recovery.renew": BY_THE_USER_THEMSELVES,
    "accounts.factors.enrolment.remove_all_recovery_codes": PART,
    "accounts.factors.enrolment.remove_all_totp": PART,
    "accounts.factors.recovery.spend": PART,
    "accounts.factors.totp.spend": PART,
    "accounts.links.claim": PART,
    "accounts.passkeys.challenges.redeem": PART,
    "accounts.passkeys.keeping.finish": BY_THE_USER_THEMSELVES,
    "accounts.passkeys.keeping.remove_all": PART,
    "accounts.passkeys.proving.prove": BY_THE_USER_THEMSELVES,
    "accounts.users.reset_password": BY_THE_USER_THEMSELVES,
    "accounts.links.void_links": PART,
    "accounts.policy.notices.take_due": "writes down what users were told",
    "accounts.policy.passwords.keep_former": PART,
    "accounts.policy.passwords.prune": PART,
    "accounts.policy.throttle.forget": COUNTER,
    "accounts.policy.throttle.forgive_login": COUNTER,
    "accounts.login.admit": BY_THE_USER_THEMSELVES,
    "accounts.inventory.reminders.take_due": "writes down what administrators were told",
    "accounts.inventory.snapshot.take_snapshot": PART,
    "accounts.people.former.keep_user_id": PART,
    "accounts.people.outstanding.hand_over_invitations": "each invitation is recorded when it is sent",
    "accounts.sso.entering.arrive": BY_THE_USER_THEMSELVES,
    "accounts.sso.entering.use_up": PART,
    "accounts.sso.joining.account_of": BY_THE_USER_THEMSELVES,
    "accounts.sso.notices.due_notices": "writes down what administrators were told",
    "accounts.sso.pending.begin": PART,
    "accounts.sso.pending.claim": PART,
    "accounts.sso.pending.take_confirmation": PART,
    "accounts.sso.pending.remember_logout": PART,
    "accounts.sessions.renew_secret": PART,
    "accounts.sessions.start_session": PART,
    "accounts.sessions.find_session": "writes down when a session was last used",
    "tenants.contract.services.make_organisation": PART,
    "auditlog.verification.services.note_told": "writes down what operators were told",
    "auditlog.exports.making.claim": PART,
    "auditlog.exports.outstanding.forget_old": "the end of a retention period",
    "auditlog.sealing.chains.append_head": SEAL,
    "auditlog.sealing.chains.append_segment": SEAL,
    "auditlog.requests.storing.store_waiting": "a log of its own",
    "incidents.alerts.looking.judge": STANDING,
    "incidents.alerts.looking.look": STANDING,
    "incidents.alerts.sampling.expire": "the end of a retention period",
    "backups.watch.points.keep_point": PART,
    "backups.watch.points.lose_point": PART,
    "backups.watch.services.note_told": "writes down what operators were told",
    "retention.expiry.watching.note_told": "writes down what operators were told",
    "auditlog.retention.upkeep.note_told": "writes down what operators were told",
    "auditlog.forwarding.signing.give_secret": PART,
    "auditlog.services.record_many": "the record itself",
    "auditlog.watching.digests.claim": "writes down who was told",
    "auditlog.watching.digests.digest_for": "writes down what was told",
    "auditlog.watching.findings.note": "the product itself notices",
    "auditlog.watching.watch.watch": COUNTER,
    "backups.catalogue.begin": UNFINISHED,
    "backups.drills.rehearsing.rehearse": "what it writes is a scratch database; the drill is recorded when it is kept",
    "backups.removal.clear_leftovers": UNFINISHED,
    "backups.removal.forget": UNFINISHED,
    "backups.runs.keeping.note_platform_archive": "which archive belongs to a run; its making is recorded",
    "backups.requests.notices.note_told": "writes down who was told",
    "retention.disclosure.making.make_package": "its claim writes down the run, its parts record",
    "retention.disclosure.making.remove_package": "records through `disclosure.services.note`",
    "retention.holds.services.note_reminded": "writes down that the reviewer was told",
    "retention.holds.letting_go.let_go": "part of the release, which records",
    "retention.holds.telling.tell": "part of placing a hold or handing something out, which record",
    "retention.holds.telling.tell_of_hold": "the same",
    "retention.holds.telling.end_notice": "part of the release, which records",
    "backups.requests.notices.tell": "writes down who was told",
    "backups.requests.outstanding.note_settled": STANDING,
    "backups.requests.outstanding.settle": STANDING,
    "backups.requests.working.beat": STANDING,
    "backups.requests.working.claim": STANDING,
    "backups.requests.working.note_target": STANDING,
    "backups.requests.working.put_off": STANDING,
    "retention.returning.making.claim": STANDING,
    "retention.returning.notices.note_told": "writes down who was told",
    "retention.returning.notices.tell": "writes down who was told",
    "retention.returning.outstanding.forget_old": "the end of a retention period",
    "documents.returning.put_back": "each document and each folder is recorded, all at once",
    "backups.recovery.journal.begin": JOURNAL,
    "backups.recovery.platformload.load_platform": JOURNAL,
    "backups.recovery.tenantload.load_company": JOURNAL,
    "accounts.people.former.forget_returned": PART,
    "retention.erasure.services.note_told": "writes down what operators were told",
    "retention.erasure.finishing.remove_unlocked": "recorded by `retention.erasure.records`, in the provider's log",
    "retention.erasure.replaying.erase_again": "recorded by `retention.erasure.records`, in the provider's log",
    "retention.erasure.replaying.shut_out": "recorded by the erasure that follows it; in a rebuild there is no log yet",
    "retention.erasure.running.go_on": "recorded by `retention.erasure.records`, in the provider's log",
    "retention.erasure.objects.remove_all": "a part of a step, which is recorded at its end",
    "tenants.four_eyes.ask": "part of the request, which records",
    "tenants.four_eyes.decide": "part of the decision, which records",
    "incidents.inquiries.notes.add_note": "recorded by `records.record_at_provider`: the company must not know",
    "incidents.inquiries.notices.note_told": "writes down who was told",
    "incidents.inquiries.notices.tell": "writes down who was told",
    "incidents.inquiries.thread.add_message": PART,
    "retention.cancellation.notices.note_told": "writes down who was told",
    "retention.cancellation.notices.tell": "writes down who was told",
    "incidents.companies.name_companies": PART,
    "incidents.reports.printing.word": "saves a file, not a row",
    "incidents.log.enter": PART,
    "incidents.states.move": PART,
    "tenants.invoices.terms.note_plan_change": PART,
    "tenants.invoices.notices.note_told": "writes down who was told",
    "tenants.invoices.notices.tell_of_invoices": "writes down who was told",
    "documents.limits.note_storage": COUNTER,
    "documents.limits.recount_storage": COUNTER,
    "incidents.mailing.expanding.expand": STANDING,
    "incidents.mailing.sending.send": STANDING,
    "incidents.alarms.sending.deliver_alarms": STANDING,
    "incidents.monitoring.looking.store": "an object of no meaning, written to see whether that works, removed at once",
}


@dataclass(frozen=True)
class Function:
    """A public function of a rule module and what it does, together with the private functions that it calls."""

    name: str
    writes: bool
    records: bool
    takes_actor: bool


def modules(*, edges: bool) -> Iterator[tuple[str, ast.Module]]:
    """The modules of the apps: pages and other edges, or the rules below them."""
    for app in APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            parts = path.relative_to(settings.BASE_DIR).with_suffix("").parts
            if {"commands", "subcommands", "migrations", "management", "isolation"} & set(parts):
                continue
            is_edge = parts[1] == "views" or parts[-1] in EDGES
            if is_edge == edges:
                yield ".".join(parts), _parsed(path)


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def functions() -> Iterator[Function]:
    """The public functions of all rule modules."""
    for module, tree in modules(edges=False):
        if module.rpartition(".")[2] in READS:
            continue
        known = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        for name, node in known.items():
            if not name.startswith("_"):
                calls = list(_calls(node, known, frozenset({name})))
                arguments = {argument.arg for argument in node.args.kwonlyargs}
                records = any(ast.unparse(call.func) in RECORDING for call in calls)
                yield Function(f"{module}.{name}", any(map(_writes, calls)), records, "actor" in arguments)


def _calls(node: ast.AST, known: dict[str, ast.FunctionDef], seen: frozenset[str]) -> Iterator[ast.Call]:
    for call in (inner for inner in ast.walk(node) if isinstance(inner, ast.Call)):
        yield call
        called = call.func.id if isinstance(call.func, ast.Name) else ""
        if called in known and called not in seen:
            yield from _calls(known[called], known, seen | {called})


def _writes(call: ast.Call) -> bool:
    """Whether a call changes rows: on a manager, on a query (whose update takes keywords only), or on a row."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITES:
        return False
    receiver, verb = ast.unparse(call.func.value), call.func.attr
    if verb == "update":
        return bool(call.keywords) and not call.args
    return ".objects" in receiver or (verb in {"save", "delete"} and "store" not in receiver)


def test_who_writes_names_the_actor_and_records() -> None:
    """Style 7.4, 7.5: keyword-only `actor`, and an audit event inside; every exception is listed with its reason."""
    unshaped = {f.name for f in functions() if f.writes and not (f.takes_actor and f.records)}
    assert unshaped == set(EXCEPTIONS)


def test_who_records_names_the_actor() -> None:
    """G1: also where nothing but the record is written."""
    unnamed = {f.name for f in functions() if f.records and not f.takes_actor} - set(EXCEPTIONS)
    assert unnamed == {
        "accounts.resets.request_reset",  # by anybody: who asks has not proved who they are
        "documents.removal.sweep",  # a job of the product itself
        "incidents.inquiries.attachments.sweep",
        "accounts.devices.tell_of_new_device",  # by the users themselves
        "accounts.factors.stepping.confirm",  # by the users themselves
        "accounts.factors.stepping.confirm_by_password",
        "accounts.factors.stepping.confirm_by_code",
        "accounts.policy.alerts.note_failure",  # the product itself notices
        "accounts.policy.guesses.is_right_password",  # by the users themselves
        "accounts.factors.attempts.enter",
        "accounts.factors.attempts.spend_code",
        "accounts.passkeys.entering.confirm",
        "accounts.passkeys.entering.finish_login",
        "accounts.passkeys.entering.log_in",
        "accounts.sso.enforcement.note_password_login",  # by the users themselves
        "accounts.sso.logout.obey",  # by the identity provider, which signs
    }


def test_pages_ask_queries_and_services() -> None:
    """Style 7.8, 7.9: no edge builds a query of its own, so that a missing filter has few places to hide in."""
    found = [
        f"{module}:{node.lineno}"
        for module, tree in modules(edges=True)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}
    ]
    assert found == []


def test_only_known_places_work_across_tenants() -> None:
    """T1: the platform role is for the provider's own jobs; each new place is looked at here."""
    ways = {"platform_scope", "platform_transaction", "provider_scope"}
    found = {
        module
        for edges in (False, True)
        for module, tree in modules(edges=edges)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in ways
    }
    assert found == {
        "accounts.people.outstanding",
        "accounts.network.queries",
        "accounts.staff.directory",
        "auditlog.forwarding.queries",
        "auditlog.exports.outstanding",
        "auditlog.partitions",
        "auditlog.retention.expiry",
        "auditlog.retention.queries",
        "auditlog.retention.relocating",
        "auditlog.retention.tasks",
        "auditlog.retention.upkeep",
        "auditlog.sealing.headchecks",
        "auditlog.sealing.proofs",
        "auditlog.sealing.sealer",
        "auditlog.sealing.verifying",
        "auditlog.verification.queries",
        "auditlog.verification.services",
        "auditlog.verification.tasks",
        "auditlog.requests.queries",
        "auditlog.requests.storing",
        "auditlog.watching.digests",
        "auditlog.watching.queries",
        "auditlog.watching.ruling",
        "incidents.alerts.looking",
        "incidents.alerts.measures.audit",
        "incidents.alerts.promoting",
        "incidents.alerts.queries",
        "incidents.alerts.sampling",
        "incidents.alerts.services",
        "incidents.alerts.tasks",
        "incidents.alerts.watches",
        "incidents.byclock",
        "incidents.companies",
        "incidents.publishing",
        "incidents.queries",
        "incidents.reports.queries",
        "incidents.reports.records",
        "incidents.reports.services",
        "incidents.rounds",
        "incidents.services",
        "incidents.states",
        "incidents.tasks",
        "backups.calendar",
        "backups.drills.queries",
        "backups.drills.services",
        "backups.companies",
        "backups.custody.escrow",
        "backups.custody.rotating",
        "backups.destruction.queries",
        "backups.destruction.services",
        "backups.queries",
        "backups.requests.directory",
        "backups.requests.outstanding",
        "backups.recovery.inplace",
        "backups.recovery.journal",
        "backups.recovery.queries",
        "backups.recovery.rebuilding",
        "backups.recovery.relisting",
        "backups.recovery.sweeping",
        "backups.restoring",
        "backups.runs.jobs",
        "backups.runs.keeping",
        "backups.runs.platform",
        "backups.runs.queries",
        "backups.runs.services",
        "backups.tasks",
        "backups.sites.examining",
        "backups.sites.platform",
        "backups.sites.queries",
        "backups.sites.tasks",
        "backups.watch.queries",
        "backups.watch.services",
        "backups.watch.tasks",
        "incidents.maintenance.queries",
        "incidents.maintenance.services",
        "incidents.notices.queries",
        "incidents.notices.services",
        "incidents.alarms.channels",
        "incidents.alarms.queries",
        "incidents.alarms.sending",
        "incidents.alarms.services",
        "incidents.inquiries.notes",
        "incidents.inquiries.queue",
        "incidents.clock.queries",
        "incidents.clock.editions",
        "incidents.clock.escalating",
        "tenants.contract.queries",
        "incidents.availability.queries",
        "incidents.availability.services",
        "incidents.availability.tasks",
        "incidents.monitoring.queries",
        "incidents.monitoring.services",
        "incidents.monitoring.tasks",
        "retention.expiry.counting",
        "retention.expiry.queries",
        "retention.expiry.removing",
        "retention.expiry.services",
        "retention.expiry.tasks",
        "retention.expiry.watching",
        "retention.promise.services",
        "tenants.contract.services",
        "tenants.invoices.crediting",
        "tenants.invoices.issuers",
        "tenants.invoices.issuing",
        "tenants.invoices.notices",
        "tenants.invoices.pricing",
        "tenants.invoices.queries",
        "tenants.usage.counting",
        "tenants.usage.queries",
        "tenants.queries",
        "tenants.services",
        "retention.cancellation.notices",
        "retention.cancellation.queries",
        "retention.cancellation.services",
        "retention.certificates.notices",
        "retention.register.counting",
        "retention.certificates.queries",
        "retention.certificates.services",
        "retention.certificates.tasks",
        "retention.deletion.queries",
        "retention.deletion.services",
        "retention.deletion.survey",
        "retention.erasure.queries",
        "retention.erasure.finishing",
        "retention.erasure.replaying",
        "retention.erasure.rewriting",
        "retention.erasure.running",
        "retention.erasure.tasks",
        "retention.erasure.working",
        "retention.returning.outstanding",
        "retention.erasure.services",
        "retention.disclosure.making",
        "retention.disclosure.queries",
        "retention.disclosure.services",
        "retention.disclosure.views.operator",
        "retention.holds.keeper",
        "retention.holds.queries",
        "retention.holds.scopes",
        "retention.holds.services",
        "retention.holds.tasks",
        "incidents.mailing.bounces",
        "incidents.mailing.expanding",
        "incidents.mailing.finishing",
        "incidents.mailing.queries",
        "incidents.mailing.recipients",
        "incidents.mailing.sending",
        "incidents.mailing.services",
        "incidents.mailing.tasks",
        "incidents.status.overriding",
        "incidents.status.queries",
        "incidents.status.services",
        "incidents.status.tasks",
        "incidents.status.telling",
    }


def test_nothing_is_drawn_from_a_guessable_source() -> None:
    """ASVS 6.5.3, 6.5.4: codes and keys come from `secrets`, 120 bits for a recovery code; nobody uses `random`."""
    found = [
        module
        for edges in (False, True)
        for module, tree in modules(edges=edges)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and "random" in {alias.name for alias in node.names} | {getattr(node, "module", "")}
    ]
    assert found == []
    assert recovery._LENGTH * math.log2(len(recovery._ALPHABET)) >= 112


def test_text_is_escaped_and_forms_carry_their_token() -> None:
    """ASVS: no `mark_safe`, no `|safe`; the one form without Django's check has its own."""
    sources = [path for app in (*APPS, "config") for path in (settings.BASE_DIR / app).rglob("*.py")]
    templates = [*(settings.BASE_DIR / "templates").rglob("*.html")]
    found = {
        (path.relative_to(settings.BASE_DIR).as_posix(), word)
        for paths, words in ((sources, ("mark_safe(", "@csrf_exempt")), (templates, ("|safe", "autoescape off")))
        for path in paths
        for word in words
        if word in path.read_text()
    }
    assert found == {
        ("accounts/people/views/imports.py", "@csrf_exempt"),
        ("accounts/sso/views/entrance.py", "@csrf_exempt"),
        ("incidents/status/views/public.py", "@csrf_exempt"),
        ("documents/views/transfer.py", "@csrf_exempt"),
        ("incidents/inquiries/views/replies.py", "@csrf_exempt"),
        ("incidents/inquiries/views/workspace.py", "@csrf_exempt"),
    }
