from django.db import migrations, models


class Migration(migrations.Migration):
    """Failed log-ins are counted in a table of their own (accounts.policy), for names that nobody has as well."""

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RemoveField(model_name="user", name="failed_logins"),
        migrations.RemoveField(model_name="user", name="locked_until"),
        migrations.AddField(
            model_name="user", name="password_set_at", field=models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            model_name="user", name="must_change_password", field=models.BooleanField(default=False, editable=False)
        ),
        migrations.AddField(
            model_name="user",
            name="password_notice",
            field=models.PositiveSmallIntegerField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="onetimelink",
            name="purpose",
            field=models.CharField(choices=[("invitation", "Invitation"), ("reset", "Password reset")], max_length=20),
        ),
    ]
