"""What runs by the clock: the one place for it, but for the hour of the backup, a setting. Times are Japanese."""

from datetime import time, timedelta

import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured


def every_day(at: str) -> crontab:
    """Every day at such a time (`02:30`). Raises ImproperlyConfigured for anything else."""
    try:
        moment = time.fromisoformat(at)
    except ValueError as error:
        raise ImproperlyConfigured(f"{at!r} is no time of day: write it as 02:30.") from error
    return crontab(hour=str(moment.hour), minute=str(moment.minute))


SCHEDULE = {
    "make-audit-partitions": {"task": "auditlog.tasks.make_partitions", "schedule": crontab(minute="10")},
    "drop-audit-partitions": {
        "task": "auditlog.retention.tasks.drop_expired_partitions",
        "schedule": crontab(minute="*/15"),  # one that is being read is left to the next time
    },
    "watch-audit-partitions": {"task": "auditlog.retention.tasks.watch_partitions", "schedule": crontab(minute="40")},
    "go-on-relocating": {"task": "auditlog.retention.tasks.go_on_relocating", "schedule": crontab(minute="*/10")},
    "forget-subscribers-told": {
        "task": "incidents.status.tasks.forget_subscribers_told",
        "schedule": crontab(hour="4", minute="25"),
    },
    "render-status-page": {"task": "incidents.status.tasks.render_status_page", "schedule": crontab()},
    "seal-audit-log": {"task": "auditlog.tasks.seal", "schedule": crontab()},
    "forget-expired-leaves": {
        "task": "auditlog.tasks.forget_expired_leaves",
        "schedule": crontab(hour="1", minute="20"),
    },
    "verify-audit-logs": {
        "task": "auditlog.verification.tasks.verify_every_tenant",
        "schedule": crontab(hour="4", minute="30"),
    },
    "raise-audit-alarms": {"task": "auditlog.verification.tasks.raise_alarms", "schedule": crontab(minute="*/5")},
    "watch-audit-log": {"task": "auditlog.watching.tasks.watch_every_tenant", "schedule": crontab(minute="*/3")},
    # From 08:30 on, and again every hour for those who were missed.
    "send-digests": {
        "task": "auditlog.watching.tasks.send_digests",
        "schedule": crontab(hour="8-23", minute="30"),
    },
    "catch-up-with-audit-exports": {"task": "auditlog.exports.tasks.catch_up", "schedule": crontab(minute="*/2")},
    "clear-away-audit-exports": {"task": "auditlog.exports.tasks.clear_away", "schedule": crontab(minute="15")},
    "sweep-audit-exports": {
        "task": "auditlog.exports.tasks.sweep_every_tenant",
        "schedule": crontab(hour="3", minute="50"),
    },
    "catch-up-with-data-returns": {"task": "retention.returning.tasks.catch_up", "schedule": crontab(minute="*/2")},
    "clear-away-data-returns": {"task": "retention.returning.tasks.clear_away", "schedule": crontab(minute="20")},
    "sweep-data-returns": {
        "task": "retention.returning.tasks.sweep_every_tenant",
        "schedule": crontab(hour="4", minute="5"),
    },
    "publish-neutral-notices": {"task": "incidents.tasks.publish_neutral_notices", "schedule": crontab()},
    "store-requests": {"task": "auditlog.requests.tasks.store_requests", "schedule": timedelta(seconds=10)},
    "turn-request-partitions": {
        "task": "auditlog.requests.tasks.turn_request_partitions",
        "schedule": crontab(hour="9", minute="20"),  # just after midnight in UTC, whose days they are
    },
    "forward-audit-log": {"task": "auditlog.forwarding.tasks.forward_due", "schedule": timedelta(minutes=1)},
    "look-at-measures": {"task": "incidents.alerts.tasks.look_at_measures", "schedule": crontab()},
    "examine-stores": {
        "task": "backups.sites.tasks.examine_stores",
        "schedule": crontab(day_of_month="1", hour="6", minute="10"),
    },
    "copy-backups": {"task": "backups.sites.tasks.copy_what_waits", "schedule": crontab(minute="45")},
    "drill-restores": {
        "task": "backups.drills.tasks.drill_due",
        "schedule": crontab(hour=str(environ.Env().int("DRILL_HOUR", default=5)), minute="0"),
    },
    "end-dead-restores": {"task": "backups.recovery.tasks.end_dead_restores", "schedule": crontab(minute="*/5")},
    "watch-backups": {"task": "backups.watch.tasks.watch_backups", "schedule": crontab(minute="25")},
    "catch-up-with-restores": {"task": "backups.requests.tasks.catch_up", "schedule": crontab(minute="*/2")},
    "remind-of-holds": {"task": "retention.holds.tasks.remind", "schedule": crontab(hour="8", minute="40")},
    "look-after-disclosures": {
        "task": "retention.disclosure.tasks.look_after_disclosures",
        "schedule": crontab(minute="35"),
    },
    "end-use": {"task": "retention.cancellation.tasks.end_use", "schedule": crontab()},
    "remind-of-leaving": {"task": "retention.cancellation.tasks.remind", "schedule": crontab(minute="*/10")},
    "erase-companies": {"task": "retention.erasure.tasks.erase_due", "schedule": crontab(minute="*/10")},
    "remove-unlocked-backups": {
        "task": "retention.erasure.tasks.remove_unlocked",
        "schedule": crontab(hour="6", minute="40"),
    },
    "tell-of-ending-passwords": {
        "task": "accounts.tasks.tell_of_ending_passwords",
        "schedule": crontab(hour="8", minute="0"),
    },
    "look-after-sso": {"task": "accounts.sso.tasks.look_after_sso", "schedule": crontab(hour="7", minute="30")},
    "catch-up-with-imports": {"task": "accounts.people.tasks.catch_up", "schedule": crontab(minute="*/5")},
    "clear-away-imports": {"task": "accounts.people.tasks.clear_away", "schedule": crontab(hour="4", minute="20")},
    "remind-of-inventories": {"task": "accounts.inventory.tasks.remind", "schedule": crontab(hour="8", minute="30")},
    "close-staff-accesses": {"task": "accounts.staff.tasks.close_accesses", "schedule": crontab(minute="*/5")},
    "publish-notices": {"task": "incidents.notices.tasks.publish_due", "schedule": crontab()},
    "certify-erasures": {"task": "retention.certificates.tasks.certify", "schedule": crontab(minute="*/10")},
    "count-usage": {"task": "tenants.usage.tasks.count_usage", "schedule": crontab(minute="5")},
    "remove-what-expired": {"task": "retention.expiry.tasks.expire", "schedule": crontab(hour="4", minute="0")},
    "watch-expiry": {"task": "retention.expiry.tasks.watch_expiry", "schedule": crontab(minute="35")},
    "escalate-deadlines": {"task": "incidents.clock.tasks.escalate_deadlines", "schedule": crontab()},
    "deliver-alarms": {"task": "incidents.alarms.tasks.deliver_alarms", "schedule": crontab()},
    # Every hour, since months end in each company's own time zone.
    "issue-invoices": {"task": "tenants.invoices.tasks.issue_invoices", "schedule": crontab(minute="35")},
    "sweep-files-of-inquiries": {
        "task": "incidents.inquiries.tasks.sweep_every_tenant",
        "schedule": crontab(hour="3", minute="45"),
    },
    "go-on-with-mailings": {"task": "incidents.mailing.tasks.go_on", "schedule": crontab()},
    # What waited while no worker was there would only say the same again.
    "look-at-the-service": {
        "task": "incidents.monitoring.tasks.look",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "write-down-availability": {
        "task": "incidents.availability.tasks.freeze_months",
        "schedule": crontab(hour="6", minute="50"),
    },
    "read-in-looks": {"task": "incidents.monitoring.tasks.read_in", "schedule": crontab(), "options": {"expires": 50}},
    "sweep-stored-files": {"task": "documents.tasks.sweep_every_tenant", "schedule": crontab(hour="3", minute="40")},
}
