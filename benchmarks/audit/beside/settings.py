"""An ordinary project with the three libraries. `BESIDE_DATABASE` is the parameters of its database as JSON."""

import json
import os

SECRET_KEY = "benchmark"  # noqa: S105
USE_TZ = True
DATABASES = {"default": json.loads(os.environ["BESIDE_DATABASE"])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "auditlog",
    "simple_history",
    "pgtrigger",
    "pghistory",
    "ledger",
]
