"""What operators have to be told, whom it goes to, and the chats."""

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
            name="AlarmChannel",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
                ("host", models.CharField(max_length=255, verbose_name="server")),
                ("address_sealed", models.BinaryField()),
                ("authorities", models.TextField(blank=True, verbose_name="certificate authorities")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("active", models.BooleanField(default=True, verbose_name="on")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("tested_at", models.DateTimeField(null=True)),
                ("posted_at", models.DateTimeField(null=True, verbose_name="last posted")),
                ("failing_since", models.DateTimeField(null=True)),
                (
                    "trouble",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("address", "This address is not allowed: it is not a public server. Enter another one."),
                            ("name", "No server has this name. Check the spelling, and the DNS."),
                            (
                                "unreachable",
                                "The server does not accept connections. Check that it runs and its firewall.",
                            ),
                            (
                                "timeout",
                                "The server took too long. It has to answer within the time, and may work on afterwards.",
                            ),
                            ("certificate", "The server's certificate was not accepted."),
                            ("tls", "No encrypted connection came about. The server needs TLS 1.2 or 1.3."),
                            (
                                "redirect",
                                "The server redirects. Enter the address to which it leads: redirects are not followed.",
                            ),
                            ("status", "The server answered with an error."),
                            ("cut", "The connection broke before the server had confirmed."),
                            (
                                "farewell",
                                "The server did not end the connection as TLS demands, so it may not have read everything.",
                            ),
                            ("secret", "The signing secret cannot be read. Renew it."),
                        ],
                        max_length=16,
                    ),
                ),
                ("trouble_detail", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Alarm",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.CharField(max_length=200, unique=True)),
                ("tenant_id", models.UUIDField(editable=False, null=True)),
                ("menu", models.CharField(max_length=40)),
                ("subject_ja", models.CharField(max_length=200)),
                ("subject_en", models.CharField(max_length=200)),
                ("body_ja", models.TextField()),
                ("body_en", models.TextField()),
                ("link", models.CharField(max_length=500)),
                ("raised_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="raised")),
                ("addressed_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-raised_at", "-id"],
                "indexes": [models.Index(fields=["raised_at"], name="alarms_alarm_raised")],
            },
        ),
        migrations.CreateModel(
            name="AlarmDelivery",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("alarm_id", models.UUIDField(editable=False)),
                ("raised_at", models.DateTimeField()),
                ("person_id", models.UUIDField(editable=False, null=True)),
                ("channel_id", models.UUIDField(editable=False, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sent_at", models.DateTimeField(null=True)),
                ("given_up_at", models.DateTimeField(null=True)),
                (
                    "trouble",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("address", "This address is not allowed: it is not a public server. Enter another one."),
                            ("name", "No server has this name. Check the spelling, and the DNS."),
                            (
                                "unreachable",
                                "The server does not accept connections. Check that it runs and its firewall.",
                            ),
                            (
                                "timeout",
                                "The server took too long. It has to answer within the time, and may work on afterwards.",
                            ),
                            ("certificate", "The server's certificate was not accepted."),
                            ("tls", "No encrypted connection came about. The server needs TLS 1.2 or 1.3."),
                            (
                                "redirect",
                                "The server redirects. Enter the address to which it leads: redirects are not followed.",
                            ),
                            ("status", "The server answered with an error."),
                            ("cut", "The connection broke before the server had confirmed."),
                            (
                                "farewell",
                                "The server did not end the connection as TLS demands, so it may not have read everything.",
                            ),
                            ("secret", "The signing secret cannot be read. Renew it."),
                        ],
                        max_length=16,
                    ),
                ),
                ("trouble_detail", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("given_up_at", None), ("sent_at", None)),
                        fields=["next_try_at"],
                        name="alarms_delivery_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("alarm_id", "person_id", "channel_id"),
                        name="alarms_delivery_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        GrantTable("Alarm", app={"INSERT"}, platform={"SELECT", "INSERT", "UPDATE"}),
        # Whoever raises one for a company puts it down as that company's; a company reads none.
        migrations.RunSQL(wall.policy_sql("alarms_alarm"), migrations.RunSQL.noop),
        GrantTable("AlarmChannel", platform={"SELECT", "INSERT", "UPDATE", "DELETE"}),
        GrantTable("AlarmDelivery", platform={"SELECT", "INSERT", "UPDATE"}),
        *(
            migrations.RunSQL(
                wall.expiry_sql(table, "id", "raised_at", 400), f"DROP FUNCTION {wall.expiry_function(table)}"
            )
            for table in ("alarms_alarm", "alarms_alarmdelivery")
        ),
    ]
