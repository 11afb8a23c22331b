"""Clients of AWS and of servers that speak like it."""

from typing import Any

from django.conf import settings


def client(
    service: str,
    *,
    endpoint: str = "",
    region: str = "",
    credentials: tuple[str, str] | None = None,
    anonymous: bool = False,
) -> Any:
    """A boto3 client with time limits (5 s to connect, 60 s of silence) and four attempts in all.

    An answer of 500, 502, 503 or 504, a refusal for haste and a broken connection are tried again, with a pause that
    doubles and is at most 20 s; so a request has failed after some four minutes at the longest, and is then
    StoreUnavailable. Without `credentials` (key id and secret) they come from `S3_ACCESS_KEY_ID` and
    `S3_SECRET_ACCESS_KEY` when they are set (so that they may stand in files), else from where boto3 looks by itself:
    environment, profile, the machine's role. An `anonymous` one signs nothing, as a stranger would not.
    """
    # Where everything lies in directories, no command waits for these to load.
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config

    config = Config(
        signature_version=UNSIGNED if anonymous else None,
        connect_timeout=5,
        read_timeout=60,
        retries={"mode": "standard", "total_max_attempts": 4},
        max_pool_connections=20,
        # We send SHA-256 ourselves, and the contents are authenticated: a second checksum would only cost.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        # Virtual hosts need wildcard DNS, which a server of one's own rarely has.
        s3={"addressing_style": "path" if endpoint else "auto"},
    )
    key, secret = credentials or (
        getattr(settings, "S3_ACCESS_KEY_ID", ""),
        getattr(settings, "S3_SECRET_ACCESS_KEY", ""),
    )
    # A session of its own: the default one is not safe to use from several threads.
    return boto3.session.Session().client(
        service,  # type: ignore[call-overload]  # the stubs know literal names only
        endpoint_url=endpoint or None,
        region_name=region or None,
        aws_access_key_id=key or None,
        aws_secret_access_key=secret or None,
        config=config,
    )
