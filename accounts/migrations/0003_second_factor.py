from django.db import migrations, models


class Migration(migrations.Migration):
    """Log-ins in two steps, when somebody last proved who they are, and roles that demand a second factor (A5)."""

    dependencies = [("accounts", "0002_password_state")]

    operations = [
        migrations.AddField(
            model_name="role",
            name="factor_required",
            field=models.BooleanField(default=False, verbose_name="second factor required"),
        ),
        migrations.AddField(
            model_name="session",
            name="awaiting_factor",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="session",
            name="method",
            field=models.CharField(blank=True, default="", max_length=40),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="session",
            name="proved_at",
            field=models.DateTimeField(null=True),
        ),
    ]
