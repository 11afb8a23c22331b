"""Sending files the way a browser does."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpResponseBase
from django.middleware.csrf import _get_new_csrf_string  # what the cookie holds
from django.test import Client
from django.urls import reverse

from tests.factories.people import Person

BOUNDARY = "----a-boundary-that-no-file-has"
TOKEN = _get_new_csrf_string()
DROPZONE = {"accept": "application/json"}


@dataclass(frozen=True)
class Part:
    """One part of a form: a field, or with `filename` a file."""

    name: str
    content: bytes
    filename: str | None = None
    content_type: str = "text/html"  # a lie in most tests, and nobody should believe it

    def encoded(self) -> bytes:
        """As it goes over the wire."""
        head = f'Content-Disposition: form-data; name="{self.name}"'
        if self.filename is not None:
            head += f'; filename="{self.filename}"\r\nContent-Type: {self.content_type}'
        return f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + self.content + b"\r\n"


def field(name: str, value: str) -> Part:
    """A field of a form."""
    return Part(name, value.encode())


def file(filename: str, content: bytes = b"content", name: str = "files") -> Part:
    """A file of a form."""
    return Part(name, content, filename)


def body_of(*parts: Part) -> bytes:
    """The body of the request."""
    return b"".join(part.encoded() for part in parts) + f"--{BOUNDARY}--\r\n".encode()


def browser_of(person: Person) -> Client:
    """A browser of theirs that has seen a page, and a server that insists on the token."""
    client = person.client()
    client.handler.enforce_csrf_checks = True
    client.cookies[settings.CSRF_COOKIE_NAME] = TOKEN
    return client


def url_of(folder_id: UUID | None = None) -> str:
    """Where files are sent to."""
    return reverse("documents:upload", args=[folder_id] if folder_id else [])


def send_body(client: Client, url: str, body: bytes, **extra: Any) -> HttpResponseBase:
    """Send a body that is made by hand."""
    content_type = f"multipart/form-data; boundary={BOUNDARY}"
    return client.generic("POST", url, body, content_type, **extra)


def drop(person: Person, path: str, content: bytes = b"content", folder_id: UUID | None = None) -> tuple[int, Any]:
    """Send one file as the drop zone does: its path in a field, the token in a header; the answer is JSON."""
    name = path.rpartition("/")[2]
    body = body_of(field("paths", path), file(name, content))
    answer = send_body(browser_of(person), url_of(folder_id), body, headers={**DROPZONE, "x-csrftoken": TOKEN})
    return answer.status_code, json.loads(answer.getvalue())


def submit(person: Person, *files: Part, folder_id: UUID | None = None) -> HttpResponseBase:
    """Send the plain form: the token in a field that stands before the files."""
    body = body_of(field("csrfmiddlewaretoken", TOKEN), *files)
    return send_body(browser_of(person), url_of(folder_id), body)


def said(answer: HttpResponseBase) -> str:
    """What the next page tells the person."""
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))  # type: ignore[attr-defined]
