"""Reviews of incidents and the measures that follow."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import tenants.isolation.models
from tenants.isolation.operations import GrantTable

# They go with their incident, when its period is over.
_KEY = """
ALTER TABLE {table} ADD CONSTRAINT {table}_incident FOREIGN KEY (incident_id)
    REFERENCES incidents_incident (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
"""
_TABLES = ("incident_reports_review", "incident_reports_measure")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("incidents", "0002_incidents"),
    ]

    operations = [
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("held_on", models.DateField(blank=True, null=True, verbose_name="held on")),
                ("participants", models.CharField(blank=True, max_length=500, verbose_name="participants")),
                ("direct_cause", models.TextField(blank=True, max_length=4000, verbose_name="direct cause")),
                ("root_cause", models.TextField(blank=True, max_length=4000, verbose_name="root cause")),
                ("went_well", models.TextField(blank=True, max_length=4000, verbose_name="what went well")),
                ("went_badly", models.TextField(blank=True, max_length=4000, verbose_name="what went badly")),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="last changed")),
                ("saved_by_name", models.CharField(max_length=150, verbose_name="last changed by")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                ("finished_by_name", models.CharField(blank=True, max_length=150, verbose_name="finished by")),
                (
                    "incident",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="review",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "review of an incident",
                "verbose_name_plural": "reviews of incidents",
            },
        ),
        migrations.CreateModel(
            name="Measure",
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
                        choices=[("stopgap", "For now"), ("remedy", "Permanent"), ("prevention", "Against recurrence")],
                        default="prevention",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("text_ja", models.CharField(max_length=500, verbose_name="measure (Japanese)")),
                ("text_en", models.CharField(blank=True, max_length=500, verbose_name="measure (English)")),
                ("owner", models.CharField(max_length=150, verbose_name="who does it")),
                ("due_on", models.DateField(verbose_name="due")),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("added_by_name", models.CharField(max_length=150)),
                ("done_at", models.DateTimeField(null=True, verbose_name="done")),
                ("done_by_name", models.CharField(blank=True, max_length=150)),
                ("proof", models.CharField(blank=True, max_length=500, verbose_name="how it shows")),
                ("dropped_at", models.DateTimeField(null=True, verbose_name="dropped")),
                ("dropped_by_name", models.CharField(blank=True, max_length=150)),
                ("drop_reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "incident",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="measures",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "measure after an incident",
                "verbose_name_plural": "measures after incidents",
                "ordering": ["due_on", "added_at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None), ("dropped_at", None)),
                        fields=["due_on"],
                        name="incident_measures_open",
                    )
                ],
            },
        ),
        GrantTable("Review", platform={"SELECT", "INSERT", "UPDATE"}),
        GrantTable("Measure", platform={"SELECT", "INSERT", "UPDATE"}),
        *(
            migrations.RunSQL(_KEY.format(table=table), f"ALTER TABLE {table} DROP CONSTRAINT {table}_incident")
            for table in _TABLES
        ),
    ]
