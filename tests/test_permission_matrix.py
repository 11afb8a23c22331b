"""Every address, as every kind of person, with GET and POST (A9, T1). An address without a row here fails.

The addresses name things of ACME. The outsider and the operator hold every menu in their own companies, so what keeps
them out is the wall, not a missing menu.
ASVS 8.1.1, 8.2.1, 8.2.2, 8.3.1.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.access import Access, access_of
from accounts.inventory.services import start_review
from accounts.links import issue_invitation
from accounts.menus import ADMINISTRATOR, BUILT_IN_ROLES, EDITOR, OPERATOR, READER
from accounts.models import Session
from accounts.network.entries import Entry, add_network
from accounts.people.importing import upload as import_upload
from accounts.roles import create_role
from accounts.staff.requests import ask
from auditlog.exports.ordering import order_export
from auditlog.exports.periods import Period
from auditlog.forwarding.destinations import Wanted, add_destination
from auditlog.forwarding.models import DestinationKind
from auditlog.queries import events
from auditlog.viewing.saving import save_filter
from auditlog.watching.models import Finding
from documents.contents import store_file
from documents.counterparties import create_counterparty
from documents.names import clean_place
from incidents.inquiries import queries
from incidents.inquiries.attachments import Sent
from incidents.notices.models import Notice
from retention.returning.asking import ask_return
from tenants.isolation.directory import resolve_company
from tenants.isolation.transactions import platform_transaction, tenant_transaction
from tenants.models import State, Tenant
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import make_person
from tests.factories.rows import make_control_row, make_row
from tests.incidents.inquiries.asking import ask as make_inquiry

MEMBERS = {role.code: frozenset(role.menus) for role in BUILT_IN_ROLES if not role.provider_only}

# Addresses in one test. Requests are undone, and making people and things takes longer than asking for a page.
TOGETHER = 12

ROLES = {"admin": ADMINISTRATOR, "editor": EDITOR, "reader": READER}

NO = 405
SENT_AWAY, FINE = 302, 200
REFUSED, ABSENT, GONE = 403, 404, 410


@dataclass(frozen=True)
class Page:
    """A page for those who have the menu, or for everybody who is logged in: its answer to GET and to an empty POST."""

    menu: str | None
    get: int
    post: int

    def access(self) -> Access:
        """What the view must demand."""
        return Access(menu=self.menu)


@dataclass(frozen=True)
class Public:
    """What nobody in particular gets, and what those get who are logged in."""

    get: int
    post: int
    inside_get: int
    inside_post: int

    def access(self) -> Access:
        """What the view must demand: nothing."""
        return Access(public=True)


# By name; pages that name things have their parameters behind it.
MATRIX: dict[str, Page | Public] = {
    "login": Public(FINE, FINE, SENT_AWAY, FINE),
    "invitation secret": Public(FINE, FINE, FINE, FINE),
    "password_forgotten": Public(FINE, FINE, FINE, FINE),
    "password_reset secret": Public(GONE, GONE, GONE, GONE),
    "set_language": Public(NO, SENT_AWAY, NO, SENT_AWAY),
    "healthz": Public(FINE, NO, FINE, NO),
    "readyz": Public(FINE, NO, FINE, NO),
    "metrics": Public(ABSENT, NO, ABSENT, NO),
    "factor": Public(SENT_AWAY, NO, SENT_AWAY, NO),
    "factor_totp": Public(SENT_AWAY, SENT_AWAY, SENT_AWAY, SENT_AWAY),
    "factor_recovery": Public(SENT_AWAY, SENT_AWAY, SENT_AWAY, SENT_AWAY),
    "passkey_login": Public(FINE, FINE, FINE, FINE),
    "passkey_login_options": Public(NO, FINE, NO, FINE),
    "passkey_factor": Public(SENT_AWAY, SENT_AWAY, SENT_AWAY, SENT_AWAY),
    "passkey_factor_options": Public(NO, REFUSED, NO, REFUSED),
    "sso": Public(FINE, FINE, FINE, FINE),
    "sso_start name": Public(FINE, REFUSED, FINE, REFUSED),
    "sso_acs name": Public(NO, REFUSED, NO, REFUSED),
    "sso_metadata name": Public(ABSENT, NO, ABSENT, NO),
    "sso_slo name": Public(SENT_AWAY, NO, SENT_AWAY, NO),
    "sso_farewell name": Public(SENT_AWAY, NO, SENT_AWAY, NO),
    "status": Public(FINE, NO, FINE, NO),
    "status_subscribe": Public(FINE, FINE, FINE, FINE),
    "status_subscribed": Public(FINE, NO, FINE, NO),
    "status_subscription token": Public(GONE, GONE, GONE, GONE),
    "status_subscription_confirm token": Public(NO, GONE, NO, GONE),
    "status_unsubscribe token": Public(GONE, GONE, GONE, GONE),
    "sso_link": Page(None, ABSENT, ABSENT),
    "home": Page(None, FINE, NO),
    "logout": Page(None, NO, SENT_AWAY),
    "profile": Page(None, FINE, FINE),
    "password": Page(None, NO, FINE),
    "password_renew": Page(None, SENT_AWAY, SENT_AWAY),
    "confirm": Page(None, FINE, FINE),
    "confirm_totp": Page(None, SENT_AWAY, SENT_AWAY),  # for those who have no password
    "sso_confirm": Page(None, NO, ABSENT),
    "sso_confirmed proof": Page(None, ABSENT, ABSENT),
    "enrol": Page(None, SENT_AWAY, NO),
    "factors": Page(None, FINE, NO),
    "totp_enrol": Page(None, FINE, FINE),
    "totp_remove": Page(None, NO, SENT_AWAY),
    "recovery_codes": Page(None, FINE, FINE),
    "passkey_confirm": Page(None, FINE, FINE),
    "passkey_confirm_options": Page(None, NO, FINE),
    "passkeys": Page(None, FINE, NO),
    "passkey_add_options": Page(None, NO, FINE),
    "passkey_add": Page(None, NO, FINE),
    "activity": Page(None, FINE, NO),
    "data_location": Page(None, FINE, NO),
    "screen_closed": Page(None, NO, 204),
    "sessions": Page(None, FINE, NO),
    "sessions_end_others": Page(None, NO, SENT_AWAY),
    "console:users": Page("console.users", FINE, NO),
    "console:user_new": Page("console.users", FINE, FINE),
    "console:user user": Page("console.users", FINE, FINE),
    "console:user_roles user": Page("console.users", NO, SENT_AWAY),
    "console:user_suspend user": Page("console.users", FINE, SENT_AWAY),
    "console:user_resume user": Page("console.users", NO, SENT_AWAY),
    "console:user_invite user": Page("console.users", NO, SENT_AWAY),
    "console:user_demand_password user": Page("console.users", NO, SENT_AWAY),
    "console:role_factor role": Page("console.roles", NO, SENT_AWAY),
    "console:user_reset_factors user": Page("console.users", FINE, SENT_AWAY),
    "console:user_remove user": Page("console.users", FINE, SENT_AWAY),
    "console:user_export": Page("console.users", FINE, NO),
    "console:user_imports": Page("console.users", FINE, FINE),
    "console:user_import_template": Page("console.users", FINE, NO),
    "console:user_import upload": Page("console.users", FINE, NO),
    "console:user_import_status upload": Page("console.users", FINE, NO),
    "console:user_import_start upload": Page("console.users", NO, SENT_AWAY),
    "console:user_import_discard upload": Page("console.users", NO, SENT_AWAY),
    "console:inventory": Page("console.inventory", FINE, NO),
    "console:inventory_start": Page("console.inventory", FINE, FINE),
    "console:inventory_schedule": Page("console.inventory", NO, FINE),
    "console:inventory_review review": Page("console.inventory", FINE, NO),
    "console:inventory_decide review": Page("console.inventory", NO, FINE),
    "console:inventory_complete review": Page("console.inventory", FINE, FINE),
    "console:inventory_abandon review": Page("console.inventory", FINE, SENT_AWAY),
    "console:inventory_removals review": Page("console.users", NO, SENT_AWAY),
    "console:inventory_carry_out review account": Page("console.users", NO, SENT_AWAY),
    # It is in progress: there is no report yet (tests/inventory/test_pages.py has one).
    "console:inventory_csv review": Page("console.inventory", ABSENT, NO),
    "console:inventory_pdf review": Page("console.inventory", ABSENT, NO),
    "console:security": Page("console.security", FINE, FINE),
    "console:security_preview": Page("console.security", NO, FINE),
    "console:roles": Page("console.roles", FINE, NO),
    "console:role_new": Page("console.roles", FINE, FINE),
    "console:role role": Page("console.roles", FINE, FINE),
    "console:role_matrix": Page("console.roles", FINE, SENT_AWAY),
    "console:role_remove role": Page("console.roles", FINE, SENT_AWAY),
    # There is no connection yet, so all but its beginning is absent; tests/sso/test_console.py has one.
    "console:sso": Page("console.sso", FINE, NO),
    "console:sso_prepare": Page("console.sso", NO, SENT_AWAY),
    "console:sso_provider": Page("console.sso", NO, ABSENT),
    "console:sso_certificate_add": Page("console.sso", NO, ABSENT),
    "console:sso_certificate_remove": Page("console.sso", NO, ABSENT),
    "console:sso_joining": Page("console.sso", NO, ABSENT),
    "console:sso_second_factor": Page("console.sso", NO, ABSENT),
    "console:sso_test": Page("console.sso", NO, ABSENT),
    "console:sso_test_result test": Page("console.sso", ABSENT, NO),
    "console:sso_require": Page("console.sso", ABSENT, ABSENT),
    "console:sso_allow_passwords": Page("console.sso", NO, ABSENT),
    "console:sso_people": Page("console.sso", ABSENT, ABSENT),
    "console:sso_unlink identity": Page("console.sso", NO, ABSENT),
    "console:network": Page("console.network", FINE, NO),
    "console:network_add": Page("console.network", FINE, FINE),
    "console:network_paste": Page("console.network", FINE, FINE),
    "console:network_switch": Page("console.network", FINE, SENT_AWAY),
    "console:network_close": Page("console.network", NO, SENT_AWAY),
    "console:network_edit network": Page("console.network", FINE, FINE),
    "console:network_remove network": Page("console.network", NO, SENT_AWAY),
    "console:sessions": Page("console.sessions", FINE, NO),
    "console:sessions_end": Page("console.sessions", FINE, SENT_AWAY),
    "console:user_sessions_end user": Page("console.sessions", NO, SENT_AWAY),
    "console:audit": Page("console.audit", FINE, NO),
    "console:audit_filters": Page("console.audit", FINE, NO),
    "console:audit_filter_new": Page("console.audit", FINE, FINE),
    "console:audit_filter saved": Page("console.audit", FINE, FINE),
    "console:audit_filter_delete saved": Page("console.audit", NO, SENT_AWAY),
    "console:audit_volume": Page("console.audit", FINE, NO),
    "console:audit_target": Page("console.audit", FINE, NO),
    "console:audit_user": Page("console.audit", FINE, NO),
    "console:audit_event event": Page("console.audit", FINE, NO),
    "console:audit_settings": Page("console.audit_settings", FINE, FINE),
    "console:audit_proof": Page("console.audit", FINE, NO),
    "console:audit_verifier": Page("console.audit", FINE, NO),
    "console:audit_keys": Page("console.audit", FINE, NO),
    "console:audit_event_proof event": Page("console.audit", FINE, NO),
    "console:audit_exports": Page("console.audit", FINE, FINE),
    "console:audit_export_status export": Page("console.audit", FINE, NO),
    "console:audit_export_cancel export": Page("console.audit", NO, SENT_AWAY),
    "console:audit_export_again export": Page("console.audit", NO, SENT_AWAY),
    # It is not written yet (tests/auditlog/exports has one that is).
    "console:audit_export_file export": Page("console.audit", ABSENT, NO),
    "console:audit_export_signature export": Page("console.audit", ABSENT, NO),
    "console:watch": Page("console.audit", FINE, NO),
    "console:data_return": Page("console.data_return", FINE, SENT_AWAY),
    "console:data_return_status returned": Page("console.data_return", FINE, NO),
    "console:data_return_cancel returned": Page("console.data_return", NO, SENT_AWAY),
    "console:data_return_remove returned": Page("console.data_return", NO, SENT_AWAY),
    # It is not written yet (tests/retention/returning has one that is).
    "console:data_return_part returned number": Page("console.data_return", ABSENT, NO),
    "console:watch_finding finding": Page("console.audit", FINE, NO),
    "console:watch_seen finding": Page("console.audit", NO, SENT_AWAY),
    "console:watch_explain finding": Page("console.audit", NO, FINE),
    "console:forwarding": Page("console.audit_settings", FINE, NO),
    "console:forwarding_new_webhook": Page("console.audit_settings", FINE, FINE),
    "console:forwarding_new_syslog": Page("console.audit_settings", FINE, FINE),
    "console:forwarding_destination destination": Page("console.audit_settings", FINE, NO),
    "console:forwarding_edit destination": Page("console.audit_settings", FINE, FINE),
    "console:forwarding_test destination": Page("console.audit_settings", NO, FINE),
    "console:forwarding_pause destination": Page("console.audit_settings", NO, SENT_AWAY),
    "console:forwarding_resume destination": Page("console.audit_settings", NO, SENT_AWAY),
    "console:forwarding_secret destination": Page("console.audit_settings", NO, FINE),
    "console:forwarding_remove destination": Page("console.audit_settings", FINE, SENT_AWAY),
    "console:backups": Page("console.backups", FINE, NO),
    # Generations and requests are committed in tests/backups/test_restore_pages.py; here none is there.
    "console:deleted_files_newest": Page("console.backups", FINE, NO),
    "console:deleted_files archive": Page("console.backups", ABSENT, ABSENT),
    "console:restores": Page("console.backups", FINE, NO),
    "console:restore_new": Page("console.backups", FINE, FINE),
    "console:restore wish": Page("console.backups", ABSENT, NO),
    "console:restore_status wish": Page("console.backups", ABSENT, NO),
    "console:restore_withdraw wish": Page("console.backups", NO, ABSENT),
    "inquiries:list": Page("inquiries", FINE, NO),
    "inquiries:new": Page("inquiries", FINE, FINE),
    "inquiries:inquiry inquiry_id": Page("inquiries", FINE, NO),
    "inquiries:write inquiry_id": Page("inquiries", NO, FINE),
    "inquiries:settle inquiry_id": Page("inquiries", NO, SENT_AWAY),
    "inquiries:download file_id": Page("inquiries", FINE, NO),
    # Operators see what is committed (tests/incidents/inquiries/test_pages.py).
    "operator:inquiries": Page("operator.inquiries", FINE, NO),
    "operator:inquiry company inquiry_id": Page("operator.inquiries", ABSENT, NO),
    "operator:inquiry_answer company inquiry_id": Page("operator.inquiries", NO, ABSENT),
    "operator:inquiry_note company inquiry_id": Page("operator.inquiries", NO, ABSENT),
    "operator:inquiry_take_over company inquiry_id": Page("operator.inquiries", NO, ABSENT),
    "operator:inquiry_assign company inquiry_id": Page("operator.inquiries", NO, ABSENT),
    "operator:inquiry_state company inquiry_id": Page("operator.inquiries", NO, ABSENT),
    "operator:inquiry_promote company inquiry_id": Page("operator.inquiries", ABSENT, ABSENT),
    "operator:inquiry_file company inquiry_id file_id": Page("operator.inquiries", ABSENT, NO),
    "operator:restores": Page("operator.backups", FINE, NO),
    "operator:restore company wish": Page("operator.backups", ABSENT, NO),
    "operator:restore_approve company wish": Page("operator.backups", NO, ABSENT),
    "operator:restore_refuse company wish": Page("operator.backups", NO, ABSENT),
    "console:incidents": Page("console.incidents", FINE, NO),
    # Incidents are committed by the platform role: tests/incidents/core/test_pages.py has some.
    "console:incident number": Page("console.incidents", ABSENT, NO),
    "operator:incidents": Page("operator.incidents", FINE, NO),
    "operator:incident_new": Page("operator.incidents", FINE, FINE),
    "operator:incident_settings": Page("operator.incidents", FINE, FINE),
    "operator:incident number": Page("operator.incidents", ABSENT, NO),
    "operator:incident_edit number": Page("operator.incidents", ABSENT, ABSENT),
    "operator:incident_companies number": Page("operator.incidents", ABSENT, ABSENT),
    "operator:incident_impact number tenant_id": Page("operator.incidents", ABSENT, ABSENT),
    "operator:incident_draft number": Page("operator.incidents", NO, ABSENT),
    "operator:incident_report number report_id": Page("operator.incidents", ABSENT, ABSENT),
    "operator:incident_report_discard number report_id": Page("operator.incidents", NO, ABSENT),
    "operator:incident_deed number deed": Page("operator.incidents", NO, ABSENT),
    "operator:incident_review number": Page("operator.incidents", ABSENT, ABSENT),
    "operator:incident_review_finish number": Page("operator.incidents", NO, ABSENT),
    "operator:incident_review_fill number": Page("operator.incidents", NO, ABSENT),
    "operator:incident_measure_add number": Page("operator.incidents", NO, ABSENT),
    "operator:incident_measure number measure_id": Page("operator.incidents", ABSENT, NO),
    "operator:incident_measure_done number measure_id": Page("operator.incidents", NO, ABSENT),
    "operator:incident_measure_drop number measure_id": Page("operator.incidents", NO, ABSENT),
    "operator:incident_report_file number report_id language form": Page("operator.incidents", ABSENT, NO),
    "operator:incident_record_file number tenant_id language form": Page("operator.incidents", ABSENT, NO),
    "console:incident_report_file number report_id language form": Page("console.incidents", ABSENT, NO),
    "console:incident_record_file number language form": Page("console.incidents", ABSENT, NO),
    "console:contract": Page("console.contract", FINE, NO),
    "console:cancellation": Page("console.contract", FINE, FINE),
    "console:cancellation_withdraw": Page("console.contract", NO, ABSENT),
    "console:contract_organisation": Page("console.contract", FINE, FINE),
    "console:contract_menus": Page("console.contract", FINE, FINE),
    "console:contract_zone": Page("console.contract", NO, FINE),
    "operator:contracts": Page("operator.contracts", FINE, NO),
    "operator:contract tenant_id": Page("operator.contracts", FINE, NO),
    "operator:contract_organisation tenant_id": Page("operator.contracts", FINE, FINE),
    "operator:contract_zone tenant_id": Page("operator.contracts", NO, FINE),
    "operator:contract_menus tenant_id": Page("operator.contracts", FINE, SENT_AWAY),
    "operator:contract_plan tenant_id": Page("operator.contracts", FINE, FINE),
    "operator:contract_edition tenant_id": Page("operator.contracts", FINE, FINE),
    # There is none (tests/invoices/test_pages.py has some).
    "console:usage": Page("console.contract", FINE, NO),
    "console:usage_csv": Page("console.contract", FINE, NO),
    "operator:usage": Page("operator.contracts", FINE, NO),
    "operator:usage_csv": Page("operator.contracts", FINE, NO),
    "operator:usage_company tenant_id": Page("operator.contracts", FINE, NO),
    "operator:usage_company_csv tenant_id": Page("operator.contracts", FINE, NO),
    "console:invoices": Page("console.contract", FINE, NO),
    "console:invoice_pdf invoice_id": Page("console.contract", ABSENT, NO),
    "operator:invoices": Page("operator.contracts", FINE, NO),
    "operator:invoices_csv": Page("operator.contracts", FINE, NO),
    "operator:invoice_issuer": Page("operator.contracts", FINE, FINE),
    "operator:invoice_prices": Page("operator.contracts", FINE, FINE),
    "operator:invoice_price_withdraw price_id": Page("operator.contracts", NO, ABSENT),
    "operator:invoice invoice_id": Page("operator.contracts", ABSENT, NO),
    "operator:invoice_pdf invoice_id": Page("operator.contracts", ABSENT, NO),
    "operator:invoice_credit invoice_id": Page("operator.contracts", NO, ABSENT),
    "console:staff_accesses": Page("console.staff_access", FINE, NO),
    "console:staff_access access": Page("console.staff_access", FINE, NO),
    "console:staff_access_approve access": Page("console.staff_access", NO, FINE),
    "console:staff_access_refuse access": Page("console.staff_access", NO, FINE),
    "console:staff_access_end access": Page("console.staff_access", NO, SENT_AWAY),
    # Operators read these as the platform role, which does not see what this test has not committed;
    # tests/accounts/staff/test_pages.py has them there.
    "operator:staff_accesses": Page("operator.staff_access", FINE, NO),
    "operator:staff_access_new": Page("operator.staff_access", FINE, FINE),
    "operator:staff_access company access": Page("operator.staff_access", FINE, NO),
    "operator:staff_access_approve company access": Page("operator.staff_access", NO, FINE),
    "operator:staff_access_enter company access": Page("operator.staff_access", NO, SENT_AWAY),
    "operator:staff_access_end company access": Page("operator.staff_access", NO, SENT_AWAY),
    "operator:tenants": Page("operator.tenants", FINE, NO),
    "operator:tenant_new": Page("operator.tenants", FINE, FINE),
    "operator:audit_proofs": Page("operator.audit", FINE, NO),
    "operator:tenant_audit company_code": Page("operator.tenants", FINE, FINE),
    "operator:audit_forwarding": Page("operator.audit", FINE, NO),
    "operator:tenant_retention company_code": Page("operator.tenants", FINE, FINE),
    "operator:audit_retention": Page("operator.audit", FINE, NO),
    "operator:requests": Page("operator.requests", FINE, NO),
    "operator:watch": Page("operator.watch", FINE, NO),
    "operator:watch_rule rule": Page("operator.watch", FINE, FINE),
    "operator:probes": Page("operator.monitoring", FINE, NO),
    "operator:availability": Page("operator.monitoring", FINE, NO),
    "operator:availability_csv": Page("operator.monitoring", FINE, NO),
    "operator:status_page": Page("operator.monitoring", FINE, FINE),
    "operator:status_page_render": Page("operator.monitoring", NO, SENT_AWAY),
    "operator:status_page_free override_id": Page("operator.monitoring", NO, ABSENT),
    "operator:alerts": Page("operator.monitoring", FINE, NO),
    # There is none (tests/incidents/alerts/test_alert_pages.py has one).
    "operator:alert alert_id": Page("operator.monitoring", ABSENT, NO),
    "operator:alert_acknowledge alert_id": Page("operator.monitoring", NO, ABSENT),
    "operator:channels": Page("operator.monitoring", FINE, NO),
    "operator:channel_new": Page("operator.monitoring", FINE, FINE),
    # There is none yet; tests/incidents/alarms has one.
    "operator:channel channel_id": Page("operator.monitoring", ABSENT, ABSENT),
    "operator:channel_test channel_id": Page("operator.monitoring", NO, ABSENT),
    "operator:channel_switch channel_id": Page("operator.monitoring", NO, ABSENT),
    "operator:channel_remove channel_id": Page("operator.monitoring", ABSENT, ABSENT),
    "operator:clocks": Page("operator.incidents", FINE, NO),
    "operator:calendar": Page("operator.incidents", FINE, NO),
    "operator:calendar_new": Page("operator.incidents", FINE, FINE),
    "operator:calendar_edition version": Page("operator.incidents", FINE, NO),
    "operator:alert_incident alert_id": Page("operator.incidents", NO, ABSENT),
    "operator:thresholds": Page("operator.monitoring", FINE, NO),
    "operator:threshold measure": Page("operator.monitoring", FINE, FINE),
    # There is none (tests/incidents/mailing/test_mailing_page.py has one).
    "operator:mailing mailing_id": Page("operator.notices", ABSENT, NO),
    "operator:mailing_again mailing_id": Page("operator.notices", NO, ABSENT),
    "operator:mailing_stop mailing_id": Page("operator.notices", NO, ABSENT),
    "operator:backups": Page("operator.backups", FINE, NO),
    "operator:backup_stores": Page("operator.backups", FINE, NO),
    "operator:keys": Page("operator.keys", FINE, NO),
    "operator:keys_destruction_new": Page("operator.keys", FINE, FINE),
    "operator:keys_destruction request_id": Page("operator.keys", FINE, NO),
    "operator:keys_destruction_confirm request_id": Page("operator.keys", NO, FINE),
    "operator:keys_destruction_withdraw request_id": Page("operator.keys", NO, SENT_AWAY),
    "operator:erasures": Page("operator.retention", FINE, NO),
    "operator:erasure erasure_id": Page("operator.retention", ABSENT, NO),
    "operator:certificate_json erasure_id": Page("operator.retention", ABSENT, NO),
    "operator:certificate_pdf erasure_id language": Page("operator.retention", ABSENT, NO),
    "operator:deletions": Page("operator.deletion", FINE, NO),
    "operator:deletion_new": Page("operator.deletion", FINE, FINE),
    "operator:deletion request_id": Page("operator.deletion", ABSENT, NO),
    "operator:deletion_confirm request_id": Page("operator.deletion", NO, ABSENT),
    "operator:deletion_withdraw request_id": Page("operator.deletion", NO, ABSENT),
    "operator:backup_drills": Page("operator.backups", FINE, NO),
    "operator:backup_drill drill": Page("operator.backups", FINE, NO),
    "operator:backup_drill_now": Page("operator.backups", NO, SENT_AWAY),
    "operator:backup_runs": Page("operator.backups", FINE, NO),
    "operator:backup_company company_code": Page("operator.backups", FINE, NO),
    "operator:backup_make company_code": Page("operator.backups", NO, SENT_AWAY),
    # There is none yet (tests/backups/test_operator_pages.py has one).
    "operator:backup_verify company_code archive": Page("operator.backups", NO, ABSENT),
    "console:holds": Page("console.contract", FINE, NO),
    "console:register": Page("console.contract", FINE, NO),
    # None is there (tests/incidents/notices, tests/incidents/maintenance have some).
    "notices": Page(None, FINE, NO),
    "notices_read": Page(None, NO, SENT_AWAY),
    "notice notice_id": Page(None, ABSENT, NO),
    "notice_read notice_id": Page(None, NO, ABSENT),
    "notices_atom": Public(FINE, NO, FINE, NO),
    "notices_json": Public(FINE, NO, FINE, NO),
    "news": Public(FINE, NO, FINE, NO),
    "news_item notice_id": Public(ABSENT, NO, ABSENT, NO),
    "operator:notices": Page("operator.notices", FINE, NO),
    "operator:notice_new": Page("operator.notices", FINE, FINE),
    "operator:notice notice_id": Page("operator.notices", ABSENT, NO),
    "operator:notice_edit notice_id": Page("operator.notices", ABSENT, ABSENT),
    "operator:notice_publish notice_id": Page("operator.notices", NO, ABSENT),
    "operator:notice_schedule notice_id": Page("operator.notices", NO, ABSENT),
    "operator:notice_withdraw notice_id": Page("operator.notices", NO, ABSENT),
    "operator:maintenances": Page("operator.notices", FINE, NO),
    "operator:maintenance_new": Page("operator.notices", FINE, FINE),
    "operator:maintenance maintenance_id": Page("operator.notices", ABSENT, NO),
    "operator:maintenance_edit maintenance_id": Page("operator.notices", ABSENT, ABSENT),
    "operator:maintenance_announce maintenance_id": Page("operator.notices", NO, ABSENT),
    "operator:maintenance_start maintenance_id": Page("operator.notices", NO, ABSENT),
    "operator:maintenance_end maintenance_id": Page("operator.notices", NO, ABSENT),
    "operator:maintenance_prolong maintenance_id": Page("operator.notices", NO, ABSENT),
    "operator:maintenance_cancel maintenance_id": Page("operator.notices", NO, ABSENT),
    "operator:holds": Page("operator.holds", FINE, NO),
    "operator:hold_new": Page("operator.holds", FINE, FINE),
    "operator:hold hold_id": Page("operator.holds", FINE, NO),
    "operator:hold_review hold_id": Page("operator.holds", NO, FINE),
    "operator:hold_unseal hold_id": Page("operator.holds", NO, SENT_AWAY),
    "operator:hold_release hold_id": Page("operator.holds", NO, FINE),
    "operator:hold_release_confirm hold_id": Page("operator.holds", NO, FINE),
    "operator:hold_release_withdraw hold_id": Page("operator.holds", NO, SENT_AWAY),
    "operator:hold_disclose hold_id": Page("operator.holds", FINE, FINE),
    "operator:disclosures": Page("operator.holds", FINE, NO),
    "operator:disclosure_new": Page("operator.holds", FINE, FINE),
    "operator:disclosure disclosure_id": Page("operator.holds", FINE, NO),
    "operator:disclosure_approve disclosure_id": Page("operator.holds", NO, FINE),
    "operator:disclosure_refuse disclosure_id": Page("operator.holds", NO, SENT_AWAY),
    "operator:disclosure_file disclosure_id": Page("operator.holds", FINE, NO),
    "operator:disclosure_handout disclosure_id": Page("operator.holds", NO, FINE),
    "operator:retention": Page("operator.retention", FINE, NO),
    "operator:register": Page("operator.retention", FINE, NO),
    # There is none yet (tests/retention/expiry/test_expiry_pages.py has one).
    "operator:retention_run run": Page("operator.retention", ABSENT, NO),
    "operator:retention_try": Page("operator.retention", NO, SENT_AWAY),
    "operator:retention_run_now": Page("operator.retention", NO, SENT_AWAY),
    "operator:leaving": Page("operator.retention", FINE, NO),
    "operator:leaving_new": Page("operator.retention", FINE, FINE),
    # There is none (tests/retention/cancellation/test_pages.py has one).
    "operator:leaving_withdraw cancellation": Page("operator.retention", NO, ABSENT),
    "operator:promise": Page("operator.retention", FINE, FINE),
    "operator:network": Page("operator.network", FINE, FINE),
    "operator:styleguide": Page("operator.styleguide", FINE, FINE),
    "documents:list": Page("documents", FINE, NO),
    "documents:search": Page("documents", FINE, NO),
    "documents:folder folder_id": Page("documents", FINE, NO),
    "documents:document document_id": Page("documents", FINE, NO),
    "documents:download document_id": Page("documents", FINE, NO),
    "documents:download_version document_id number": Page("documents", FINE, NO),
    "documents:upload": Page("documents.edit", NO, 303),
    "documents:upload folder_id": Page("documents.edit", NO, 303),
    "documents:new_folder": Page("documents.edit", FINE, FINE),
    "documents:new_folder folder_id": Page("documents.edit", FINE, FINE),
    "documents:rename_folder folder_id": Page("documents.edit", FINE, FINE),
    "documents:move_folder folder_id": Page("documents.edit", FINE, SENT_AWAY),
    "documents:delete_folder folder_id": Page("documents.edit", FINE, SENT_AWAY),
    "documents:rename_document document_id": Page("documents.edit", FINE, FINE),
    "documents:move_document document_id": Page("documents.edit", FINE, SENT_AWAY),
    "documents:delete_document document_id": Page("documents.edit", FINE, SENT_AWAY),
    "documents:counterparties": Page("counterparties", FINE, NO),
    "documents:new_counterparty": Page("counterparties", FINE, FINE),
    "documents:counterparty counterparty_id": Page("counterparties", FINE, FINE),
    "documents:deactivate_counterparty counterparty_id": Page("counterparties", NO, SENT_AWAY),
    "documents:reactivate_counterparty counterparty_id": Page("counterparties", NO, SENT_AWAY),
}
# People's own: nobody else's business, not even the administrator's. The session is the editor's; about passkeys see
# tests/passkeys/test_pages.py.
OWN = ("session_end session", "passkey passkey", "passkey_remove passkey")

# What stays open to whoever may take the data along when the use of the company has ended: leaving itself, and the own
# account as far as that needs it (T4, R3). Everything else is refused to them.
WHEN_SUSPENDED = frozenset({
    "console:cancellation",
    "console:data_return", "console:data_return_status returned", "console:data_return_cancel returned",
    "console:data_return_remove returned", "console:data_return_part returned number",
    "notices", "notices_read", "notice notice_id", "notice_read notice_id",
    "home", "logout", "screen_closed", "profile", "password", "password_renew", "factors", "enrol", "totp_enrol",
    "recovery_codes", "confirm", "confirm_totp", "sso_confirm", "sso_confirmed proof", "passkey_confirm",
    "passkey_confirm_options", "passkeys", "passkey_add_options", "passkey_add",
})  # fmt: skip


def addresses(patterns: Any = None, namespace: str = "") -> Iterator[tuple[str, Access | None]]:
    """Every address as the table names it, and what its view demands."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, f"{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern):
            yield " ".join([namespace + str(entry.name), *entry.pattern.converters]), access_of(entry.callback)


def test_every_address_has_a_row() -> None:
    """A9: whoever adds an address says here who may open it, and its view says the same."""
    table = {
        name: Access(public=True)
        if isinstance(page, Public)
        else Access(menu=page.menu, when_suspended=name in WHEN_SUSPENDED)
        for name, page in MATRIX.items()
    }
    assert dict(addresses()) == table | dict.fromkeys(OWN, Access())


@pytest.fixture
def clients(cast: Cast) -> dict[str, Client]:
    """A browser for each kind of person."""
    people = ("outsider", "operator", "reader", "editor", "admin")
    return {"anonymous": Client()} | {name: getattr(cast, name).client() for name in people}


@pytest.fixture
def things(cast: Cast, clients: dict[str, Client]) -> dict[str, Any]:
    """One thing of ACME for each parameter of an address."""
    person = make_person(cast.admin.tenant, "target", EDITOR, last_login="2026-11-01T00:00:00Z")
    actor = cast.admin.actor
    asker = make_person(cast.operator.tenant, "asker", OPERATOR)
    with tenant_transaction(cast.operator.tenant.id):
        wish = {"purpose": "Look", "ticket": "INQ-1", "scope": "read", "minutes": 30, "emergency": True}
        access = ask(resolve_company("ACME"), **wish, operator=asker.user, actor=asker.actor)  # type: ignore[arg-type]
    with tenant_transaction(cast.admin.tenant.id):
        version = store_file([b"content"], place=clean_place("Contracts/contract.txt"), folder=None, actor=actor)
        partner = create_counterparty(code="C-1", name="Partner", actor=actor)
        review = start_review(name="2026-11", actor=actor)
        today = timezone.localdate()
        wanted = Wanted("SIEM", "https://10.0.0.1/")  # to which nothing is sent
        destination, _secret = add_destination(DestinationKind.WEBHOOK, wanted, actor=actor)
        asked = make_inquiry(cast.admin, Sent("screen.txt", b"white"))
        role = create_role(name="Accounting", menus=["documents"], actor=actor)
        return {
            "user": person.user.id,
            "company": access.tenant_id,
            "company_code": "ACME",
            "tenant_id": cast.admin.tenant.id,
            "access": access.id,
            "request_id": access.id,  # there is none; tests/vault/test_destruction.py has one
            "hold_id": access.id,  # there is none; tests/retention/holds/test_pages.py has one
            "disclosure_id": access.id,
            "report_id": access.id,
            "measure_id": access.id,  # there is none; tests/incidents/reports has one
            "form": "pdf",
            "deed": "note",
            "alert_id": review.id,
            "mailing_id": review.id,
            "channel_id": review.id,  # there is none; tests/incidents/alarms has one
            "version": 1,
            "measure": "machine.cpu",
            "drill": review.id,
            "run": review.id,
            "erasure_id": access.id,  # likewise: tests/retention/test_certificates.py
            "language": "ja",
            "token": "x",
            "override_id": review.id,
            "cancellation": review.id,
            "role": role.id,
            "rule": "failures.guessing",
            "finding": make_row(Finding).id,
            "session": Session.objects.get(user=cast.editor.user).id,
            "secret": issue_invitation(person.user, actor=actor).rstrip("/").rpartition("/")[2],
            "event": events()[0].id,
            "saved": save_filter("Log-ins", {"kind": "login"}, shared=True, actor=actor).id,
            "folder_id": version.document.folder_id,
            "document_id": version.document_id,
            "number": 1,
            "counterparty_id": partner.id,
            "name": f"{person.user.tenant_id.hex}.{'x' * 22}",
            "test": person.user.id,
            "identity": person.user.id,
            "proof": person.user.id,
            "network": add_network(Entry("203.0.113.0/24", "Tokyo office"), actor=actor).id,
            "destination": destination.id,
            "review": review.id,
            "archive": review.id,
            "wish": review.id,
            "notice_id": review.id,
            "maintenance_id": review.id,
            "inquiry_id": asked.id,
            "file_id": queries.thread_of(asked)[0].attachments.get().id,
            "invoice_id": review.id,
            "price_id": review.id,
            "account": review.accounts.earliest("user_id").id,
            "export": order_export(Period.of_days(today, today), form="csv", conditions={}, actor=actor).id,
            "returned": ask_return(actor=actor).id,
            "upload": import_upload(file_name="list.csv", content=b"", room=1, actor=actor).id,
        }


def answer(client: Client, method: str, address: str) -> int:
    """The status of an answer; what the request did is undone, in the database and in the browser."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        response: HttpResponseBase = getattr(client, method)(address)
        if isinstance(response, StreamingHttpResponse):
            b"".join(response)  # to its end, as a browser does; a response that is only closed closes the database too
        transaction.set_rollback(True)
    client.cookies = cookies
    return response.status_code


def expected(page: Page | Public, role: str, method: str, *, names_a_thing: bool) -> int:
    """What this kind of person gets to see."""
    if isinstance(page, Public):
        inside = {"get": page.inside_get, "post": page.inside_post}
        return (inside if role != "anonymous" else {"get": page.get, "post": page.post})[method]
    if role == "anonymous":
        return SENT_AWAY
    if page.menu and page.menu.startswith("operator.") and role != "operator":
        return 404
    if page.menu and role in ROLES and page.menu not in MEMBERS[ROLES[role]]:
        return 403
    status = {"get": page.get, "post": page.post}[method]
    return 404 if names_a_thing and role in {"outsider", "operator"} and status != NO else status


@pytest.mark.django_db(databases=EVERY_ROLE)
@pytest.mark.parametrize("first", range(0, len(MATRIX), TOGETHER))
def test_everybody_gets_what_is_theirs(first: int, clients: dict[str, Client], things: dict[str, Any]) -> None:
    """A9, T1: 404 for outsiders, 403 for members without the menu, the log-in page for those who are not logged in."""
    seen, right = {}, {}
    for name in list(MATRIX)[first : first + TOGETHER]:
        url_name, *parameters = name.split()
        address = reverse(url_name, kwargs={parameter: things[parameter] for parameter in parameters})
        # Every company, rule, measure and edition of the calendar is the business of operators.
        theirs = bool(set(parameters) - {"company_code", "measure", "rule", "tenant_id", "version"})
        for (role, client), method in product(clients.items(), ("get", "post")):
            seen[name, method, role] = answer(client, method, address)
            right[name, method, role] = expected(MATRIX[name], role, method, names_a_thing=theirs)
    assert seen == right


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_nothing_else_is_open_when_the_use_of_a_company_has_ended(cast: Cast) -> None:
    """T4, R3: every address of the product refuses its administrator, but for those that leaving needs."""
    client, anything = cast.admin.client(), {"session": cast.editor.user.id, "passkey": cast.editor.user.id}
    notice = make_control_row(Notice, to_all=True, public=False, published_at=timezone.now())
    values = anything | {
        "notice_id": notice.pk,
        "name": "x",
        "secret": "x",
        "company_code": "ACME",
        "rule": "failures.guessing",
        "number": 1,
        "version": 1,
    }
    end_use_of(cast.admin.tenant)
    seen: dict[str, set[int]] = {}
    for name, access in addresses():
        if access is None or access.public:
            continue
        url_name, *parameters = name.split()
        address = reverse(url_name, kwargs={one: values.get(one, cast.admin.user.id) for one in parameters})
        for method in ("get", "post"):
            seen.setdefault(name, set()).add(answer(client, method, address))
    refused = {name for name, answers in seen.items() if answers <= {REFUSED, ABSENT}}
    assert seen.keys() - refused == WHEN_SUSPENDED - {"sso_confirmed proof"}
    assert {name for name in refused if ABSENT in seen[name]} == {
        name for name in seen if name.startswith("operator:")
    } | {"sso_confirmed proof"}


def end_use_of(tenant: Tenant) -> None:
    """The company is suspended while its people's sessions live on, which is worse than what happens."""
    with platform_transaction():
        Tenant.objects.filter(id=tenant.id).update(state=State.SUSPENDED, last_day=timezone.localdate())


@pytest.mark.django_db
def test_a_session_is_its_owners_business_only(clients: dict[str, Client], things: dict[str, Any]) -> None:
    """A11: not even the administrator ends it by this address."""
    address = reverse("session_end", args=[things["session"]])

    assert {role: answer(client, "post", address) for role, client in clients.items()} == {
        "anonymous": 302,
        "outsider": 404,
        "operator": 404,
        "reader": 404,
        "admin": 404,
        "editor": 302,
    }
    assert {role: answer(client, "get", address) for role, client in clients.items() if role != "anonymous"} == (
        dict.fromkeys(clients.keys() - {"anonymous"}, NO)
    )
