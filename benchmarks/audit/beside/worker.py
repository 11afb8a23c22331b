# ruff: noqa: E402, I001  -- what is imported below reads the environment that is set above it
"""Writes when it is told to, and says how long that took.

A process of its own, because django-auditlog's package has the name of the product's app, `auditlog`. It reads the name
of a side from each line, lets it write once, and answers with seconds by the clock and of this process.
"""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter, process_time
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
sys.path.append(os.environ["BESIDE_PACKAGES"])

import django

django.setup()

import pghistory.middleware
from auditlog.middleware import AuditlogMiddleware
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from ledger.fields import SAMPLE, Fields
from ledger.models import Bare, ByAuditlog, ByPghistory, BySimpleHistory
from simple_history.middleware import HistoryRequestMiddleware


def sides() -> dict[str, Callable[[int], None]]:
    """Each write is a request behind the middleware by which that library learns who is at work."""
    user = User.objects.create(username="erin")
    pg_history = pghistory.middleware.HistoryMiddleware
    return {
        "nothing recorded": _requests(user, Bare, None),
        "django-auditlog": _requests(user, ByAuditlog, AuditlogMiddleware),
        "django-simple-history": _requests(user, BySimpleHistory, HistoryRequestMiddleware),
        "django-pghistory": _requests(user, ByPghistory, pg_history),
        "django-pghistory, without who": _requests(user, ByPghistory, None),
    }


def _requests(user: User, model: type[Fields], middleware: Any) -> Callable[[int], None]:
    row = model.objects.create(**SAMPLE)
    request: Any = RequestFactory().post(f"/documents/{row.pk}/")
    request.user = user

    def view(_request: Any) -> HttpResponse:
        with transaction.atomic():
            row.save()
        return HttpResponse()

    handle = middleware(view) if middleware else view

    def write(number: int) -> None:
        row.amount, row.state, row.changed_at = number, f"state {number % 5}", datetime.now(UTC)
        handle(request)

    return write


def main() -> None:
    """Make the tables, then serve."""
    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)  # second, since these tables point to migrated ones
    call_command("pgtrigger", "install", verbosity=0)
    ready = sides()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        print(cursor.fetchone()[0], *ready, sep="\t", flush=True)
    for number, line in enumerate(sys.stdin):
        write = ready[line.strip()]
        used, started = process_time(), perf_counter()
        write(number)
        print(perf_counter() - started, process_time() - used, flush=True)


main()
