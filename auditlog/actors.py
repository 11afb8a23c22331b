"""Who acts. The audit log keeps the name as text, so that it outlives the account (G1)."""

from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class ActorKind(models.TextChoices):
    """What kind of somebody acts."""

    USER = "user", _("User")
    OPERATOR = "operator", _("Operator")
    CLIENT = "client", _("API client")
    SYSTEM = "system", _("System")
    ANYONE = "anyone", _("Not logged in")


@dataclass(frozen=True, slots=True)
class Actor:
    """The acting account: `id` is its key when it has one, `user_id` the log-in name, `name` what people call it."""

    kind: ActorKind
    user_id: str
    name: str = ""
    id: UUID | None = None

    @classmethod
    def system(cls, part: str) -> "Actor":
        """A job of the product itself, such as `backups`."""
        return cls(ActorKind.SYSTEM, part, "Sekisho")

    @classmethod
    def command(cls) -> "Actor":
        """Somebody with a shell on the server, who ran `manage.py`."""
        return cls(ActorKind.OPERATOR, "manage.py", "manage.py")

    @classmethod
    def anyone(cls, user_id: str = "") -> "Actor":
        """Somebody who is not logged in; `user_id` is what was typed."""
        return cls(ActorKind.ANYONE, user_id[:150])
