"""Legal holds and what they keep, for the platform role; what a company is told of them, behind its wall."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import tenants.isolation.models
from tenants.isolation import wall
from tenants.isolation.operations import GrantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CompanyNotice",
            fields=[
                ("tenant_id", models.UUIDField(editable=False)),
                ("company_code", models.CharField(max_length=20, verbose_name="company code")),
                ("company_name", models.CharField(max_length=150, verbose_name="organisation name")),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("company", "The whole company"),
                            ("folder", "A folder with everything below it"),
                            ("document", "One document"),
                            ("person", "One person"),
                            ("audit", "The audit log between two days"),
                        ],
                        max_length=10,
                        verbose_name="scope",
                    ),
                ),
                ("scope_id", models.UUIDField(null=True)),
                ("scope_label", models.CharField(blank=True, max_length=2000, verbose_name="scope")),
                ("since", models.DateTimeField(null=True, verbose_name="from")),
                ("until", models.DateTimeField(null=True, verbose_name="to")),
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("hold", "Legal hold"), ("disclosure", "Disclosure")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("authority", models.CharField(max_length=150, verbose_name="authority")),
                ("reference", models.CharField(max_length=100, verbose_name="reference number")),
                ("legal_ground", models.CharField(max_length=300, verbose_name="legal ground")),
                ("begun_at", models.DateTimeField(verbose_name="since")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
            ],
            options={
                "verbose_name": "notice of a legal hold",
                "ordering": ["-begun_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("tenant_id", models.UUIDField(editable=False)),
                ("company_code", models.CharField(max_length=20, verbose_name="company code")),
                ("company_name", models.CharField(max_length=150, verbose_name="organisation name")),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("company", "The whole company"),
                            ("folder", "A folder with everything below it"),
                            ("document", "One document"),
                            ("person", "One person"),
                            ("audit", "The audit log between two days"),
                        ],
                        max_length=10,
                        verbose_name="scope",
                    ),
                ),
                ("scope_id", models.UUIDField(null=True)),
                ("scope_label", models.CharField(blank=True, max_length=2000, verbose_name="scope")),
                ("since", models.DateTimeField(null=True, verbose_name="from")),
                ("until", models.DateTimeField(null=True, verbose_name="to")),
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("authority", models.CharField(max_length=150, verbose_name="authority")),
                ("reference", models.CharField(max_length=100, verbose_name="reference number")),
                ("legal_ground", models.CharField(max_length=300, verbose_name="legal ground")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("requested_on", models.DateField(verbose_name="ordered on")),
                ("sealed", models.BooleanField(default=False, verbose_name="sealed")),
                ("sealing_ground", models.CharField(blank=True, max_length=300, verbose_name="ground for sealing")),
                ("placed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="placed")),
                ("placed_by_id", models.UUIDField()),
                ("placed_by_name", models.CharField(max_length=150, verbose_name="placed by")),
                ("reviewer_id", models.UUIDField()),
                ("reviewer_name", models.CharField(max_length=150, verbose_name="reviewer")),
                ("review_on", models.DateField(verbose_name="next review")),
                ("reviewed_at", models.DateTimeField(null=True, verbose_name="last reviewed")),
                ("reminded_on", models.DateField(null=True)),
                ("release_asked_at", models.DateTimeField(null=True, verbose_name="release asked for")),
                ("release_asked_by_id", models.UUIDField(null=True)),
                (
                    "release_asked_by_name",
                    models.CharField(blank=True, max_length=150, verbose_name="release asked for by"),
                ),
                ("release_reason", models.CharField(blank=True, max_length=500, verbose_name="reason for the release")),
                ("released_at", models.DateTimeField(null=True, verbose_name="released")),
                ("released_by_id", models.UUIDField(null=True)),
                ("released_by_name", models.CharField(blank=True, max_length=150, verbose_name="released by")),
            ],
            options={
                "verbose_name": "legal hold",
                "verbose_name_plural": "legal holds",
                "ordering": ["-placed_at", "-id"],
                "indexes": [
                    models.Index(condition=models.Q(("released_at", None)), fields=["tenant_id"], name="holds_active")
                ],
            },
        ),
        migrations.CreateModel(
            name="KeptRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField(editable=False)),
                ("table_name", models.CharField(max_length=63)),
                ("row_id", models.UUIDField()),
                ("row", models.JSONField()),
                ("kept_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "hold",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="kept", to="holds.hold"
                    ),
                ),
            ],
            options={
                "ordering": ["kept_at", "id"],
                "indexes": [models.Index(fields=["hold", "table_name", "row_id"], name="holds_kept_row")],
            },
        ),
        GrantTable("Hold", platform={"SELECT", "INSERT", "UPDATE"}),
        GrantTable("KeptRow", platform={"SELECT", "INSERT", "DELETE"}),
        GrantTable("CompanyNotice", app={"SELECT"}, platform={"SELECT", "INSERT", "UPDATE"}),
        # A company reads what it is told.
        migrations.RunSQL(wall.policy_sql("holds_companynotice"), migrations.RunSQL.noop),
    ]
