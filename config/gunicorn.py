"""How the web server runs: `gunicorn -c python:config.gunicorn config.wsgi`. WEB_CONCURRENCY sets the processes."""

import os
import threading
from pathlib import Path
from typing import Any

from config import logs

# Threads, because a request waits for the database or for a slow reader of a large file most of its time.
worker_class = "gthread"
threads = 16
timeout = 60  # seconds without a sign of life from a process, not the length of a request
graceful_timeout = 25  # below the 30 s that container platforms grant
keepalive = 5
# The sign of life is a file that is touched all the time; on a busy disk that touch blocks and the process is killed.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True
logconfig_dict = logs.configuration(os.environ.get("LOG_LEVEL", "INFO"))


def post_worker_init(_worker: Any) -> None:
    """A thread of each process says how this machine is (N9). Here and not before: a fork takes no threads along."""
    from incidents.alerts.machines import keep_reporting

    threading.Thread(target=keep_reporting, name="machine", daemon=True).start()
