"""Settings of the django-tenants side, as its documentation has them, on the benchmarks' own server.

Nothing but the blueprint is in a tenant's schema: no permissions, no content types, no sessions.
"""

import os

from config import installation, stack
from tenants.isolation.roles import OWNER

STACK = stack.describe(installation.var_dir())
SECRET_KEY = "benchmark"  # noqa: S105 - nobody logs in
USE_TZ = True
SHARED_APPS = ["django_tenants", "benchmarks.tenants.schema_per_tenant.directory", "django.contrib.contenttypes"]
TENANT_APPS = ["benchmarks.tenants.schema_per_tenant.orders"]
INSTALLED_APPS = SHARED_APPS + TENANT_APPS
TENANT_MODEL = "directory.Client"
TENANT_DOMAIN_MODEL = "directory.Domain"
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
DATABASES = {
    "default": {
        "ENGINE": "django_tenants.postgresql_backend",
        "NAME": os.environ["BENCH_SCHEMAS_DATABASE"],
        "USER": OWNER,
        "PASSWORD": STACK.passwords[OWNER],
        "HOST": "127.0.0.1",
        "PORT": STACK.postgres_port,
        "OPTIONS": {"options": "-c timezone=UTC"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Its faster ways, where it has them: SET search_path only when the tenant changes, migrations on every processor, and
# new tenants by cloning a schema inside the database instead of running all migrations (the arm measures both).
TENANT_LIMIT_SET_CALLS = True
TENANT_MULTIPROCESSING_MAX_PROCESSES = os.cpu_count()
TENANT_BASE_SCHEMA = "template"
TENANT_CREATION_FAKES_MIGRATIONS = True
