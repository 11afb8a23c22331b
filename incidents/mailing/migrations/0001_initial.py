"""Mailings, their companies and their deliveries."""

import django.core.serializers.json
import django.utils.timezone
from django.db import migrations, models

import tenants.isolation.models
from tenants.isolation import wall
from tenants.isolation.operations import GrantTable

_RIGHTS = {"SELECT", "INSERT", "UPDATE"}
_MOMENTS = {"mailing_delivery": "created_at", "mailing_mailingcompany": "created_at", "mailing_mailing": "started_at"}


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("mailing_id", models.UUIDField()),
                ("tenant_id", models.UUIDField(null=True)),
                ("user_id", models.UUIDField(null=True)),
                ("address", models.CharField(max_length=254, verbose_name="address")),
                ("language", models.CharField(max_length=5, verbose_name="language")),
                ("unsubscribe", models.CharField(blank=True, max_length=400)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("sent", "Sent"),
                            ("refused", "Refused"),
                            ("bounced", "Came back"),
                            ("skipped", "Not sent"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("message_id", models.CharField(max_length=250, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("error", models.CharField(blank=True, max_length=500, verbose_name="answer of the mail server")),
                ("next_try_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("claim", models.UUIDField(null=True)),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                ("bounced_at", models.DateTimeField(null=True, verbose_name="came back")),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "ordering": ["created_at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "queued")),
                        fields=["mailing_id", "next_try_at", "id"],
                        name="mailing_delivery_due",
                    ),
                    models.Index(fields=["mailing_id", "state"], name="mailing_delivery_state"),
                    models.Index(fields=["tenant_id"], name="mailing_delivery_tenant"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("mailing_id", "tenant_id", "address"),
                        name="mailing_delivery_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Mailing",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("about", models.CharField(max_length=40)),
                ("about_id", models.CharField(max_length=80)),
                ("step", models.CharField(max_length=80)),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("administrators", "Administrators"),
                            ("contacts", "Contacts and administrators"),
                            ("everybody", "Everybody"),
                            ("addresses", "Subscribers"),
                        ],
                        max_length=20,
                        verbose_name="to",
                    ),
                ),
                ("subject_ja", models.CharField(max_length=200)),
                ("subject_en", models.CharField(blank=True, max_length=200)),
                ("template", models.CharField(max_length=200)),
                ("context", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="started")),
                ("started_by", models.CharField(max_length=150, verbose_name="started by")),
                ("expanded_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                ("stopped_at", models.DateTimeField(null=True, verbose_name="stopped")),
                ("failures", models.PositiveIntegerField(default=0)),
                ("trouble", models.TextField(blank=True)),
                ("next_try_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "mailing",
                "verbose_name_plural": "mailings",
                "ordering": ["-started_at", "-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("finished_at", None)), fields=["next_try_at"], name="mailing_open"
                    ),
                    models.Index(fields=["-started_at", "-id"], name="mailing_newest"),
                ],
                "constraints": [models.UniqueConstraint(fields=("about", "about_id", "step"), name="mailing_once")],
            },
        ),
        migrations.CreateModel(
            name="MailingCompany",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("mailing_id", models.UUIDField()),
                ("tenant_id", models.UUIDField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("recipients", models.PositiveIntegerField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("recipients", None)),
                        fields=["mailing_id", "id"],
                        name="mailing_company_waiting",
                    ),
                    models.Index(fields=["tenant_id"], name="mailing_company_tenant"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("mailing_id", "tenant_id"), name="mailing_company_once")
                ],
            },
        ),
        GrantTable("Mailing", platform=_RIGHTS),
        GrantTable("MailingCompany", platform=_RIGHTS),
        GrantTable("Delivery", platform=_RIGHTS),
        *(
            migrations.RunSQL(
                wall.expiry_sql(table, "id", moment, 2562), f"DROP FUNCTION {wall.expiry_function(table)}"
            )
            for table, moment in _MOMENTS.items()
        ),
    ]
