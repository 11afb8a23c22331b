"""Which names are names of secrets: `newPassword`, `X-Api-Key`, `パスワード`, but not `password_changed_at`."""

import re
import unicodedata
from functools import lru_cache

_LONGEST = 200  # characters at the end of a name that are looked at
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[^\W_A-Za-z\d]+")

_SECRET = frozenset(
    {
        *("password", "passwd", "passphrase", "passcode", "pwd", "pin", "otp", "cvv", "cvc"),
        *("secret", "token", "jwt", "bearer", "cookie", "authorization", "credential", "seed", "keyset", "sessionid"),
    }
)
# Also at the end of a longer word that nobody divided: `clientsecret`, `csrfmiddlewaretoken`.
_ENDINGS = (
    *("password", "passwd", "passphrase", "secret", "token", "cookie", "credential", "passwordhash", "tokenhash"),
    *("apikey", "privatekey", "secretkey", "accesskey", "signingkey", "encryptionkey", "sessionkey"),
)
# Harmless words that are secrets next to one another.
_PAIRS = {
    "key": frozenset(
        {
            *("api", "private", "secret", "access", "signing", "encryption", "data", "root", "master", "session"),
            *("shared", "account", "wrapping"),
        }
    ),
    "code": frozenset({"recovery", "backup", "verification", "auth", "authentication", "confirmation", "time"}),
    "link": frozenset({"reset", "invitation", "magic"}),
    "pass": frozenset({"", "db", "database", "mail", "smtp", "user"}),  # "": as the first word
    "word": frozenset({"pass"}),
    "phrase": frozenset({"pass"}),
}

# What is said about a secret and is none: `token_count`, `password_expires_at`, `has_password`, `min_password_length`.
_ABOUT = frozenset(
    {
        *("count", "number", "total", "amount", "length", "size", "strength", "min", "max", "minimum", "maximum"),
        *("at", "on", "by", "date", "time", "age", "days", "hours", "minutes", "seconds", "ttl", "expiry", "expires"),
        *("valid", "validity", "lifetime", "history", "generations", "reuse", "rotation", "policy", "rules", "rule"),
        *("changed", "created", "updated", "used", "sent", "revoked", "rotated", "expired", "set", "reset", "enabled"),
        *("required", "forced", "allowed", "state", "status", "kind", "type", "name", "id", "label", "method"),
        *("failures", "attempts", "limit", "url", "path", "domain", "samesite", "secure", "httponly", "scheme"),
    }
)
_ASKING = frozenset({"has", "is", "are", "needs", "need", "must", "may", "can", "requires", "require", "min", "max"})
_ASKING |= frozenset({"allow", "allows", "uses", "use", "minimum", "maximum", "count", "number", "enforce"})

_JAPANESE = re.compile(
    "パスワード|パスフレーズ|暗証番号|合言葉|トークン|シークレット|クッキー|秘密鍵|秘密情報|資格情報|アクセスキー|共通鍵|暗号鍵"
    "|(?:認証|確認|リカバリー?|復旧|バックアップ|回復)コード"
)
_JAPANESE_ABOUT = re.compile(
    "(?:日時|日付|日数|日|時刻|件数|回数|文字数|桁数|世代数|世代|数|長さ|期限|期間|有無|状態|種別|種類|履歴|ポリシー|要否|必須|上限|下限)$"
)


def is_secret(name: str) -> bool:
    """Whether what stands under this name has to be masked. Where a name says too little, it does."""
    return _is_secret(name[-_LONGEST:])


@lru_cache(maxsize=4096)
def _is_secret(name: str) -> bool:
    text = unicodedata.normalize("NFKC", name)
    if _JAPANESE.search(text) and not _JAPANESE_ABOUT.search(text):
        return True
    words = [_singular(word) for word in _WORD.findall(text)]
    last = max((place for place, word in enumerate(words) if _is_meant(words, place, word)), default=None)
    return last is not None and not (_ABOUT.intersection(words[last + 1 :]) or _ASKING.intersection(words[:last]))


def _is_meant(words: list[str], place: int, word: str) -> bool:
    before = words[place - 1] if place else ""
    return word in _SECRET or word.endswith(_ENDINGS) or before in _PAIRS.get(word, ())


def _singular(word: str) -> str:
    lowered = word.lower()
    one = lowered.removesuffix("s")
    return one if one in _SECRET or one in _PAIRS or one.endswith(_ENDINGS) else lowered
