"""The yardstick itself: known answers get the points that the published rules give them (P1)."""

import pytest

from tests.web.observatory import Answer, score

GOOD = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; script-src 'nonce-abc'; frame-ancestors 'none'; form-action 'self'",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Set-Cookie": "__Host-sess=1; Secure; HttpOnly; SameSite=Lax; Path=/",
}
ALL = 100 + 10 + 5 + 5 + 10 + 10 + 5


def _with(**changes: str) -> Answer:
    headers = GOOD | {name.replace("_", "-"): value for name, value in changes.items()}
    return Answer(200, tuple((name, value) for name, value in headers.items() if value))


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        (_with(), ALL),
        (Answer(200, ()), 100 - 25 - 20 - 5 - 20),
        (_with(Content_Security_Policy=""), 100 - 25 - 20),  # it forbids frames as well
        (_with(Content_Security_Policy="default-src 'self'; frame-ancestors 'none'"), ALL - 5),
        (_with(Content_Security_Policy="script-src 'self' 'unsafe-inline'; frame-ancestors 'none'"), 80),
        (_with(Content_Security_Policy="default-src 'none'; default-src 'none'; frame-ancestors 'none'"), 55),
        (_with(Content_Security_Policy="default-src 'none'"), 80),
        (_with(Strict_Transport_Security=""), 80),
        (_with(Strict_Transport_Security="max-age=100"), ALL - 10),
        (_with(Referrer_Policy="unsafe-url"), ALL - 10),
        (_with(X_Content_Type_Options=""), ALL - 5),
        (_with(Set_Cookie="__Host-sess=1; Secure; SameSite=Lax"), 70),
        (_with(Set_Cookie="sess=1; HttpOnly; SameSite=Lax"), ALL - 5 - 10),
        (_with(Set_Cookie="csrf=1; Secure; HttpOnly"), 80),
        (_with(Set_Cookie="other=1; Secure; HttpOnly"), ALL - 5),
        (_with(Access_Control_Allow_Credentials="true"), 50),
    ],
)
def test_points(answer: Answer, points: int) -> None:
    """P1: rewards count from ninety points on only, as the Observatory does it."""
    assert score(answer) == points


@pytest.mark.parametrize(
    ("tag", "points"),
    [
        ('<script src="/a.js"></script>', ALL),
        ('<script src="/a.js" integrity="sha384-x"></script>', ALL + 5),
        ('<script src="https://evil.example/a.js"></script>', ALL - 5),
        ('<script src="//evil.example/a.js"></script>', 50),
    ],
)
def test_scripts(tag: str, points: int) -> None:
    """P1: where scripts come from."""
    assert score(Answer(200, _with().headers, tag.encode())) == points
