"""All addresses. The console is one namespace, to which every app that has pages there adds its own."""

from django.urls import include, path

import accounts.factors.urls
import accounts.factors.urls_console
import accounts.inventory.urls_console
import accounts.network.urls_console
import accounts.network.urls_operator
import accounts.passkeys.urls
import accounts.people.urls_console
import accounts.sso.urls
import accounts.sso.urls_console
import accounts.staff.urls_console
import accounts.staff.urls_operator
import accounts.urls
import accounts.urls_console
import auditlog.exports.urls_console
import auditlog.forwarding.urls_console
import auditlog.forwarding.urls_operator
import auditlog.recording.urls
import auditlog.recording.urls_console
import auditlog.recording.urls_operator
import auditlog.requests.urls
import auditlog.retention.urls
import auditlog.urls
import auditlog.verification.urls_console
import auditlog.verification.urls_operator
import auditlog.viewing.urls_console
import auditlog.watching.urls_console
import auditlog.watching.urls_operator
import backups.destruction.urls_operator
import backups.drills.urls_operator
import backups.requests.urls_console
import backups.requests.urls_operator
import backups.runs.urls_operator
import backups.urls
import backups.urls_console
import backups.urls_operator
import incidents.alarms.urls_operator
import incidents.alerts.urls_operator
import incidents.availability.urls_operator
import incidents.clock.urls_operator
import incidents.inquiries.urls_operator
import incidents.mailing.urls_operator
import incidents.maintenance.urls_operator
import incidents.monitoring.urls
import incidents.monitoring.urls_operator
import incidents.notices.urls
import incidents.notices.urls_operator
import incidents.reports.urls_console
import incidents.reports.urls_operator
import incidents.status.urls
import incidents.status.urls_operator
import incidents.urls_console
import incidents.urls_operator
import retention.cancellation.urls_console
import retention.cancellation.urls_operator
import retention.certificates.urls_operator
import retention.deletion.urls_operator
import retention.disclosure.urls_operator
import retention.expiry.urls_console
import retention.expiry.urls_operator
import retention.holds.urls_console
import retention.holds.urls_operator
import retention.returning.urls_console
import tenants.contract.urls_console
import tenants.contract.urls_operator
import tenants.invoices.urls_console
import tenants.invoices.urls_operator
import tenants.urls
import tenants.usage.urls_console
import tenants.usage.urls_operator

console = [
    *accounts.urls_console.urlpatterns,
    *accounts.factors.urls_console.urlpatterns,
    *accounts.inventory.urls_console.urlpatterns,
    *accounts.people.urls_console.urlpatterns,
    *accounts.sso.urls_console.urlpatterns,
    *accounts.staff.urls_console.urlpatterns,
    *accounts.network.urls_console.urlpatterns,
    *auditlog.urls.urlpatterns,
    *auditlog.exports.urls_console.urlpatterns,
    *auditlog.watching.urls_console.urlpatterns,
    *auditlog.recording.urls_console.urlpatterns,
    *auditlog.verification.urls_console.urlpatterns,
    *auditlog.forwarding.urls_console.urlpatterns,
    *auditlog.viewing.urls_console.urlpatterns,
    *backups.urls_console.urlpatterns,
    *backups.requests.urls_console.urlpatterns,
    *incidents.urls_console.urlpatterns,
    *incidents.reports.urls_console.urlpatterns,
    *tenants.contract.urls_console.urlpatterns,
    *retention.holds.urls_console.urlpatterns,
    *retention.expiry.urls_console.urlpatterns,
    *retention.cancellation.urls_console.urlpatterns,
    *retention.returning.urls_console.urlpatterns,
    *tenants.invoices.urls_console.urlpatterns,
    *tenants.usage.urls_console.urlpatterns,
]
operator = [
    *incidents.urls_operator.urlpatterns,
    *incidents.reports.urls_operator.urlpatterns,
    *tenants.urls.urlpatterns,
    *tenants.contract.urls_operator.urlpatterns,
    *retention.cancellation.urls_operator.urlpatterns,
    *tenants.invoices.urls_operator.urlpatterns,
    *tenants.usage.urls_operator.urlpatterns,
    *auditlog.recording.urls_operator.urlpatterns,
    *auditlog.forwarding.urls_operator.urlpatterns,
    *auditlog.requests.urls.urlpatterns,
    *auditlog.verification.urls_operator.urlpatterns,
    *auditlog.watching.urls_operator.urlpatterns,
    *auditlog.retention.urls.urlpatterns,
    *incidents.alerts.urls_operator.urlpatterns,
    *incidents.mailing.urls_operator.urlpatterns,
    *incidents.monitoring.urls_operator.urlpatterns,
    *incidents.availability.urls_operator.urlpatterns,
    *backups.urls_operator.urlpatterns,
    *backups.destruction.urls_operator.urlpatterns,
    *backups.drills.urls_operator.urlpatterns,
    *backups.runs.urls_operator.urlpatterns,
    *backups.requests.urls_operator.urlpatterns,
    *incidents.inquiries.urls_operator.urlpatterns,
    *retention.certificates.urls_operator.urlpatterns,
    *retention.deletion.urls_operator.urlpatterns,
    *retention.expiry.urls_operator.urlpatterns,
    *retention.holds.urls_operator.urlpatterns,
    *retention.disclosure.urls_operator.urlpatterns,
    *incidents.alarms.urls_operator.urlpatterns,
    *incidents.clock.urls_operator.urlpatterns,
    *incidents.notices.urls_operator.urlpatterns,
    *incidents.maintenance.urls_operator.urlpatterns,
    *accounts.network.urls_operator.urlpatterns,
    *incidents.status.urls_operator.urlpatterns,
    *accounts.staff.urls_operator.urlpatterns,
]

urlpatterns = [
    *accounts.urls.urlpatterns,
    *accounts.factors.urls.urlpatterns,
    *accounts.passkeys.urls.urlpatterns,
    *accounts.sso.urls.urlpatterns,
    *auditlog.recording.urls.urlpatterns,
    *backups.urls.urlpatterns,
    *incidents.notices.urls.urlpatterns,
    *incidents.monitoring.urls.urlpatterns,
    *incidents.status.urls.urlpatterns,
    path("console/", include((console, "console"))),
    path("operator/", include((operator, "operator"))),
    path("documents/", include("documents.urls")),
    path("inquiries/", include("incidents.inquiries.urls")),
]
