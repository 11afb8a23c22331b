"""Editions of the calendar, the first of them, and deadlines that nobody can edit."""

import datetime
from typing import Any

import django.contrib.postgres.fields
import django.utils.timezone
from django.db import migrations, models

import tenants.isolation.models
from config.business_hours import default_calendar
from tenants.isolation import wall
from tenants.isolation.operations import GrantTable

# What was promised never changes; that it was missed, met or withdrawn is written once and stays.
_KEEP = """
CREATE FUNCTION clock_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.kind, NEW.about, NEW.about_id, NEW.tenant_id, NEW.title_ja, NEW.title_en, NEW.link,
        NEW.started_at, NEW.half_at, NEW.most_at, NEW.due_at, NEW.calendar_version)
       IS DISTINCT FROM
       (OLD.id, OLD.kind, OLD.about, OLD.about_id, OLD.tenant_id, OLD.title_ja, OLD.title_en, OLD.link,
        OLD.started_at, OLD.half_at, OLD.most_at, OLD.due_at, OLD.calendar_version)
       OR (OLD.missed_at IS NOT NULL AND NEW.missed_at IS DISTINCT FROM OLD.missed_at)
       OR (OLD.met_at IS NOT NULL AND NEW.met_at IS DISTINCT FROM OLD.met_at)
       OR (OLD.withdrawn_at IS NOT NULL
           AND (NEW.withdrawn_at, NEW.withdrawn_reason) IS DISTINCT FROM (OLD.withdrawn_at, OLD.withdrawn_reason))
       OR NOT NEW.warned @> OLD.warned
    THEN
        RAISE EXCEPTION 'A promised deadline and how it ended are never changed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER clock_keep BEFORE UPDATE ON clock_deadline FOR EACH ROW EXECUTE FUNCTION clock_keep();
"""


def _first_edition(apps: Any, schema_editor: Any) -> None:
    calendar = default_calendar()
    apps.get_model("clock", "CalendarEdition").objects.using(schema_editor.connection.alias).create(
        version=1,
        created_by_name="Sekisho",
        reason="",
        closed_days=sorted(calendar.closed_days),
        first_year=calendar.first_year,
        last_year=calendar.last_year,
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CalendarEdition",
            fields=[
                ("version", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="in force since")),
                ("created_by_name", models.CharField(max_length=150, verbose_name="made by")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("closed_days", django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), size=None)),
                ("days_off", models.JSONField(default=list)),
                ("year_end", models.BooleanField(default=True, verbose_name="closed from 29 December to 3 January")),
                ("opens", models.TimeField(default=datetime.time(10, 0), verbose_name="opens")),
                ("closes", models.TimeField(default=datetime.time(18, 0), verbose_name="closes")),
                ("zone", models.CharField(default="Asia/Tokyo", max_length=40)),
                ("first_year", models.PositiveSmallIntegerField()),
                ("last_year", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ["-version"],
            },
        ),
        migrations.CreateModel(
            name="Deadline",
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
                            ("tenants_told", "Companies concerned are told"),
                            ("next_update", "Next update"),
                            ("final_report", "Final report"),
                            ("review", "Review afterwards"),
                            ("ppc_preliminary", "Preliminary report to the Personal Information Protection Commission"),
                            ("ppc_final", "Final report to the Personal Information Protection Commission"),
                            ("first_answer", "First answer to an inquiry"),
                            ("maintenance_announced", "Announcement of maintenance"),
                        ],
                        max_length=30,
                        verbose_name="kind",
                    ),
                ),
                ("about", models.CharField(max_length=30)),
                ("about_id", models.CharField(max_length=64)),
                ("tenant_id", models.UUIDField(editable=False, null=True)),
                ("title_ja", models.CharField(max_length=200)),
                ("title_en", models.CharField(max_length=200)),
                ("link", models.CharField(max_length=500)),
                ("started_at", models.DateTimeField(verbose_name="since")),
                ("half_at", models.DateTimeField()),
                ("most_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("calendar_version", models.PositiveIntegerField(verbose_name="edition of the calendar")),
                ("next_at", models.DateTimeField(null=True)),
                ("warned", models.JSONField(default=dict)),
                ("met_at", models.DateTimeField(null=True)),
                ("missed_at", models.DateTimeField(null=True, verbose_name="missed")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="withdrawn")),
                ("withdrawn_reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
            ],
            options={
                "verbose_name": "deadline",
                "verbose_name_plural": "deadlines",
                "ordering": ["due_at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="clock_deadline_next"
                    ),
                    models.Index(fields=["about", "about_id"], name="clock_deadline_about"),
                    models.Index(fields=["-due_at"], name="clock_deadline_due"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("met_at", None), ("withdrawn_at", None)),
                        fields=("kind", "about", "about_id", "tenant_id"),
                        name="clock_deadline_open",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("met_at", None),
                            ("met_at__lte", models.F("due_at")),
                            ("missed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="clock_deadline_late_is_missed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("missed_at", None), ("missed_at__gte", models.F("due_at")), _connector="OR"
                        ),
                        name="clock_deadline_missed_after_due",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("met_at", None), ("withdrawn_at", None), _connector="OR"),
                        name="clock_deadline_met_or_withdrawn",
                    ),
                ],
            },
        ),
        GrantTable("CalendarEdition", app={"SELECT"}, platform={"SELECT", "INSERT"}),
        GrantTable("Deadline", app={"SELECT", "INSERT", "UPDATE"}, platform={"SELECT", "INSERT", "UPDATE"}),
        # A company reads its own.
        migrations.RunSQL(wall.policy_sql("clock_deadline"), migrations.RunSQL.noop),
        migrations.RunSQL(_KEEP, "DROP FUNCTION clock_keep() CASCADE"),
        migrations.RunSQL(
            wall.expiry_sql("clock_deadline", "id", "started_at", 2562),
            f"DROP FUNCTION {wall.expiry_function('clock_deadline')}",
        ),
        migrations.RunPython(_first_edition, migrations.RunPython.noop),
    ]
