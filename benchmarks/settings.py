# ruff: noqa: E402, F403  -- what is imported below reads the environment that is set above it
"""Settings of the benchmarks: the product's, on a database of their own.

Its server is the embedded one below `var/bench`, durable as in local work, unless SEKISHO_VAR says otherwise.
BENCH_DATABASE names the database; BENCH_ARM=filter gives the web server the database role that no policy holds back.
"""

import os

os.environ.setdefault("SEKISHO_MODE", "local")
for _name in ("DATABASE_URL", "DATABASE_URL_FILE", "REDIS_URL", "REDIS_URL_FILE"):
    os.environ.pop(_name, None)  # a benchmark fills and drops databases: never one that somebody uses

from config import installation, stack

os.environ.setdefault("SEKISHO_VAR", str(installation.BASE_DIR / "var" / "bench"))
DATABASE = os.environ.get("BENCH_DATABASE", "sekisho_bench")
# Keys that the benchmark of tenants makes; removed with its database.
KEYS = installation.var_dir() / DATABASE
os.environ |= {
    "VAULT_ROOT_KEY": f"file://{KEYS}/root.key",
    "VAULT_KEY_STORE": f"file://{KEYS}/keys",
    "VAULT_DOCUMENT_STORE": f"file://{KEYS}/documents",
    "VAULT_BACKUP_STORE": f"file://{KEYS}/backups",
    "AUDIT_ANCHOR_STORE": f"file://{KEYS}/anchors",
    "STATUS_STORE": f"file://{KEYS}/status",
    "STATIC_ROOT": f"{KEYS}/static",
}

# Given back when the process exits. Taken before the product's settings read the server's address.
LEASE = stack.acquire(installation.var_dir())
STACK = LEASE.stack

from config.settings import *
from config.settings import DATABASES, INSTALLED_APPS, SECRET_KEY

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.tenants.shared_schema"]

FILTER_ROLE = f"{DATABASE}_filter"
for _database in DATABASES.values():
    _database["NAME"] = DATABASE
DATABASES |= {
    # The manager's filter alone: Django's own backend, which tells the database no tenant, under a role with the
    # rights of the app role that no policy holds back.
    "filter": DATABASES["default"]
    | {"ENGINE": "django.db.backends.postgresql", "USER": FILTER_ROLE, "PASSWORD": SECRET_KEY},
    # The same role, told the tenant as behind the wall: what is between `filter` and `default`.
    "told": DATABASES["default"] | {"USER": FILTER_ROLE, "PASSWORD": SECRET_KEY},
}
if os.environ.get("BENCH_ARM") == "filter":
    DATABASES["default"] = DATABASES["filter"]
LOGGING_CONFIG = None
CELERY_TASK_DEFAULT_QUEUE = DATABASE
