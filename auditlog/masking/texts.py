"""Secrets within a text, known by their looks or by the name in front of them (G7)."""

import re

from auditlog.masking.keys import is_secret

MASK = "********"
_SHORTEST_FORM = 14  # characters: a scheme and what follows it

_PEM_KIND = r"[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
_PRIVATE_KEY = re.compile(rf"-----BEGIN {_PEM_KIND}.*?(?:-----END {_PEM_KIND}|\Z)", re.DOTALL)
# `<tenant id>.<random>`, the spelling of tenants.isolation.secrets, such as in the address of an invitation.
_BEARER_SECRET = re.compile(r"(?<![0-9a-f])([0-9a-f]{32})(?:\.|%2E)[\w-]{20,}", re.IGNORECASE | re.ASCII)
_JWT = re.compile(r"\beyJ[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*)*", re.ASCII)
# The spelling of accounts.factors.recovery.
_RECOVERY_CODE = re.compile(r"\b(?=[\d-]*[a-z])(?:[0-9a-hjkmnp-tv-z]{4}-){5}[0-9a-hjkmnp-tv-z]{4}\b", re.ASCII)
# What follows the scheme of a header, unless it looks like a word of a sentence.
_SCHEME = re.compile(
    r"\b((?i:bearer)\s+)(?=\S*\d)[\w.~+/=-]{8,}"
    r"|\b((?i:basic|negotiate)\s+)(?=\S*[a-z])(?=\S*[A-Z])[A-Za-z0-9+/]{8,}={0,2}",
    re.ASCII,
)
_PASSWORD_IN_ADDRESS = re.compile(r"(\w://[^\s/:@]{0,200}:)[^\s/@]+(?=@)")
_QUERY = re.compile(r"([?&])([\w.%\[\]-]{1,200})=([^\s&#\"'<>]+)")
_COOKIES = re.compile(r"\b((?:set-)?cookie2?\s*:\s*)(?=[^\s=]+=)[^\r\n]+", re.IGNORECASE)
# PostgreSQL tells which row it refused, with all of its columns.
_REFUSED_ROW = re.compile(r"(DETAIL:\s+Failing row contains )\(.*?(?:\)\.(?=\s*\n|\s*\Z)|\Z)", re.DOTALL)

# `"secret": `, `{'パスワード': `, `token=`, and what may stand behind it: quoted, in brackets, up to the end of the
# sentence after a space, up to the next space otherwise. A name has three letters: times and numbers are none.
_NAME = re.compile(r"(?<![\w.%-])(?=[\w.%-]*?[^\W\d_]{3})([\w.%-]++)\\?[\"']?\]?\s{0,3}[=:：](\s{0,3})")
_VALUE = re.compile(
    r"b?(\\?[\"'])(?:(?!\1)(?:\\.|.))*+(?:\1|\Z)|\[[^\]]*+\]?|\{[^}]*+\}?|\([^)]*+\)?|[^\s&,;\"'<>]+", re.DOTALL
)
_SENTENCE = re.compile(r"[^&,;\"'<>\r\n]+")


def masked_forms(text: str) -> str:
    """The text with what looks like a secret masked: for names and addresses, where `password: x` may be a title."""
    if len(text) >= _SHORTEST_FORM:
        if "." in text or "%" in text:
            text = _BEARER_SECRET.sub(rf"\1.{MASK}", text)
        if "eyJ" in text:
            text = _JWT.sub(MASK, text)
        if text.count("-") >= 5:
            text = _PRIVATE_KEY.sub(MASK, text)
            text = _RECOVERY_CODE.sub(MASK, text)
        if " " in text:
            text = _SCHEME.sub(lambda match: f"{match[1] or match[2]}{MASK}", text)
    if "=" in text:
        text = _QUERY.sub(lambda match: f"{match[1]}{match[2]}={MASK}" if is_secret(match[2]) else match[0], text)
    if "://" in text:
        text = _PASSWORD_IN_ADDRESS.sub(rf"\1{MASK}", text)
    return text


def masked_text(text: str) -> str:
    """The text with the secrets in it masked, also those that only the name in front of them tells."""
    text = masked_forms(text)
    if ":" in text or "=" in text or "：" in text:
        if "ookie" in text or "OOKIE" in text:
            text = _COOKIES.sub(rf"\1{MASK}", text)
        if "Failing row" in text:
            text = _REFUSED_ROW.sub(rf"\1({MASK}).", text)
        text = _without_named(text)
    return text


def _without_named(text: str) -> str:
    parts, done = [], 0
    for name in _NAME.finditer(text):
        if name.start() < done or not is_secret(name[1]):
            continue
        found = _VALUE.match(text, name.end())
        if found is None:
            continue
        quote = found[1] or ""
        end = found.end()
        if name[2] and not quote and (sentence := _SENTENCE.match(text, name.end())):
            end = max(end, sentence.end())
        parts += [text[done : name.end()], quote, MASK, quote]
        done = end
    return "".join([*parts, text[done:]])
