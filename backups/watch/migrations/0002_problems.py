"""What is wrong with backups, and the moments to which companies could be restored."""

import django.utils.timezone
from django.db import migrations, models

import tenants.isolation.models
from tenants.isolation import wall
from tenants.isolation.operations import GrantTable

# What is verified already counts as well, or the next gap would begin with the company.
_KNOWN = """
INSERT INTO backup_watch_recoverypoint (archive_id, tenant_id, day, snapshot_at, verified_at, gap, size, seconds)
SELECT a.id, a.tenant_id, (a.created_at AT TIME ZONE 'Asia/Tokyo')::date, a.snapshot_at, a.verified_at,
       greatest(0, extract(epoch FROM a.verified_at - coalesce(
           lag(a.snapshot_at) OVER (PARTITION BY a.tenant_id ORDER BY a.snapshot_at), a.snapshot_at)))::bigint,
       a.size, a.seconds
FROM backups_archive a
WHERE a.state = 'verified' AND a.snapshot_at IS NOT NULL AND a.verified_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("backup_watch", "0001_menu"), ("backups", "0002_run_duration_and_copy")]

    operations = [
        migrations.CreateModel(
            name="BackupProblem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("overdue", "No verified backup of the last 25 hours"),
                            ("damaged", "A backup is damaged"),
                            ("run", "The last run of all companies failed, at least in part"),
                            ("drill", "A restore drill failed"),
                            ("drill_due", "A restore drill is overdue"),
                            ("site", "The second site is behind"),
                            ("doctor", "The backup store is not as it must be"),
                        ],
                        max_length=10,
                    ),
                ),
                ("about", models.UUIDField(null=True)),
                ("detail", models.TextField(blank=True)),
                ("began_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("told_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-began_at"],
                "indexes": [
                    models.Index(condition=models.Q(("ended_at", None)), fields=["about"], name="backup_problem_about")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("kind", "about"),
                        name="backup_problem_open",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RecoveryPoint",
            fields=[
                ("archive_id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("tenant_id", models.UUIDField(editable=False)),
                ("day", models.DateField()),
                ("snapshot_at", models.DateTimeField()),
                ("verified_at", models.DateTimeField()),
                ("gap", models.BigIntegerField()),
                ("size", models.BigIntegerField()),
                ("seconds", models.FloatField(null=True)),
                ("damaged_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-snapshot_at"],
                "indexes": [
                    models.Index(fields=["tenant_id", "-snapshot_at"], name="recovery_point_newest"),
                    models.Index(fields=["-gap"], name="recovery_point_worst"),
                ],
            },
        ),
        GrantTable("BackupProblem", platform={"SELECT", "INSERT", "UPDATE"}),
        GrantTable("RecoveryPoint", app={"SELECT", "INSERT", "UPDATE"}, platform={"SELECT"}),
        migrations.RunSQL(wall.policy_sql("backup_watch_recoverypoint"), migrations.RunSQL.noop),
        migrations.RunSQL(_KNOWN, migrations.RunSQL.noop),
    ]
