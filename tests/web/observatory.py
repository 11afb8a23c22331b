"""What the MDN HTTP Observatory would say of an answer: its published rules and points (version 1.6 of the scanner).

A hundred points to begin with; what is missing costs some, and from ninety on what is better than usual earns some.
https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie

_ENOUGH_FOR_EXTRA = 90
_SIX_MONTHS = 15_552_000
_BROAD = {"ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"}
_INLINE = {"'unsafe-inline'", "data:"}
_HASHED = ("'sha256-", "'sha384-", "'sha512-", "'nonce-")
_PRIVATE_REFERRERS = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
_ISOLATED = {
    "Cross-Origin-Resource-Policy": ({"same-origin", "same-site"}, {"cross-origin"}),
    "Cross-Origin-Opener-Policy": (
        {"same-origin", "same-origin-allow-popups", "noopener-allow-popups"},
        {"unsafe-none"},
    ),
    "Cross-Origin-Embedder-Policy": ({"require-corp", "credentialless"}, {"unsafe-none"}),
}


@dataclass(frozen=True)
class Answer:
    """What came over HTTPS: headers as they came, one each time they came."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for header, value in self.headers if header.lower() == name.lower()]

    def get(self, name: str) -> str:
        """The header, whose values are one list."""
        return ", ".join(self.all(name))

    @property
    def is_page(self) -> bool:
        """Whether it is HTML."""
        return self.get("Content-Type").startswith("text/html")


def score(answer: Answer) -> int:
    """The points; 100 and more is an A+."""
    points = list(_points(answer))
    base = 100 + sum(point for point in points if point < 0)
    return max(0, base + sum(point for point in points if point > 0) if base >= _ENOUGH_FOR_EXTRA else base)


def policy_of(answer: Answer) -> dict[str, set[str]]:
    """The content security policy by directive; empty where there is none or one directive comes twice."""
    found: dict[str, set[str]] = {}
    for part in answer.get("Content-Security-Policy").split(";"):
        name, *sources = part.strip().lower().split() or [""]
        if name in found:
            return {}
        if name:
            found[name] = set(sources) or {"'none'"}
    return found


def _points(answer: Answer) -> Iterator[int]:
    yield _content_policy(answer)
    yield _cookies(answer)
    yield -50 if answer.get("Access-Control-Allow-Credentials") == "true" else 0
    yield _referrer(answer.get("Referrer-Policy"))
    yield _transport(answer.get("Strict-Transport-Security"))
    yield _scripts(answer) if answer.is_page else 0
    yield 0 if answer.get("X-Content-Type-Options").lower() == "nosniff" else -5
    yield _frames(answer)
    for name, (good, neutral) in _ISOLATED.items():
        value = answer.get(name).lower()
        yield 10 if value in good else 0 if value in neutral | {""} else -5


def _content_policy(answer: Answer) -> int:
    policy = policy_of(answer)
    if not policy:
        return -25
    anything = policy.get("default-src", {"*"})
    script, style = policy.get("script-src", anything), policy.get("style-src", anything)
    script, style = (
        sources - {"'unsafe-inline'"} if any(source.startswith(_HASHED) for source in sources) else sources
        for sources in (script, style)
    )
    insecure = [
        name for name, sources in policy.items() if any(source.startswith(("http:", "ftp:")) for source in sources)
    ]
    rules = (
        (script & (_BROAD | _INLINE) or policy.get("object-src", anything) & _BROAD, -20),
        (set(insecure) - {"img-src", "media-src"}, -20),
        ("'unsafe-eval'" in script | style, -10),
        (insecure, -10),
        (style & (_BROAD | _INLINE), 0),
        (anything == {"'none'"}, 10),
    )
    return next((points for applies, points in rules if applies), 5)


def _cookies(answer: Answer) -> int:
    jar: SimpleCookie = SimpleCookie()
    for line in answer.all("Set-Cookie"):
        jar.load(line)
    if not jar:
        return 0
    protected = _transport(answer.get("Strict-Transport-Security")) == 0
    worst = 5 if all(cookie["samesite"] for cookie in jar.values()) else 0
    for name, cookie in jar.items():
        session = "login" in name.lower() or "sess" in name.lower()
        if cookie["samesite"].lower() not in {"", "lax", "strict", "none"} or (
            cookie["samesite"].lower() == "none" and not cookie["secure"]
        ):
            worst = min(worst, -20)
        if not cookie["secure"]:
            worst = min(worst, (-10 if protected else -40) if session else (-5 if protected else -20))
        if "csrf" in name.lower() and not cookie["samesite"]:
            worst = min(worst, -20)
        if session and not cookie["httponly"]:
            worst = min(worst, -30)
    return worst


def _referrer(value: str) -> int:
    if not value:
        return 0
    return 5 if value.rsplit(",", maxsplit=1)[-1].strip().lower() in _PRIVATE_REFERRERS else -5


def _transport(value: str) -> int:
    ages = [part.strip()[8:] for part in value.lower().split(";") if part.strip().startswith("max-age=")]
    if "," in value or len(ages) != 1 or not ages[0].isdigit():
        return -20
    return 0 if int(ages[0]) >= _SIX_MONTHS else -10


def _frames(answer: Answer) -> int:
    if "frame-ancestors" in policy_of(answer) or answer.get("X-Frame-Options").lower() in {"deny", "sameorigin"}:
        return 5
    return 0 if answer.get("X-Frame-Options").lower().startswith("allow-from") else -20


class _Scripts(HTMLParser):
    """The attributes of every script with an address."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep scripts only."""
        if tag == "script" and dict(attrs).get("src"):
            self.found.append(dict(attrs))


def _scripts(answer: Answer) -> int:
    scripts = _Scripts(answer.body.decode()).found
    foreign = [script for script in scripts if str(script["src"]).startswith(("http:", "https:", "//"))]
    if any(not str(script["src"]).startswith("https:") for script in foreign):
        return -50
    if any(not script.get("integrity") for script in foreign):
        return -5
    return 5 if any(script.get("integrity") for script in scripts) else 0
