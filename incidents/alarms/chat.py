"""Posting into a chat: JSON with one text, as Slack and those that are like it take it."""

import json
from uuid import UUID

from django.conf import settings

from auditlog.forwarding.delivering import told
from auditlog.forwarding.trouble import DeliveryFailed, Trouble
from auditlog.forwarding.webhook import post
from config.outbound import AddressRefused, https_endpoint, tls_channel
from incidents.alarms.models import ADDRESS_PURPOSE, AlarmChannel
from tenants.isolation.directory import provider_company
from vault.errors import VaultError
from vault.keys import key_store


def post_text(channel: AlarmChannel, text: str) -> str:
    """Post a text; what the server answered. Raises DeliveryFailed. Call it with no transaction open: it takes time."""
    try:
        endpoint = https_endpoint(address_of(channel), settings.ALARM_WEBHOOK_PORTS)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"{settings.PRODUCT_NAME}-Alarms/1",
            "Connection": "close",
        }
        with tls_channel(
            endpoint,
            allowed=settings.ALARM_ALLOWED_NETWORKS,
            authorities=channel.authorities,
            seconds=settings.ALARM_SECONDS,
        ) as wire:
            return post(wire, endpoint, json.dumps({"text": text}, ensure_ascii=False).encode(), headers)
    except (AddressRefused, OSError) as error:
        raise DeliveryFailed(*told(error)) from error


def seal_address(channel: AlarmChannel, address: str) -> None:
    """Put the address into the channel, sealed by the provider's keys."""
    purpose = ADDRESS_PURPOSE.format(row=channel)
    channel.address_sealed = key_store().seal_secret(_provider(), purpose, address.encode())


def address_of(channel: AlarmChannel) -> str:
    """The address in clear. Raises DeliveryFailed when it cannot be opened."""
    try:
        purpose = ADDRESS_PURPOSE.format(row=channel)
        return key_store().open_secret(_provider(), purpose, bytes(channel.address_sealed)).decode()
    except VaultError as error:
        raise DeliveryFailed(Trouble.ADDRESS) from error


def _provider() -> UUID:
    company = provider_company()
    if company is None:
        raise RuntimeError("There is no provider yet, whose keys would seal the address.")
    return company.tenant_id
