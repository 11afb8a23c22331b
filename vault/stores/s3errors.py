"""What a bucket answers, by the names that the vault has for it."""

import contextlib
from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from vault.errors import ObjectExists, ObjectMissing, StoreUnavailable

MISSING = {"NoSuchKey", "NoSuchUpload", "NotFound", "404"}
EXISTS = {"PreconditionFailed", "412", "ConditionalRequestConflict", "409"}
REFUSED = {"AccessDenied", "403", "MethodNotAllowed", "InvalidRequest", "ObjectLocked"}


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextlib.contextmanager
def failures(name: str) -> Iterator[None]:
    """Errors of boto3 by their names in the vault."""
    try:
        yield
    except ClientError as error:
        code = code_of(error)
        if code in MISSING:
            raise ObjectMissing(name) from error
        if code in EXISTS:
            raise ObjectExists(name) from error
        raise StoreUnavailable(name, str(error)) from error
    except (BotoCoreError, HTTPError, OSError) as error:
        raise StoreUnavailable(name, str(error)) from error
