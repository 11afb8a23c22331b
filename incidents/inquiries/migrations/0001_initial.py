"""Inquiries behind the wall of their company; the notes of operators are for the platform role alone."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import tenants.isolation.context
import tenants.isolation.fields
import tenants.isolation.models
from tenants.isolation.operations import GrantTable, TenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Inquiry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField(default=tenants.isolation.context.require_tenant_id, editable=False)),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("question", "Question"),
                            ("fault", "Report of a fault"),
                            ("security", "Report about security"),
                            ("request", "Request or proposal"),
                        ],
                        max_length=10,
                        verbose_name="kind of inquiry",
                    ),
                ),
                (
                    "priority",
                    models.CharField(
                        choices=[("low", "Low"), ("normal", "Normal"), ("high", "High"), ("urgent", "Urgent")],
                        default="normal",
                        max_length=10,
                        verbose_name="priority",
                    ),
                ),
                ("subject", models.CharField(max_length=150, verbose_name="subject of the inquiry")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "New"),
                            ("waiting_for_support", "Waits for support"),
                            ("waiting_for_company", "Waits for the company"),
                            ("resolved", "Resolved"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("asked_by", models.UUIDField(editable=False, null=True)),
                ("asked_by_name", models.CharField(max_length=150, verbose_name="asked by")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked")),
                (
                    "last_message_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="last message"),
                ),
                ("first_answer_due_at", models.DateTimeField(verbose_name="first answer by")),
                ("first_answered_at", models.DateTimeField(null=True, verbose_name="first answered")),
                ("assigned_to", models.UUIDField(editable=False, null=True)),
                ("assigned_to_name", models.CharField(blank=True, max_length=150, verbose_name="in charge")),
                ("incident_number", models.CharField(blank=True, max_length=30, verbose_name="incident")),
                ("told", models.JSONField(default=list)),
            ],
            options={
                "verbose_name": "inquiry",
                "verbose_name_plural": "inquiries",
                "ordering": ["-last_message_at", "-id"],
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["tenant_id", "-last_message_at"], name="inquiries_newest")],
                "constraints": [models.UniqueConstraint(fields=("tenant_id", "number"), name="inquiries_number_once")],
            },
        ),
        migrations.CreateModel(
            name="InquiryMessage",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField(default=tenants.isolation.context.require_tenant_id, editable=False)),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                (
                    "side",
                    models.CharField(
                        choices=[("company", "Company"), ("support", "Support")],
                        max_length=10,
                        verbose_name="written by the side of",
                    ),
                ),
                ("author", models.UUIDField(editable=False, null=True)),
                ("author_name", models.CharField(max_length=150, verbose_name="written by")),
                ("text", models.TextField(verbose_name="message")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="written")),
                (
                    "inquiry",
                    tenants.isolation.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="inquiries.inquiry"
                    ),
                ),
            ],
            options={
                "verbose_name": "message of an inquiry",
                "verbose_name_plural": "messages of inquiries",
                "ordering": ["number"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="InquiryAttachment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField(default=tenants.isolation.context.require_tenant_id, editable=False)),
                ("name", models.CharField(max_length=255, verbose_name="file name")),
                ("object_name", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField(verbose_name="size")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("content_type", models.CharField(max_length=100, verbose_name="type")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="written")),
                (
                    "message",
                    tenants.isolation.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="inquiries.inquirymessage",
                    ),
                ),
            ],
            options={
                "verbose_name": "file of an inquiry",
                "verbose_name_plural": "files of inquiries",
                "ordering": ["at", "id"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="InquiryNote",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField(editable=False)),
                ("inquiry_id", models.UUIDField(editable=False)),
                ("author_name", models.CharField(max_length=150)),
                ("text", models.TextField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "internal note about an inquiry",
                "verbose_name_plural": "internal notes about inquiries",
                "ordering": ["at", "id"],
                "indexes": [models.Index(fields=["tenant_id", "inquiry_id", "at"], name="inquiries_notes_of")],
            },
        ),
        migrations.AddConstraint(
            model_name="inquirymessage",
            constraint=models.UniqueConstraint(
                fields=("tenant_id", "inquiry", "number"), name="inquiries_message_once"
            ),
        ),
        migrations.AddIndex(
            model_name="inquiryattachment",
            index=models.Index(fields=["tenant_id", "message"], name="inquiries_files_of"),
        ),
        migrations.AddConstraint(
            model_name="inquiryattachment",
            constraint=models.UniqueConstraint(fields=("tenant_id", "object_name"), name="inquiries_object_once"),
        ),
        TenantTable("Inquiry", app={"SELECT", "INSERT", "UPDATE"}, platform={"SELECT"}),
        TenantTable("InquiryMessage", app={"SELECT", "INSERT"}),
        TenantTable("InquiryAttachment", app={"SELECT", "INSERT"}),
        GrantTable("InquiryNote", platform={"SELECT", "INSERT"}),
    ]
