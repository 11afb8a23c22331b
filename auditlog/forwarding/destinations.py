"""Setting destinations up: add, change, pause, resume, renew the secret, test, remove (G2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from auditlog.actions import Outcome
from auditlog.actors import Actor
from auditlog.forwarding import actions, reading, signing
from auditlog.forwarding.delivering import deliver
from auditlog.forwarding.models import MOST_DESTINATIONS, Destination, DestinationKind
from auditlog.forwarding.payloads import TEST, as_json, described
from auditlog.forwarding.syslog import syslog_endpoint
from auditlog.forwarding.trouble import DeliveryFailed
from auditlog.models import AuditEvent
from auditlog.services import record
from config.outbound import AddressRefused, https_endpoint
from tenants.isolation.context import require_tenant_id
from tenants.isolation.directory import current_company
from tenants.isolation.transactions import atomic, take_turns

_TURN = "auditlog.forwarding"
_MOST_CERTIFICATES, _LONGEST_BUNDLE = 20, 64 * 1024
_ENTERED = {"name", "kinds"}
TEST_PAUSE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody entered for a destination. No `kinds` means all of them."""

    name: str
    address: str
    authorities: str = ""
    kinds: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of a test: what the receiver answered, or what was in the way."""

    ok: bool
    answer: str
    trouble: str = ""


@atomic()
def add_destination(
    kind: DestinationKind, wanted: Wanted, *, since: datetime | None = None, actor: Actor
) -> tuple[Destination, str]:
    """Add a destination that begins now, or with the events of an earlier time; also the secret of a webhook, in clear.

    Raises ValidationError, keyed by field.
    """
    take_turns(_TURN)
    if Destination.objects.count() >= MOST_DESTINATIONS:
        raise ValidationError(_("%(count)d destinations at most.") % {"count": MOST_DESTINATIONS}, code="full")
    now = timezone.now()
    destination = Destination(kind=kind, **reading.starting(min(since or now, now), reading.horizon()))
    _fill(destination, wanted)
    destination.save(force_insert=True)
    secret = signing.give_secret(destination) if kind == DestinationKind.WEBHOOK else ""
    record(actions.DESTINATION_ADDED, actor=actor, target=destination, after=_summary(destination))
    return destination, secret


@atomic()
def change_destination(destination: Destination, wanted: Wanted, *, actor: Actor) -> None:
    """Change it; the next try is at once, from where it is. Raises ValidationError, keyed by field."""
    destination = _locked(destination)
    whole, before = _settings(destination), _summary(destination)
    _fill(destination, wanted)
    _let_go(destination)
    destination.save()
    after = _summary(destination)
    # By the whole values: what changed behind a question mark looks the same in the log, but is on record.
    changed = [name for name, value in _settings(destination).items() if whole[name] != value]
    if changed:
        record(
            actions.DESTINATION_CHANGED,
            actor=actor,
            target=destination,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )


@atomic()
def pause(destination: Destination, *, actor: Actor) -> None:
    """Send nothing more; the position stays."""
    destination = _locked(destination)
    if destination.active:
        destination.active = False
        _let_go(destination)
        destination.save()
        record(actions.DESTINATION_PAUSED, actor=actor, target=destination)


@atomic()
def resume(destination: Destination, *, actor: Actor) -> None:
    """Go on where it was. A destination of a restored copy begins now: the original has sent the rest."""
    destination = _locked(destination)
    if destination.active and not destination.is_copy:
        return
    if destination.is_copy:
        destination.home = require_tenant_id()
        for name, value in reading.starting(timezone.now(), reading.horizon()).items():
            setattr(destination, name, value)
    destination.active = True
    _let_go(destination)
    destination.save()
    record(actions.DESTINATION_RESUMED, actor=actor, target=destination)


@atomic()
def renew_secret(destination: Destination, *, actor: Actor) -> str:
    """A new secret, in clear; the present one signs along for a day."""
    destination = _locked(destination)
    secret = signing.give_secret(destination)
    record(actions.SECRET_RENEWED, actor=actor, target=destination)
    return secret


@atomic()
def remove_destination(destination: Destination, *, actor: Actor) -> None:
    """Remove it with its position and its secrets."""
    destination = _locked(destination)
    record(actions.DESTINATION_REMOVED, actor=actor, target=destination, before=_summary(destination))
    destination.delete()


def send_test(destination: Destination, *, actor: Actor) -> Tested:
    """Send one message that is no event of the log, and say what came of it. Call it with no transaction open.

    Raises ValidationError within seconds of the last one: the page must not serve to throw packets at somebody.
    """
    company, event = _begin_test(destination, actor=actor)
    try:
        tested = Tested(ok=True, answer=deliver(destination, company, [as_json(described(event))], kind=TEST))
    except DeliveryFailed as failure:
        tested = Tested(ok=False, answer=" ".join((failure.detail, failure.answer)).strip(), trouble=failure.trouble)
    _record_test(destination, tested, actor=actor)
    return tested


@atomic()
def _begin_test(destination: Destination, *, actor: Actor) -> tuple[str, AuditEvent]:
    destination, now, company = _locked(destination), timezone.now(), current_company()
    if destination.tested_at and destination.tested_at > now - TEST_PAUSE:
        raise ValidationError(_("A test was sent just now. Wait some seconds."), code="too_soon")
    destination.tested_at = now
    destination.save(update_fields=["tested_at"])
    action = actions.DESTINATION_TESTED
    event = AuditEvent(
        kind=action.kind,
        action=TEST,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_user_id=actor.user_id,
        actor_name=actor.name,
        target_label=str(destination),
    )
    return company.code if company else "", event


@atomic()
def _record_test(destination: Destination, tested: Tested, *, actor: Actor) -> None:
    outcome = Outcome.SUCCESS if tested.ok else Outcome.FAILURE
    after = {"trouble": tested.trouble} if tested.trouble else None
    record(actions.DESTINATION_TESTED, actor=actor, target=destination, outcome=outcome, after=after)


def _locked(destination: Destination) -> Destination:
    return Destination.objects.select_for_update().get(id=destination.id)


def _let_go(destination: Destination) -> None:
    """Whoever delivers at this moment does so for the last time as things were: its confirmation counts no more."""
    destination.claim = destination.claimed_until = None
    destination.next_try_at = timezone.now()


def _fill(destination: Destination, wanted: Wanted) -> None:
    """Put checked values in. Raises ValidationError."""
    destination.name, destination.address = wanted.name.strip(), wanted.address.strip()
    destination.authorities = checked_authorities(wanted.authorities)
    destination.kinds = sorted(set(wanted.kinds))
    try:
        if destination.kind == DestinationKind.WEBHOOK:
            https_endpoint(destination.address, settings.FORWARDING_WEBHOOK_PORTS)
        else:
            syslog_endpoint(destination.address)
    except AddressRefused as error:
        raise ValidationError({"address": _address_hint(destination.kind)}, code="address") from error
    destination.clean_fields(exclude={field.name for field in Destination._meta.fields} - _ENTERED)
    if Destination.objects.filter(name=destination.name).exclude(id=destination.id).exists():
        raise ValidationError({"name": _("Another destination has this name.")}, code="unique")


def _address_hint(kind: str) -> str:
    if kind == DestinationKind.WEBHOOK:
        ports = ", ".join(map(str, settings.FORWARDING_WEBHOOK_PORTS))
        text = _("Write it like https://logs.example.com/path, without a user name. Allowed ports: %(ports)s.")
    else:
        ports = ", ".join(map(str, settings.FORWARDING_SYSLOG_PORTS))
        text = _("Write it like logs.example.com:6514. Allowed ports: %(ports)s.")
    return text % {"ports": ports}


def checked_authorities(pem: str) -> str:
    """The certificates and nothing else that may have come along with them, such as a key. Raises ValidationError."""
    if not pem.strip():
        return ""
    try:
        found = x509.load_pem_x509_certificates(pem.encode()) if len(pem) <= _LONGEST_BUNDLE else []
    except ValueError:
        found = []
    if not 1 <= len(found) <= _MOST_CERTIFICATES:
        text = _("These are no certificates. Paste them as PEM, from -----BEGIN CERTIFICATE----- on.")
        raise ValidationError({"authorities": text}, code="certificates")
    return "".join(certificate.public_bytes(Encoding.PEM).decode() for certificate in found)


def _settings(destination: Destination) -> dict[str, Any]:
    """What can be changed of it, by the names of the form."""
    return {name: getattr(destination, name) for name in ("kind", "name", "address", "kinds", "authorities")}


def _summary(destination: Destination) -> dict[str, Any]:
    """The settings as the audit log shows them: what stands behind a question mark may be a key."""
    address = urlsplit(destination.address)._replace(query="") if "://" in destination.address else None
    return _settings(destination) | {
        "address": address.geturl() if address else destination.address,
        "authorities": destination.authorities.count("BEGIN CERTIFICATE"),
    }
