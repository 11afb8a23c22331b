"""What everybody may read has changed: who shows it to the public makes it anew (N1).

The status page stands above incidents and maintenance, so it names its job here when the product starts.
"""

from tenants.isolation.tasks import queue_on_commit

_jobs: list[str] = []


def when_it_changes(job: str) -> None:
    """Have this task queued at each change, by its name. To be called in `apps.ready()`."""
    if job not in _jobs:
        _jobs.append(job)


def note_change() -> None:
    """Queue them once the transaction at hand is committed."""
    for job in _jobs:
        queue_on_commit(job)
