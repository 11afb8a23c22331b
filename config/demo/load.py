"""Loads the demonstration by the services that everybody else uses, so that its audit log is real."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from accounts.factors.enrolment import add_totp
from accounts.factors.totp import STEP_SECONDS, code_at, seal
from accounts.links import issue_invitation
from accounts.menus import EDITOR
from accounts.models import Role, User
from accounts.sessions import end_sessions, find_session, start_session
from accounts.users import accept_invitation, change_profile, register_user
from auditlog.actors import Actor
from backups.runs.models import RunKind
from backups.runs.services import back_up_everybody
from config.demo.backups import back_up_and_delete
from config.demo.companies import COMPANIES, PROVIDER, DemoCompany, Person
from config.demo.contracts import keep_record
from config.demo.files import files_of
from config.demo.history import tell_history
from config.demo.incident import go_through
from config.demo.inquiries import ask_support
from config.demo.leaving import leave
from config.demo.news import tell_news
from config.demo.unusual import act_unusually
from documents.contents import store_file
from documents.counterparties import create_counterparty
from documents.names import Place
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.transactions import tenant_transaction
from tenants.queries import provider_scope, tenant_by_code
from tenants.services import CreatedTenant, FirstUser, create_provider, create_tenant


def load() -> bool:
    """Make what is missing of the demonstration; returns whether anything was made. Refused outside demo mode."""
    if not settings.DEMO:
        raise ImproperlyConfigured("Demo data has known passwords: it loads with SEKISHO_MODE=demo only.")
    missing = [company for company in (PROVIDER, *COMPANIES) if tenant_by_code(company.code) is None]
    for company in missing:
        _load_company(company)
    if PROVIDER in missing:
        _go_through_an_incident()
        tenants = [tenant for company in COMPANIES if (tenant := tenant_by_code(company.code))]
        tell_history(tenants)
        tell_news(tenants)
    if missing:
        back_up_everybody(RunKind.SCHEDULED)  # the provider, and the platform: the others have theirs of today
    return bool(missing)


def _go_through_an_incident() -> None:
    """One that concerned the first company, led by the provider's operator."""
    affected = tenant_by_code(COMPANIES[0].code)
    with provider_scope() as provider_id:
        with tenant_transaction(provider_id):
            operator = User.objects.get(user_id=PROVIDER.people[0].user_id)
        if affected is not None:
            go_through(affected, operator)


def _load_company(company: DemoCompany) -> None:
    first, *others = company.people
    created = _create(company, first)
    with tenant_transaction(created.tenant.id):
        _let_in(created.admin, created.invitation, first, company)
        for person in others:
            role = Role.objects.get(code=person.role)
            actor = created.admin.as_actor()
            user = register_user(
                user_id=person.user_id,
                name=person.name,
                email=_email(person, company),
                roles=[role],
                actor=actor,
                by_mail=False,
            )
            _let_in(user, issue_invitation(user, actor=actor), person, company)
        _fill(company)
    keep_record(created.tenant, created.admin)
    if company.partners:
        act_unusually(company, created.tenant, created.admin)
        back_up_and_delete(created.tenant)
    ask_support(created.tenant, created.admin)
    leave(created.tenant, created.admin)


def _fill(company: DemoCompany) -> None:
    """Business partners and files, entered by somebody who may."""
    editor = User.objects.filter(roles__code=EDITOR).first()
    if editor is None:
        return  # the provider keeps no documents
    actor = editor.as_actor()
    for partner in company.partners:
        create_counterparty(code=partner.code, name=partner.name, kana=partner.kana, actor=actor)
    for file in files_of(company):
        store_file([file.content], place=Place(file.folder, file.name), actor=actor)


def _create(company: DemoCompany, first: Person) -> CreatedTenant:
    admin = FirstUser(first.user_id, first.name, _email(first, company))
    actor = Actor.system("demo")
    if company is PROVIDER:
        return create_provider(company_code=company.code, name=company.name, operator=admin, actor=actor)
    return create_tenant(company_code=company.code, name=company.name, plan=company.plan, admin=admin, actor=actor)


def _let_in(user: User, invitation: str, person: Person, company: DemoCompany) -> None:
    """Set the password as the person would, by the link."""
    secret = BearerSecret.parse(invitation.rstrip("/").rpartition("/")[2])
    if secret is None:
        raise ValueError("The invitation does not end in its secret.")
    user = accept_invitation(secret, password=person.password)
    if person.app_seed:
        _set_up_app(user, person.app_seed)
    change_profile(user, name=person.name, language=company.language, time_zone="Asia/Tokyo")


def _set_up_app(user: User, seed: bytes) -> None:
    """Show a right code, as the person would. It is an old one, so that the first log-in need not wait for the next."""
    found = find_session(start_session(user, method="password"))
    if found is None:
        raise ValueError("A session that was just opened is not there.")
    code = code_at(seed, timezone.now() - timedelta(seconds=STEP_SECONDS))
    add_totp(found.session, sealed_seed=seal(user, seed), code=code)
    end_sessions(user, actor=user.as_actor())


def _email(person: Person, company: DemoCompany) -> str:
    return f"{person.user_id}@{company.code.lower()}.example"
