"""What may be wrong with an answer, whoever asked for what."""

from collections.abc import Iterator
from html.parser import HTMLParser

from tests.web.observatory import Answer, policy_of, score
from tests.web.site import ORIGIN

ENOUGH = 100
_YEAR = 31_536_000
_LEADS = {"action", "background", "cite", "data", "formaction", "href", "ping", "poster", "src", "srcset"}
_TO_AN_APP = "otpauth://"  # opens the authenticator on the same device, and no site
_ONCE = (
    *("Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "Referrer-Policy"),
    *("X-Frame-Options", "Permissions-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"),
    "Cross-Origin-Embedder-Policy",
)
# The answer of an identity provider comes by POST from another site; nothing else does.
_FROM_ANOTHER_SITE = "__Host-sekisho-sso"


def flaws(answer: Answer) -> list[str]:
    """Everything that is wrong, in words."""
    return [*_headers(answer), *_policy(answer), *_cookies(answer), *(_page(answer) if answer.is_page else ())]


def _headers(answer: Answer) -> Iterator[str]:
    if (points := score(answer)) < ENOUGH:
        yield f"{points} points"
    yield from (f"{name}: {answer.all(name)}" for name in _ONCE if len(answer.all(name)) != 1)
    transport = answer.get("Strict-Transport-Security").lower()
    age = transport.partition("max-age=")[2].partition(";")[0]
    if not age.isdigit() or int(age) < _YEAR or "includesubdomains" not in transport:
        yield f"HSTS is {transport!r}"
    yield from (f"{name} is open" for name, _ in answer.headers if name.lower().startswith("access-control-"))
    if answer.get("Cross-Origin-Resource-Policy") != "same-origin":
        yield "others may embed it"
    if answer.get("Location") and not answer.get("Location").startswith(("/", ORIGIN)):
        yield f"leads to {answer.get('Location')}"


def _policy(answer: Answer) -> Iterator[str]:
    policy = policy_of(answer)
    for name in ("default-src", "frame-ancestors", "base-uri"):
        if policy.get(name) != {"'none'"}:
            yield f"{name} is {policy.get(name)}"
    if policy.get("object-src", policy.get("default-src")) != {"'none'"}:
        yield "objects are allowed"
    if not policy.get("form-action", {"*"}) <= {"'self'", "'none'"}:
        yield "forms lead anywhere"
    scripts = policy.get("script-src", {"'none'"})
    if any(not source.startswith("'nonce-") and source != "'none'" for source in scripts):
        yield f"scripts from {scripts}"
    if any(source.startswith("'unsafe") for sources in policy.values() for source in sources):
        yield "something is unsafe"


def _cookies(answer: Answer) -> Iterator[str]:
    for line in answer.all("Set-Cookie"):
        name, *rest = (part.strip() for part in line.split(";"))
        name, told = name.partition("=")[0], {part.lower() for part in rest}
        if not name.startswith("__Host-") or any(part.startswith("domain") for part in told):
            yield f"{name} could be set by a neighbour"
        site = "samesite=none" if name == _FROM_ANOTHER_SITE else "samesite=lax"
        needed = {"secure", "path=/", site} | ({"httponly"} if "max-age=0" not in told else set())
        missing = needed - told
        if missing:
            yield f"{name} lacks {missing}"


def _page(answer: Answer) -> Iterator[str]:
    nonce = answer.get("Content-Security-Policy").partition("'nonce-")[2].partition("'")[0]
    for tag, attributes in _Tags(answer.body.decode()).found:
        if tag == "script" and attributes.get("type") != "application/json" and attributes.get("nonce") != nonce:
            yield "a script without the nonce"
        yield from (
            f"{tag} leads to {value}"
            for name, value in attributes.items()
            if name in _LEADS and "//" in value.partition("?")[0] and not value.startswith((f"{ORIGIN}/", _TO_AN_APP))
        )
        yield from (f"{tag} has {name}" for name in attributes if name.startswith("on") or name == "style")
        if tag in {"base", "embed", "iframe", "object", "style"}:
            yield f"there is a {tag}"


class _Tags(HTMLParser):
    """Every opening tag with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.found.append((tag, {name: value or "" for name, value in attrs}))
