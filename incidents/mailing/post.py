"""The mail server: one connection for many mails, and what its answers mean."""

import smtplib
from contextlib import suppress
from types import TracebackType
from typing import Self

from django.core.mail import EmailMessage, get_connection

_CLOSING = 421  # RFC 5321: the server closes the connection, whatever it was asked


class ServerAwayError(Exception):
    """The server takes no mail from us now, whoever it is to."""


class RefusedError(Exception):
    """This one mail was not taken. `for_good`: nor will it be later."""

    def __init__(self, answer: str, *, for_good: bool) -> None:
        super().__init__(answer)
        self.for_good = for_good


class Post:
    """A connection that opens with the first mail, and anew when the server has closed it between two."""

    def __init__(self) -> None:
        self._connection = get_connection()
        self._used = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def send(self, message: EmailMessage) -> None:
        """Hand one mail over. Raises RefusedError and ServerAwayError."""
        try:
            self._send(message)
        except ServerAwayError:
            if not self._used:
                raise
            self._close()
            self._send(message)
        self._used = True

    def _send(self, message: EmailMessage) -> None:
        try:
            self._connection.open()
            self._connection.send_messages([message])
        except smtplib.SMTPRecipientsRefused as refusal:
            raise _meaning(*next(iter(refusal.recipients.values()))) from refusal
        except smtplib.SMTPDataError as refusal:
            raise _meaning(refusal.smtp_code, refusal.smtp_error) from refusal
        except (smtplib.SMTPNotSupportedError, ValueError) as error:
            raise RefusedError(_text(error), for_good=True) from error
        except OSError as error:  # SMTPException is one
            self._close()
            raise ServerAwayError(_text(error)) from error

    def _close(self) -> None:
        self._used = False
        with suppress(OSError):  # the server has gone already
            self._connection.close()


def _meaning(code: int, answer: bytes | str) -> RefusedError | ServerAwayError:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    if code == _CLOSING:
        return ServerAwayError(f"{code} {text}")
    return RefusedError(f"{code} {text}", for_good=code >= 500)


def _text(error: Exception) -> str:
    return str(error) or type(error).__name__
