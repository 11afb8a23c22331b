"""Removing a user for good (A8, A10). The account and all that hangs on it goes; what it did stays on record.

The row is deleted, not marked: personal data is erased by the database's own references (`on_delete`), so a table that
is added later cannot be forgotten. Documents, the audit log and reviews keep the name as text.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.people.actions import USER_REMOVED
from accounts.people.former import keep_user_id
from accounts.roles import ensure_others_manage_users
from accounts.sso.enforcement import ensure_way_back_without
from auditlog.actors import Actor
from auditlog.services import record
from tenants.isolation.transactions import atomic


@atomic()
def remove_user(user: User, *, actor: Actor) -> None:
    """Erase the account with its sessions, links, factors, devices, identities and former passwords.

    Raises ValidationError for oneself, for the last one who can manage users, and for the one who keeps the way back
    in where single sign-on is required.
    """
    if actor.id == user.id:
        raise ValidationError(_("You cannot remove yourself."), code="self")
    ensure_others_manage_users(user)
    ensure_way_back_without(user)
    roles = sorted(role.recorded_name for role in user.roles.all())
    record(
        USER_REMOVED, actor=actor, target=user, before={"user_id": user.user_id, "state": user.state, "roles": roles}
    )
    keep_user_id(user.user_id)
    user.delete()
