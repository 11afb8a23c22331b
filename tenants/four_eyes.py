"""What takes two people: one operator asks, another one confirms within a day (T3, P5).

A request remembers both by name, because people leave. It lapses by itself: nobody has to write that down.
"""

from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from tenants.isolation.directory import normalize_code
from tenants.isolation.models import new_id

ANSWER_HOURS = 24


class RequestState(models.TextChoices):
    """Where a request stands."""

    ASKED = "asked", gettext_lazy("Waits for a second operator")
    DONE = "completed", gettext_lazy("Confirmed")
    WITHDRAWN = "cancelled", gettext_lazy("Withdrawn")
    EXPIRED = "expired", gettext_lazy("Never confirmed")


class FourEyesRequest(models.Model):
    """A request about one company. `effect` is what the asker was shown of it beforehand."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(editable=False)
    company_code = models.CharField(gettext_lazy("company code"), max_length=20)
    company_name = models.CharField(gettext_lazy("organisation name"), max_length=150)
    state = models.CharField(gettext_lazy("state"), max_length=10, choices=RequestState, default=RequestState.ASKED)
    reason = models.CharField(gettext_lazy("reason"), max_length=500)
    effect: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    asked_at = models.DateTimeField(gettext_lazy("asked"), default=timezone.now)
    asked_by_id = models.UUIDField()
    asked_by_email = models.EmailField(max_length=254)
    asked_by_name = models.CharField(gettext_lazy("asked by"), max_length=150)
    decided_at = models.DateTimeField(gettext_lazy("decided"), null=True)
    decided_by_id = models.UUIDField(null=True)
    decided_by_name = models.CharField(gettext_lazy("decided by"), max_length=150, blank=True)

    class Meta:
        abstract = True
        ordering = ["-asked_at", "-id"]

    def __str__(self) -> str:
        return f"{self.company_code} {self.company_name}"

    @property
    def answer_until(self) -> datetime:
        """When a request lapses that nobody confirmed."""
        return self.asked_at + timedelta(hours=ANSWER_HOURS)

    @property
    def state_now(self) -> RequestState:
        """The state at this moment."""
        if self.state == RequestState.ASKED and self.answer_until <= timezone.now():
            return RequestState.EXPIRED
        return RequestState(self.state)

    @property
    def is_open(self) -> bool:
        """Whether it can still be confirmed."""
        return self.state_now is RequestState.ASKED


Request = TypeVar("Request", bound=FourEyesRequest)


def open_requests(model: type[Request]) -> list[Request]:
    """Those that a second operator can still confirm, the oldest first. In a platform transaction."""
    since = timezone.now() - timedelta(hours=ANSWER_HOURS)
    return list(model._default_manager.filter(state=RequestState.ASKED, asked_at__gt=since).order_by("asked_at", "id"))


def ask(request: Request, *, operator: User) -> Request:
    """Save a new request of an operator. Raises ValidationError while there is an open one about the same company."""
    others = type(request)._default_manager.filter(tenant_id=request.tenant_id)
    if any(one.is_open for one in others):
        raise ValidationError(_("There is an open request for this company already."), code="open")
    request.asked_by_id, request.asked_by_email, request.asked_by_name = operator.id, operator.email, operator.name
    request.save(force_insert=True)
    return request


def locked(model: type[Request], request_id: UUID) -> Request:
    """The open request of an id, locked until the transaction ends. Raises ValidationError when it is not open."""
    request = model._default_manager.select_for_update().filter(id=request_id).first()
    if request is None or not request.is_open:
        raise ValidationError(_("This request is no longer open."), code="state")
    return request


def refuse_asker(request: FourEyesRequest, *, operator: User) -> None:
    """Raise ValidationError for whoever asked, under whichever account with the same address."""
    if operator.id == request.asked_by_id or operator.email.casefold() == request.asked_by_email.casefold():
        raise ValidationError(_("Whoever asked cannot confirm: another operator has to."), code="own")


def decide(request: FourEyesRequest, state: RequestState, *, operator: User) -> None:
    """Write down what became of it, and by whom."""
    request.state, request.decided_at = state, timezone.now()
    request.decided_by_id, request.decided_by_name = operator.id, operator.name
    request.save(update_fields=["state", "decided_at", "decided_by_id", "decided_by_name"])


def require_reason(text: str) -> str:
    """The reason, cut to what is kept. Raises ValidationError without one."""
    if not text.strip():
        raise ValidationError({"reason": _("Give the reason: it stays on record.")})
    return text.strip()[:500]


def require_code(company_code: str, typed: str) -> None:
    """Raise ValidationError unless somebody typed this company code by hand."""
    if normalize_code(typed) != company_code:
        raise ValidationError({"confirmation": _("Type the company code %(code)s.") % {"code": company_code}})
