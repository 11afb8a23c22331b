"""Setting single sign-on up: prepare, pin the identity provider, decide who joins, require it (A6)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts import queries as accounts_queries
from accounts.models import Role, User, UserState
from accounts.sso import addresses, keys, queries
from accounts.sso.actions import SSO_CHANGED, SSO_KEY_MADE
from accounts.sso.certificates import read_certificate
from accounts.sso.idpmetadata import Provider
from accounts.sso.joining import may_be_default
from accounts.sso.models import Connection, Joining, PendingRequest, Purpose
from auditlog.actors import Actor
from auditlog.services import record
from tenants.isolation.transactions import atomic, take_turns

_CONTEXTS, _CONTEXT_LENGTH = 20, 400


@atomic()
def prepare(*, actor: Actor) -> Connection:
    """The connection of the tenant, made now with its addresses and its key pair if there is none yet."""
    take_turns("sso.connection")
    connection = queries.connection_of_tenant()
    if connection is None:
        connection = Connection(public_id=addresses.new_public_id())
        keys.give_key(connection)
        connection.save(force_insert=True)
        record(SSO_KEY_MADE, actor=actor, target=connection, after={"entity_id": addresses.entity_id(connection)})
    return connection


@atomic()
def pin_provider(connection: Connection, provider: Provider, *, actor: Actor) -> None:
    """Let this be the identity provider. A new certificate needs no new test; any other change does.

    Another identity provider, or another address of it, cannot be required before it has been tested.
    """
    values: dict[str, Any] = {
        "entity_id": provider.entity_id,
        "sso_url": provider.sso_url,
        "slo_url": provider.slo_url,
        "certificates": [certificate.pem for certificate in provider.certificates],
    }
    before = _summary(connection)
    moved = (connection.entity_id, connection.sso_url) != (provider.entity_id, provider.sso_url)
    replaced = not set(connection.certificates) & set(values["certificates"])
    if moved or replaced:
        values |= {"tested_at": None, "enforced": False}
        PendingRequest.objects.filter(connection=connection, purpose=Purpose.TEST, answered_at=None).delete()
    _store(connection, values, before=before, actor=actor)


@atomic()
def set_joining(
    connection: Connection,
    *,
    joining: str,
    default_role: Role | None,
    user_id_attribute: str,
    name_attribute: str,
    email_attribute: str,
    refuse_expired: bool,
    actor: Actor,
) -> None:
    """Decide who is let in for the first time, and where their details are found. Raises ValidationError."""
    if default_role is not None and not may_be_default(default_role):
        text = _("Choose a role without menus of administration: people who join by themselves must not get them.")
        raise ValidationError({"default_role": text})
    if joining == Joining.AUTOMATIC and default_role is None:
        raise ValidationError({"default_role": _("Choose the role that new users get.")})
    values = {
        "joining": joining,
        "default_role": default_role,
        "user_id_attribute": user_id_attribute.strip(),
        "name_attribute": name_attribute.strip(),
        "email_attribute": email_attribute.strip(),
        "refuse_expired": refuse_expired,
    }
    _store(connection, values, before=_summary(connection), actor=actor)


@atomic()
def set_factor_contexts(connection: Connection, *, contexts: list[str], actor: Actor) -> None:
    """Decide which methods of the identity provider count as two factors (ASVS 6.8.4). Raises ValidationError."""
    contexts = list(dict.fromkeys(contexts))
    if len(contexts) > _CONTEXTS:
        raise ValidationError({"contexts": _("%(count)d methods at most.") % {"count": _CONTEXTS}})
    for context in contexts:
        if len(context) > _CONTEXT_LENGTH or not context.isprintable() or " " in context or ":" not in context:
            text = _("“%(context)s” is no address of a method. One begins with https:, http: or urn:.")
            raise ValidationError({"contexts": text % {"context": context[:80]}})
    _store(connection, {"factor_contexts": contexts}, before=_summary(connection), actor=actor)


@atomic()
def require_sso(connection: Connection, *, break_glass: User, actor: Actor) -> None:
    """Let nobody in by password but one administrator, who keeps the way back in. Raises ValidationError."""
    if not connection.ready or connection.tested_at is None:
        raise ValidationError(_("Make a successful test log-in first."), code="untested")
    if break_glass.state != UserState.ACTIVE or not break_glass.has_usable_password():
        raise ValidationError({"break_glass": _("This user cannot log in by password.")})
    if "console.sso" not in accounts_queries.menus_of(break_glass):
        raise ValidationError({"break_glass": _("This user may not change single sign-on, so could not repair it.")})
    _store(connection, {"enforced": True, "break_glass": break_glass}, before=_summary(connection), actor=actor)


@atomic()
def allow_passwords(connection: Connection, *, actor: Actor) -> None:
    """Let everybody in by password again."""
    _store(connection, {"enforced": False}, before=_summary(connection), actor=actor)


def _store(connection: Connection, values: dict[str, Any], *, before: dict[str, Any], actor: Actor) -> None:
    for name, value in values.items():
        setattr(connection, name, value)
    connection.save(update_fields=list(values))
    after = _summary(connection)
    changed = [name for name in after if before[name] != after[name]]
    if changed:
        record(
            SSO_CHANGED,
            actor=actor,
            target=connection,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )


def _summary(connection: Connection) -> dict[str, Any]:
    """The settings as the audit log shows them; certificates by fingerprint."""
    plain = ("entity_id", "sso_url", "slo_url", "refuse_expired", "user_id_attribute", "name_attribute")
    more = ("email_attribute", "joining", "enforced", "factor_contexts")
    return {name: getattr(connection, name) for name in plain + more} | {
        "certificates": [read_certificate(pem).fingerprint for pem in connection.certificates],
        "default_role": connection.default_role.name if connection.default_role else None,
        "break_glass": connection.break_glass.user_id if connection.break_glass else None,
    }
