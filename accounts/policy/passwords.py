"""What a new password has to be: every complaint at once, cheap rules first (A2, A3; ASVS 6.2)."""

import re
import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.policy.breached import is_breached
from accounts.policy.models import PasswordHistory, SecurityPolicy
from accounts.policy.queries import current_policy
from tenants.isolation.context import require_tenant_id
from tenants.isolation.directory import current_company
from tenants.isolation.transactions import current_connection

MAX_LENGTH = 128
_PRUNE_ALL = """
DELETE FROM policy_passwordhistory WHERE tenant_id = %s AND id IN (
  SELECT id FROM (
    SELECT id, row_number() OVER (PARTITION BY user_id ORDER BY ended_at DESC, id DESC) AS age
    FROM policy_passwordhistory WHERE tenant_id = %s
  ) AS aged WHERE age > %s
)
"""
_SIMILAR = 0.7
# Shorter words occur by chance. A word of kana or kanji says more with fewer characters.
_SHORTEST_WORD, _SHORTEST_OTHER_WORD, _SHORTEST_USER_ID = 4, 2, 3


def check_new_password(password: str, user: User) -> None:
    """Raise ValidationError with every complaint under `password`. Nothing is trimmed or folded (ASVS 6.2.8)."""
    policy = current_policy()
    found = list(_complaints(password, user, policy))
    if not found and _came_before(password, user, policy):
        found = [_("This password was used before. Choose another one.")]
    if found:
        raise ValidationError({"password": found})


def requirements(policy: SecurityPolicy) -> list[str]:
    """The rules in words, for the pages where a password is chosen."""
    rules = [
        _("At least %(count)d characters, at most %(most)d. Blanks, kana and kanji are welcome.")
        % {"count": policy.min_length, "most": MAX_LENGTH},
        _("No common password, and neither your user ID nor a name of yours or of your company in it."),
    ]
    if policy.required_classes:
        rules.append(_kinds_rule(policy.required_classes))
    if policy.history_generations:
        rules.append(
            ngettext(
                "Not the same as your current password.",
                "Not one of your last %(count)d passwords.",
                policy.history_generations,
            )
            % {"count": policy.history_generations}
        )
    return rules


def keep_former(user: User, former: str) -> None:
    """Remember the hash of a password that ends now, if the policy forbids its return; forget those beyond it."""
    kept = current_policy().history_generations - 1  # the current password is the newest generation
    if kept > 0 and former:
        PasswordHistory.objects.create(user=user, password=former)
    prune(user, kept)


def prune(user: User, kept: int) -> None:
    """Forget all but the newest former passwords of the user."""
    newest = PasswordHistory.objects.filter(user=user).order_by("-ended_at", "-id")
    beyond = list(newest.values_list("id", flat=True)[max(kept, 0) :])
    if beyond:
        PasswordHistory.objects.filter(id__in=beyond).delete()


def prune_all(kept: int) -> None:
    """Forget all but the newest former passwords of every user of the tenant, in one statement."""
    with current_connection().cursor() as cursor:
        cursor.execute(_PRUNE_ALL, [require_tenant_id(), require_tenant_id(), max(kept, 0)])


def kinds_of_characters(password: str) -> int:
    """How many of five kinds occur: upper case, lower case, digits, symbols, and letters without case (kana, kanji)."""
    return len({_kind(char) for char in password})


def _kind(char: str) -> str:
    if char.isupper():
        return "upper"
    if char.islower():
        return "lower"
    if char.isdigit():
        return "digit"
    return "other" if char.isalpha() else "symbol"


def _complaints(password: str, user: User, policy: SecurityPolicy) -> Iterator[str]:
    if len(password) > MAX_LENGTH:
        yield _("This password is longer than %(most)d characters.") % {"most": MAX_LENGTH}
        return
    if len(password) < policy.min_length:
        yield ngettext(
            "This password is shorter than %(count)d character.",
            "This password is shorter than %(count)d characters.",
            policy.min_length,
        ) % {"count": policy.min_length}
    if kinds_of_characters(password) < policy.required_classes:
        yield _kinds_rule(policy.required_classes)
    if is_breached(password):
        yield _("This password is known from a leak.")
    elif _folded(password) in _common() or password.casefold().strip() in _common():
        yield _("This password is one of the most common ones.")
    word = _context_word(password, user)
    if word:
        yield _("This password contains “%(word)s”, which is easily guessed.") % {"word": word}
    elif _resembles(password, user.user_id):
        yield _("This password is too similar to your user ID.")


def _kinds_rule(count: int) -> str:
    return (
        ngettext(
            "Use at least %(count)d of these: capital letters, small letters, digits, symbols, kana or kanji.",
            "Use at least %(count)d of these: capital letters, small letters, digits, symbols, kana or kanji.",
            count,
        )
        % {"count": count}
    )  # fmt: skip


@cache
def _common() -> frozenset[str]:
    """The 20,000 most common passwords, which come with Django."""
    return frozenset(CommonPasswordValidator().passwords)


def _context_word(password: str, user: User) -> str:
    """The first word about the person, the company or the product that the password contains (ASVS 6.2.11)."""
    folded = _folded(password)
    return next((word for word in _context_words(user) if _folded(word) in folded), "")


def _context_words(user: User) -> Iterator[str]:
    if len(user.user_id) >= _SHORTEST_USER_ID:
        yield user.user_id
    company = current_company()
    texts = [settings.PRODUCT_NAME, user.name, user.email.partition("@")[0]]
    texts += [company.code, company.name] if company else []
    for text in texts:
        for word in (text, *re.split(r"[\W_]+", text)):
            if len(_folded(word)) >= (_SHORTEST_WORD if word.isascii() else _SHORTEST_OTHER_WORD):
                yield word


def _resembles(password: str, user_id: str) -> bool:
    """Whether the password is little more than the user ID, forwards or backwards."""
    folded = _folded(password)
    return any(SequenceMatcher(a=folded, b=text).quick_ratio() >= _SIMILAR for text in (user_id, user_id[::-1]))


def _folded(text: str) -> str:
    """For comparison only: width, case and blanks do not make a word another one."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _came_before(password: str, user: User, policy: SecurityPolicy) -> bool:
    """Whether it is one of the last generations. One hash each, so only for a password that is good otherwise."""
    if not policy.history_generations:
        return False
    kept = policy.history_generations - 1
    former = PasswordHistory.objects.filter(user=user).order_by("-ended_at", "-id").values_list("password", flat=True)
    return any(check_password(password, known) for known in [user.password, *former[:kept]])
