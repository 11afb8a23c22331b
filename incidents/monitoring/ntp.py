"""What a time server says of our clock (RFC 4330): one question, one answer of 48 bytes."""

import secrets
import socket
import struct
import time

_PACKET = struct.Struct("!BBbb3I4Q")
_EPOCH = 2_208_988_800  # seconds from 1900, where NTP begins to count, to 1970
_ASKING = 0b00_100_011  # no warning, version 4, a client
_SERVER, _NOT_IN_STEP, _FRACTION, _WORST_STRATUM = 4, 3, 2**32, 15


class NoTime(OSError):  # noqa: N818 - reads as the statement it is
    """The server did not answer, or not with a time."""


def clock_offset(server: str, *, port: int = 123, seconds: float = 3.0) -> float:
    """By how many seconds our clock is behind the server's; negative when it is ahead. Raises NoTime."""
    # A number that nobody can guess in place of our time, so that no stranger's packet passes for the answer.
    mark = secrets.randbits(64)
    question = _PACKET.pack(_ASKING, 0, 0, 0, 0, 0, 0, 0, 0, 0, mark)
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(server, port, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, protocol) as channel:
            channel.settimeout(seconds)
            channel.connect(address)
            asked = time.time()
            channel.send(question)
            answer = channel.recv(512)
            answered = time.time()
    except OSError as error:
        raise NoTime(str(error)) from error
    received, sent = _times(answer, mark)
    return ((received - asked) + (sent - answered)) / 2


def _times(answer: bytes, mark: int) -> tuple[float, float]:
    """When the server got the question and when it sent the answer, in seconds since 1970."""
    if len(answer) < _PACKET.size:
        raise NoTime("too short for an answer")
    first, stratum, *_rest, returned, received, sent = _PACKET.unpack(answer[: _PACKET.size])
    if first & 0b111 != _SERVER or first >> 6 == _NOT_IN_STEP or not 1 <= stratum <= _WORST_STRATUM:
        raise NoTime("the server is not in step itself")
    if returned != mark or not sent:
        raise NoTime("not the answer to this question")
    return _seconds(received), _seconds(sent)


def _seconds(stamp: int) -> float:
    whole = stamp >> 32
    # Numbers begin anew in February 2036: small ones are of the time after that (RFC 4330, section 3).
    era = 0 if whole & 0x8000_0000 else _FRACTION
    return whole + era - _EPOCH + (stamp & 0xFFFF_FFFF) / _FRACTION
