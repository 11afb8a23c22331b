"""Incidents, whom they affect, their internal log, their reports, and how they are handled."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import tenants.isolation.models
from tenants.isolation import wall
from tenants.isolation.operations import GrantTable

# What belongs to an incident goes with it, when its period is over.
_CHILDREN = ("incidents_incidententry", "incidents_incidentreport", "incidents_incidenttenant")
_KEY = """
ALTER TABLE {table} ADD CONSTRAINT {table}_incident FOREIGN KEY (incident_id)
    REFERENCES incidents_incident (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
"""
_GUARD = """
CREATE FUNCTION incidents_stay() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF NOT EXISTS (SELECT FROM public.incidents_incident WHERE id = OLD.incident_id) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the log of an incident and what was published of it stay as they are'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER incidents_log_stays BEFORE UPDATE OR DELETE ON incidents_incidententry
    FOR EACH ROW EXECUTE FUNCTION incidents_stay();
CREATE TRIGGER incidents_log_stays_all BEFORE TRUNCATE ON incidents_incidententry
    FOR EACH STATEMENT EXECUTE FUNCTION incidents_stay();
CREATE TRIGGER incidents_report_stays BEFORE UPDATE OR DELETE ON incidents_incidentreport
    FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION incidents_stay();
"""
_UNGUARD = "DROP FUNCTION incidents_stay() CASCADE"


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0001_menus"),
    ]

    operations = [
        migrations.CreateModel(
            name="Incident",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(editable=False)),
                ("sequence", models.PositiveIntegerField(editable=False)),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("critical", "Critical"),
                            ("serious", "Serious"),
                            ("moderate", "Moderate"),
                            ("minor", "Minor"),
                        ],
                        max_length=10,
                        verbose_name="severity",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("investigating", "Investigating"),
                            ("identified", "Cause identified"),
                            ("monitoring", "Watching the recovery"),
                            ("resolved", "Recovered"),
                            ("closed", "Closed"),
                            ("merged", "Merged"),
                        ],
                        default="investigating",
                        max_length=15,
                        verbose_name="status",
                    ),
                ),
                ("title_ja", models.CharField(max_length=120, verbose_name="title (Japanese)")),
                ("title_en", models.CharField(blank=True, max_length=120, verbose_name="title (English)")),
                (
                    "components",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None, verbose_name="components"
                    ),
                ),
                ("whole_service", models.BooleanField(default=False, verbose_name="affects every company")),
                ("public", models.BooleanField(default=False, verbose_name="on the status page")),
                ("personal_data", models.BooleanField(default=False, verbose_name="personal data may have leaked")),
                ("malicious", models.BooleanField(default=False, verbose_name="by a malicious act")),
                ("began_at", models.DateTimeField(blank=True, null=True, verbose_name="began")),
                ("detected_at", models.DateTimeField(verbose_name="detected")),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="opened")),
                ("opened_by_name", models.CharField(blank=True, max_length=150)),
                ("published_at", models.DateTimeField(null=True, verbose_name="first published")),
                ("told_at", models.DateTimeField(null=True)),
                ("resolved_at", models.DateTimeField(null=True, verbose_name="recovered")),
                ("reopened_at", models.DateTimeField(null=True, verbose_name="reopened")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed")),
                ("next_update_at", models.DateTimeField(null=True, verbose_name="next report promised")),
                ("commander_id", models.UUIDField(null=True)),
                ("commander_name", models.CharField(blank=True, max_length=150, verbose_name="commander")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("person", "An operator"),
                            ("command", "The command line"),
                            ("alert", "An alert"),
                            ("inquiry", "An inquiry"),
                        ],
                        default="person",
                        max_length=10,
                        verbose_name="opened from",
                    ),
                ),
                ("source_id", models.CharField(blank=True, max_length=80)),
                (
                    "merged_into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "incident",
                "verbose_name_plural": "incidents",
                "ordering": ["-year", "-sequence"],
            },
        ),
        migrations.CreateModel(
            name="IncidentEntry",
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
                            ("opened", "Opened"),
                            ("note", "Note"),
                            ("severity", "Severity"),
                            ("status", "Status"),
                            ("commander", "Commander"),
                            ("companies", "Affected companies"),
                            ("details", "Details"),
                            ("published", "Report published"),
                            ("authority", "Reported to the authority"),
                            ("merged", "Merged"),
                            ("reopened", "Reopened"),
                        ],
                        default="note",
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("text", models.TextField(blank=True, max_length=4000, verbose_name="note")),
                ("facts", models.JSONField(default=dict)),
                ("actor_id", models.UUIDField(null=True)),
                ("actor_name", models.CharField(blank=True, max_length=150)),
                (
                    "incident",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="IncidentReport",
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
                            ("first_notice", "First notice"),
                            ("update", "Update"),
                            ("recovery", "Recovery"),
                            ("final_report", "Final report"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(editable=False, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("discarded", "Discarded")],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("title_ja", models.CharField(max_length=150, verbose_name="title (Japanese)")),
                ("title_en", models.CharField(blank=True, max_length=150, verbose_name="title (English)")),
                ("began_at", models.DateTimeField(blank=True, null=True, verbose_name="began")),
                ("detected_at", models.DateTimeField(blank=True, null=True, verbose_name="detected")),
                ("recovered_at", models.DateTimeField(blank=True, null=True, verbose_name="recovered")),
                ("summary_ja", models.TextField(max_length=4000, verbose_name="summary (Japanese)")),
                ("summary_en", models.TextField(blank=True, max_length=4000, verbose_name="summary (English)")),
                (
                    "impact_ja",
                    models.TextField(blank=True, max_length=4000, verbose_name="who and what is affected (Japanese)"),
                ),
                (
                    "impact_en",
                    models.TextField(blank=True, max_length=4000, verbose_name="who and what is affected (English)"),
                ),
                ("course_ja", models.TextField(blank=True, max_length=8000, verbose_name="timeline (Japanese)")),
                ("course_en", models.TextField(blank=True, max_length=8000, verbose_name="timeline (English)")),
                ("cause_ja", models.TextField(blank=True, max_length=4000, verbose_name="cause (Japanese)")),
                ("cause_en", models.TextField(blank=True, max_length=4000, verbose_name="cause (English)")),
                (
                    "stopgap_ja",
                    models.TextField(blank=True, max_length=4000, verbose_name="measures for now (Japanese)"),
                ),
                (
                    "stopgap_en",
                    models.TextField(blank=True, max_length=4000, verbose_name="measures for now (English)"),
                ),
                (
                    "remedy_ja",
                    models.TextField(blank=True, max_length=4000, verbose_name="permanent measures (Japanese)"),
                ),
                (
                    "remedy_en",
                    models.TextField(blank=True, max_length=4000, verbose_name="permanent measures (English)"),
                ),
                (
                    "prevention_ja",
                    models.TextField(
                        blank=True, max_length=4000, verbose_name="measures against recurrence (Japanese)"
                    ),
                ),
                (
                    "prevention_en",
                    models.TextField(blank=True, max_length=4000, verbose_name="measures against recurrence (English)"),
                ),
                ("next_update_at", models.DateTimeField(blank=True, null=True, verbose_name="next report")),
                ("drafted_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("edited_by_name", models.CharField(blank=True, max_length=150)),
                ("edited_at", models.DateTimeField(null=True)),
                ("published_at", models.DateTimeField(null=True, verbose_name="published")),
                ("published_by_id", models.UUIDField(null=True)),
                ("published_by_name", models.CharField(blank=True, max_length=150, verbose_name="published by")),
                ("notice_id", models.UUIDField(editable=False, null=True)),
                (
                    "incident",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "incident report",
                "verbose_name_plural": "incident reports",
                "ordering": ["drafted_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="IncidentSettings",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("only", models.BooleanField(default=True, editable=False, unique=True)),
                (
                    "publish_by_clock",
                    models.BooleanField(default=False, verbose_name="Publish a neutral first notice when nobody does"),
                ),
                (
                    "minutes_before",
                    models.PositiveSmallIntegerField(default=10, verbose_name="Minutes before the deadline"),
                ),
            ],
            options={
                "verbose_name": "settings for incidents",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("only", True)), name="incidents_settings_only")
                ],
            },
        ),
        migrations.CreateModel(
            name="IncidentTenant",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("incident_id", models.UUIDField(editable=False)),
                ("tenant_id", models.UUIDField(editable=False)),
                (
                    "impact_ja",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="what it means to the company (Japanese)"
                    ),
                ),
                (
                    "impact_en",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="what it means to the company (English)"
                    ),
                ),
                ("known_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("told_at", models.DateTimeField(null=True, verbose_name="told")),
            ],
            options={
                "verbose_name": "affected company",
                "verbose_name_plural": "affected companies",
                "indexes": [models.Index(fields=["tenant_id"], name="incidents_of_tenant")],
                "constraints": [
                    models.UniqueConstraint(fields=("incident_id", "tenant_id"), name="incidents_affected_once")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["source", "source_id"], name="incidents_source"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["-published_at"], name="incidents_published"),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.UniqueConstraint(fields=("year", "sequence"), name="incidents_number"),
        ),
        migrations.AddIndex(
            model_name="incidententry",
            index=models.Index(fields=["incident", "at"], name="incidents_log"),
        ),
        migrations.AddConstraint(
            model_name="incidentreport",
            constraint=models.UniqueConstraint(fields=("incident", "number"), name="incidents_report_number"),
        ),
        migrations.AddConstraint(
            model_name="incidentreport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "draft")), fields=("incident",), name="incidents_one_draft"
            ),
        ),
        GrantTable("Incident", platform={"SELECT", "INSERT", "UPDATE"}),
        GrantTable("IncidentTenant", platform={"SELECT", "INSERT", "UPDATE", "DELETE"}),
        GrantTable("IncidentEntry", platform={"SELECT", "INSERT"}),
        GrantTable("IncidentReport", platform={"SELECT", "INSERT", "UPDATE"}),
        GrantTable("IncidentSettings", platform={"SELECT", "INSERT", "UPDATE"}),
        *(
            migrations.RunSQL(_KEY.format(table=table), f"ALTER TABLE {table} DROP CONSTRAINT {table}_incident")
            for table in _CHILDREN
        ),
        migrations.RunSQL(_GUARD, _UNGUARD),
        migrations.RunSQL(
            wall.expiry_sql("incidents_incident", "id", "closed_at", 2562),
            f"DROP FUNCTION {wall.expiry_function('incidents_incident')}",
        ),
    ]
