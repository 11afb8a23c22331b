"""The worker with the owner's rights: on a queue of its own, and not without them (B6, T1)."""

import os
import subprocess
import sys

from django.conf import settings
from django.core.cache import cache

from backups.requests import restorer
from config.celery import app

_TASK = "backups.requests.tasks.restore_company"


def test_only_the_restorer_takes_restores_of_companies() -> None:
    """T1: the task goes to a queue that a worker without `-Q` does not take; every other task goes to all."""
    assert app.amqp.router.route({}, _TASK)["queue"].name == restorer.QUEUE
    assert app.amqp.router.route({}, "backups.requests.tasks.bring_files").get("queue", None) is not restorer.QUEUE
    ordinary = app.amqp.Queues(app.conf.task_queues, app.conf.task_default_queue)
    assert restorer.QUEUE not in ordinary
    assert f"-Q {restorer.QUEUE}" in restorer.COMMAND


def test_without_the_owner_it_refuses_to_start() -> None:
    """T1: a deployment that forgot the address hears of it at once, not with the first request."""
    environment = {
        **os.environ,
        "SEKISHO_MODE": "test",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": "postgres://sekisho_app@127.0.0.1:1/none",
        "DATABASE_PLATFORM_URL": "postgres://sekisho_platform@127.0.0.1:1/none",
        "DATABASE_OWNER_URL": "",
        "REDIS_URL": settings.REDIS_URL,
    }
    worker = subprocess.run(
        [sys.executable, "-m", *restorer.COMMAND.split(), "--pool", "solo"],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert worker.returncode == 78, worker.stderr
    assert "Set DATABASE_OWNER_URL" in worker.stdout + worker.stderr


def test_its_signs_of_life() -> None:
    """B6: the operators' page says whether one is running."""
    cache.delete("backups.restorer")
    assert not restorer.is_running()
    restorer.note_alive()
    assert restorer.is_running()
    cache.delete("backups.restorer")
