"""From an identity to an account. The key is (tenant, entity id, NameID), never a name or an address alone (A6, 6.8.1).

Accounts that are in use are linked by their owner (profile page) or by an administrator only. Whom an administrator
has invited may join by the same user ID; whoever is new may be registered, if the company wants that.
"""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.links import void_links
from accounts.menus import BY_CODE, Audience
from accounts.models import Role, User, UserState, normalize_user_id
from accounts.sso.actions import SSO_LINKED, SSO_UNLINKED
from accounts.sso.models import Connection, ExternalIdentity, Joining
from accounts.sso.refusals import Reason, SsoRefused
from accounts.sso.validation import Identity
from auditlog.actors import Actor
from auditlog.services import record
from tenants.isolation.transactions import atomic, take_turns

# `tenants.limits.register_user`: accounts stand below tenants, which know how many users a plan allows.
Register = Callable[..., User]


@atomic()
def account_of(connection: Connection, identity: Identity, *, register: Register) -> ExternalIdentity:
    """The link of that person, made now if the company's rule for joining allows it. Raises SsoRefused."""
    take_turns("sso.joining")  # two first log-ins of one person make one account
    known = find_link(identity.entity_id, identity.name_id)
    if known is None:
        user = _joining_user(connection, identity, register=register)
        known = link(user, entity_id=identity.entity_id, name_id=identity.name_id, actor=user.as_actor())
    user = User.objects.select_for_update().get(id=known.user_id)
    known.user = user
    if user.state == UserState.INVITED and connection.joining != Joining.OFF:
        _activate(user)
    if not user.is_active:
        raise SsoRefused(Reason.NOT_ACTIVE, user.user_id)
    known.last_used_at = timezone.now()
    known.save(update_fields=["last_used_at"])
    return known


def find_link(entity_id: str, name_id: str) -> ExternalIdentity | None:
    """The link of somebody at an identity provider."""
    return ExternalIdentity.objects.filter(entity_id=entity_id, name_id=name_id).select_related("user").first()


@atomic()
def link(user: User, *, entity_id: str, name_id: str, actor: Actor) -> ExternalIdentity:
    """Let that name at the identity provider be this user. Raises ValidationError when either is linked already."""
    name_id = name_id.strip()
    if not name_id or not entity_id:
        raise ValidationError({"name_id": _("Enter the NameID that the identity provider sends.")})
    if find_link(entity_id, name_id) is not None:
        raise ValidationError({"name_id": _("This NameID is linked to a user already.")})
    if ExternalIdentity.objects.filter(user=user, entity_id=entity_id).exists():
        raise ValidationError({"user": _("This user is linked to another NameID already.")})
    row = ExternalIdentity.objects.create(user=user, entity_id=entity_id, name_id=name_id)
    record(SSO_LINKED, actor=actor, target=user, after={"entity_id": entity_id, "name_id": name_id})
    return row


@atomic()
def unlink(row: ExternalIdentity, *, actor: Actor) -> None:
    """Let the name at the identity provider be nobody again."""
    record(SSO_UNLINKED, actor=actor, target=row.user, before={"entity_id": row.entity_id, "name_id": row.name_id})
    row.delete()


def may_be_default(role: Role) -> bool:
    """Whether people who join by themselves may have the role: attributes and joining never grant administration."""
    return all(BY_CODE[code].audience is Audience.WORKSPACE for code in role.menus if code in BY_CODE)


def profile_of(connection: Connection, identity: Identity) -> dict[str, str]:
    """User ID, name and address as the mapping of attributes finds them."""

    def value(attribute: str) -> str:
        found = identity.attributes.get(attribute, [])
        return found[0].strip() if len(found) == 1 else ""

    user_id = value(connection.user_id_attribute) if connection.user_id_attribute else identity.name_id
    email = value(connection.email_attribute) if connection.email_attribute else ""
    if not email and "@" in identity.name_id:
        email = identity.name_id
    name = value(connection.name_attribute) if connection.name_attribute else ""
    return {"user_id": normalize_user_id(user_id), "name": name or user_id, "email": email}


def _joining_user(connection: Connection, identity: Identity, *, register: Register) -> User:
    if connection.joining == Joining.OFF:
        raise SsoRefused(Reason.UNKNOWN_PERSON, identity.name_id)
    profile = profile_of(connection, identity)
    found = User.objects.filter(user_id=profile["user_id"]).first() if profile["user_id"] else None
    if found is not None:
        if found.state != UserState.INVITED:
            raise SsoRefused(Reason.ACCOUNT_TAKEN, found.user_id)
        return found
    if connection.joining != Joining.AUTOMATIC:
        raise SsoRefused(Reason.UNKNOWN_PERSON, identity.name_id)
    role = connection.default_role
    roles = [role] if role is not None and may_be_default(role) else []
    try:
        return register(**profile, roles=roles, language="", actor=Actor.system("sso"))
    except ValidationError as error:
        full = getattr(error, "code", "") == "plan_users"
        raise SsoRefused(Reason.PLAN_FULL if full else Reason.BAD_ATTRIBUTES, profile["user_id"]) from error


def _activate(user: User) -> None:
    """Somebody who was expected has come: the invitation by mail has done its work."""
    void_links(user)
    user.state = UserState.ACTIVE
    user.save(update_fields=["state"])
