"""Background tasks of a company that is being traced: when they began and ended, and how (G3)."""

import logging
from time import perf_counter
from typing import Any

from django.db import DatabaseError

from auditlog.actions import Action, Outcome
from auditlog.actors import Actor
from auditlog.recording.actions import TASK_BEGUN, TASK_ENDED
from auditlog.services import Target, record_apart
from tenants.isolation.tasks import TenantTask

logger = logging.getLogger(__name__)

_WORKER = Actor.system("worker")


class TracedTask(TenantTask):
    """The base of every task. One that began and did not end was killed; its next attempt has the same number."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task between two events, if it is a company's and the company is being traced."""
        if self.platform or self.request.called_directly or self.request.is_eager:
            return super().__call__(*args, **kwargs)
        begun, failed_by = perf_counter(), "killed"
        self._note(TASK_BEGUN, {"attempt": self.request.retries + 1})
        try:
            result = super().__call__(*args, **kwargs)
            failed_by = ""
        except Exception as error:
            failed_by = type(error).__name__
            raise
        finally:
            after = {"milliseconds": round((perf_counter() - begun) * 1000), "error": failed_by}
            self._note(TASK_ENDED, after, Outcome.FAILURE if failed_by else Outcome.SUCCESS)
        return result

    def _note(self, action: Action, after: dict[str, Any], outcome: Outcome = Outcome.SUCCESS) -> None:
        """Write it down; a task does its work whether or not that is possible."""
        target = Target("task", str(self.request.id or ""), str(self.name))
        try:
            record_apart(
                action, actor=_WORKER, tenant_id=self._tenant_id(), target=target, outcome=outcome, after=after
            )
        except DatabaseError:
            logger.exception("A trace of %s was not recorded", self.name)
