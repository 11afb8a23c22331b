"""What is captured of a company and how long it is kept, with the function by which the log asks for the latter."""

from django.db import migrations, models

import tenants.isolation.context
import tenants.isolation.models
from tenants.isolation.operations import TenantTable

# The class of new events of the tenant in scope. The wall holds here too: it runs as whoever writes the event.
# In plpgsql, which keeps its plans for the session: it runs once an event.
_FUNCTION = """
CREATE FUNCTION recording_class() RETURNS varchar LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    tenant uuid := nullif(current_setting('app.tenant', true), '')::uuid;
BEGIN
    RETURN coalesce(
        (SELECT retention_class FROM public.recording_recordingpolicy WHERE tenant_id = tenant),
        (SELECT 'y7' FROM public.tenants_tenant WHERE id = tenant AND is_provider),
        'd180');
END $$
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="RecordingPolicy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tenants.isolation.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.UUIDField(default=tenants.isolation.context.require_tenant_id, editable=False)),
                (
                    "screens",
                    models.BooleanField(default=True, verbose_name="Record which pages are opened and closed"),
                ),
                ("traced_until", models.DateTimeField(blank=True, null=True, verbose_name="Traces until")),
                (
                    "retention_class",
                    models.CharField(
                        choices=[("d30", "30 days"), ("d180", "180 days"), ("y7", "7 years")],
                        default="d180",
                        max_length=8,
                        verbose_name="Kept for",
                    ),
                ),
            ],
            options={
                "verbose_name": "recording policy",
                "verbose_name_plural": "recording policies",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant_id",), name="recording_recordingpolicy_once"),
                    models.CheckConstraint(
                        condition=models.Q(("retention_class__in", ["d30", "d180", "y7"])),
                        name="recording_recordingpolicy_class",
                    ),
                ],
            },
        ),
        TenantTable("RecordingPolicy", platform={"SELECT"}),
        migrations.RunSQL(_FUNCTION, "DROP FUNCTION recording_class()"),
    ]
