"""Runs of expiry, and the functions that remove the provider's own rows when their period is over."""

import django.utils.timezone
from django.db import migrations, models

import tenants.isolation.models
from tenants.isolation import wall
from tenants.isolation.operations import GrantTable
from tenants.isolation.roles import PLATFORM

# Evidence of the provider's own work, by table: its key, from when its period counts, and for how many days.
_EVIDENCE = {
    "audit_retention_problem": ("id", "ended_at", 2562),
    "backup_runs_run": ("id", "started_at", 2562),
    "backup_sites_storecheck": ("id", "at", 2562),
    "backup_watch_backupproblem": ("id", "ended_at", 2562),
    "destruction_destructionrequest": ("id", "asked_at", 2562),
    "expiry_expiryrun": ("id", "started_at", 2562),
    "expiry_retentionproblem": ("id", "ended_at", 2562),
    "recovery_restore": ("id", "started_at", 2562),
    "verification_alarm": ("id", "noticed_at", 2562),
    "verification_headcheck": ("day", "ended_at", 2562),
    "watching_digest": ("id", "until", 180),
}
# The platform role deleted the rows of these for everybody at once. It only counts them now.
_COUNTED = (
    "passkeys_usedchallenge",
    "policy_attemptcounter",
    "sso_pendingrequest",
    "sso_usedassertion",
    "watching_digestmail",
    "watching_finding",
)


def _expiries() -> list[migrations.RunSQL]:
    made = {table: wall.expiry_sql(table, *period) for table, period in _EVIDENCE.items()}
    return [
        migrations.RunSQL(statements, f"DROP FUNCTION {wall.expiry_function(table)}")
        for table, statements in made.items()
    ]


def _counts() -> list[migrations.RunSQL]:
    both = {"SELECT", "DELETE"}
    return [
        migrations.RunSQL(wall.grant_sql(table, PLATFORM, {"SELECT"}), wall.grant_sql(table, PLATFORM, both))
        for table in _COUNTED
    ]


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("audit_retention", "0001_initial"),
        ("backup_runs", "0001_initial"),
        ("backup_sites", "0001_store_checks"),
        ("backup_watch", "0002_problems"),
        ("destruction", "0001_initial"),
        ("passkeys", "0001_initial"),
        ("policy", "0001_initial"),
        ("recovery", "0001_initial"),
        ("sso", "0001_initial"),
        ("verification", "0001_initial"),
        ("watching", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExpiryRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField(editable=False, null=True)),
                ("dry_run", models.BooleanField(default=False)),
                ("ordered_by", models.CharField(max_length=150)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="started")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("finished", "Finished"),
                            ("failed", "Failed, at least in part"),
                        ],
                        default="running",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("due_before", models.JSONField(default=dict)),
                ("lines", models.JSONField(default=list)),
                ("due", models.BigIntegerField(default=0, verbose_name="due")),
                ("removed", models.BigIntegerField(default=0, verbose_name="removed")),
                ("held", models.BigIntegerField(default=0, verbose_name="held")),
                ("overdue", models.BigIntegerField(default=0, verbose_name="overdue")),
                ("statement", models.TextField(blank=True)),
                ("key_id", models.CharField(blank=True, max_length=16)),
                ("signature", models.BinaryField(null=True)),
            ],
            options={
                "verbose_name": "expiry run",
                "verbose_name_plural": "expiry runs",
                "ordering": ["-started_at", "-id"],
                "indexes": [models.Index(fields=["-started_at", "-id"], name="expiry_run_newest")],
            },
        ),
        migrations.CreateModel(
            name="RetentionProblem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("about", models.CharField(blank=True, max_length=100)),
                ("detail", models.TextField(blank=True)),
                ("began_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("told_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-began_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("kind", "about"), name="retention_problem_open"
                    )
                ],
            },
        ),
        GrantTable("ExpiryRun", platform={"SELECT", "INSERT", "UPDATE"}),
        GrantTable("RetentionProblem", platform={"SELECT", "INSERT", "UPDATE"}),
        *_expiries(),
        *_counts(),
    ]
