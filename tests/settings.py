"""Settings of the test suite: the product's in test mode, on servers that run as long as the suite does.

An environment with DATABASE_URL is used as it is, and DATABASE_ADMIN_URL must name a superuser there. SEKISHO_TEST_DB
gives several people their own test database on one cluster.
"""

import os
import tempfile

os.environ["SEKISHO_MODE"] = "test"

from config import installation, stack

# Given back when the process exits. Taken before the product's settings read the servers' addresses.
LEASE = stack.acquire(installation.var_dir()) if installation.is_embedded() else None
# The superuser, for what only one may do: let the owner create databases, break the wall on purpose.
ADMIN_URL = LEASE.stack.admin_url if LEASE else os.environ["DATABASE_ADMIN_URL"]

# Keys and objects of this run. Workers of pytest-xdist inherit the variables, and with them the directory.
if "SEKISHO_TEST_VAULT" not in os.environ:
    _vault = tempfile.TemporaryDirectory(prefix="sekisho-test-")
    os.environ["SEKISHO_TEST_VAULT"] = _vault.name
# One each: a test that compares the whole key store before and after must not see what its neighbours make.
_place = f"{os.environ['SEKISHO_TEST_VAULT']}/{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
os.environ["VAULT_ROOT_KEY"] = f"file://{_place}/root.key"
for _store in ("KEY", "DOCUMENT", "BACKUP"):
    os.environ[f"VAULT_{_store}_STORE"] = f"file://{_place}/{_store.lower()}"
os.environ["AUDIT_ANCHOR_STORE"] = f"file://{_place}/anchors"
os.environ["STATUS_STORE"] = f"file://{_place}/status"

# Last, since reading the product's settings is what all of this prepares.
from config.settings import *  # noqa: E402, F403
from config.settings import CACHES, DATABASES, INSTALLED_APPS, LOGGING, STATIC_ROOT  # noqa: E402

INSTALLED_APPS = [*INSTALLED_APPS, "tests.database"]

# A run of backups works in the process of its test; those that are about several processes say so.
BACKUP_WORKERS = 1

# One database for the three roles, made by tests/conftest.py. Broker and cache are shared by everybody on
# this cluster, so queues and keys carry the name as well.
RUN = "_".join(filter(None, ("test_sekisho", os.environ.get("SEKISHO_TEST_DB"), os.environ.get("PYTEST_XDIST_WORKER"))))
# Copies: a process that has the product's own settings may import this module through the factories.
DATABASES = {alias: {**database, "NAME": RUN} for alias, database in DATABASES.items()}
CACHES = {**CACHES, "default": {**CACHES["default"], "KEY_PREFIX": RUN}}
CELERY_TASK_DEFAULT_QUEUE = RUN
# Every line is searched for secrets.
for _handler in LOGGING["handlers"].values():
    _handler["stream"] = "ext://tests.canaries.lines.LINES"
# Nothing is collected here: WhiteNoise finds the files where they are, but warns when the directory is not there.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
