"""Looking at every row of a list of users before anything is stored: all problems of all rows (A8, T7)."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation
from django.utils.translation import get_language_info

from accounts.menus import BUILT_IN_ROLES
from accounts.models import Role, User, normalize_user_id
from accounts.people.columns import REQUIRED, folded
from accounts.people.csvfile import Row, UnreadableList, read_rows
from accounts.people.former import former_among
from accounts.people.problems import Problem

_LENGTHS = {"user_id": 64, "name": 100, "email": 254, "roles": 1000, "language": 40}
_FORMULA = ("=", "+", "-", "@")
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A row that is right."""

    line: int
    user_id: str
    name: str
    email: str
    roles: tuple[Role, ...]
    language: str


@dataclass(slots=True)
class Checked:
    """What a list holds and what is wrong with it."""

    row_count: int = 0
    people: list[NewPerson] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def check(content: bytes, *, room: int) -> Checked:
    """Look at the whole list; `room` is how many more users the plan allows. Two queries and one for the roles."""
    checked = Checked()
    try:
        rows = read_rows(content)
    except UnreadableList as error:
        checked.problems = error.problems
        return checked
    checked.row_count = len(rows)
    if len(rows) > room:
        checked.problems.append(Problem(0, "plan_full", str(max(room, 0))))
    desk = _Desk(rows)
    for row in rows:
        found = list(desk.problems_of(row))
        checked.problems += found
        if not found:
            checked.people.append(desk.person_of(row))
    return checked


class _Desk:
    """Knows the company's users, roles and languages, and which user IDs came before in the list."""

    def __init__(self, rows: list[Row]) -> None:
        self._taken = set(User.objects.values_list("user_id", flat=True))
        self._former = former_among({normalize_user_id(row.cells.get("user_id", "")) for row in rows})
        self._roles = _roles_by_name()
        self._languages = _languages_by_name()
        self._seen: set[str] = set()

    def problems_of(self, row: Row) -> Iterator[Problem]:
        """Everything that is wrong with the row."""
        if row.has_more:
            yield Problem(row.line, "too_many_cells")
        sound = set()
        for column, text in row.cells.items():
            code = _problem_of_text(column, text)
            if code:
                yield Problem(row.line, code, column)
            else:
                sound.add(column)
        for column in REQUIRED:
            if not row.cells.get(column, "").strip():
                sound.discard(column)
                yield Problem(row.line, "missing", column)
        if "user_id" in sound:
            yield from self._of_user_id(row)
        if "email" in sound and not _is_address(row.cells["email"].strip()):
            yield Problem(row.line, "email_format", row.cells["email"].strip()[:_SHOWN])
        yield from self._of_names(row)

    def _of_names(self, row: Row) -> Iterator[Problem]:
        """What is called by a name has to be there: roles, languages."""
        for name in _split(row.cells.get("roles", "")):
            if folded(name) not in self._roles:
                yield Problem(row.line, "role_unknown", name[:_SHOWN])
        language = row.cells.get("language", "").strip()
        if folded(language) not in self._languages:
            yield Problem(row.line, "language_unknown", language[:_SHOWN])

    def _of_user_id(self, row: Row) -> Iterator[Problem]:
        user_id = normalize_user_id(row.cells["user_id"])
        try:
            User._meta.get_field("user_id").run_validators(user_id)
        except ValidationError:
            yield Problem(row.line, "user_id_format", user_id[:_SHOWN])
            return
        if user_id in self._seen:
            yield Problem(row.line, "repeated", user_id)
        self._seen.add(user_id)
        if user_id in self._taken:
            yield Problem(row.line, "taken", user_id)
        if user_id in self._former:
            yield Problem(row.line, "former", user_id)

    def person_of(self, row: Row) -> NewPerson:
        """The person whom a row without problems describes."""
        roles = {role.id: role for role in (self._roles[folded(name)] for name in _split(row.cells.get("roles", "")))}
        return NewPerson(
            row.line,
            normalize_user_id(row.cells["user_id"]),
            row.cells["name"].strip(),
            row.cells["email"].strip(),
            tuple(roles.values()),
            self._languages[folded(row.cells.get("language", ""))],
        )


def _problem_of_text(column: str, text: str) -> str:
    """What is wrong with a text whatever it means; empty if nothing is."""
    if len(text) > _LENGTHS[column]:
        return "too_long"
    if any(unicodedata.category(char) in _INVISIBLE for char in text.strip()):
        return "control"
    # A user ID has a format of its own, which says more about what is wrong.
    return "formula" if column != "user_id" and text.strip().startswith(_FORMULA) else ""


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _split(text: str) -> list[str]:
    """The names in a cell; the full-width semicolon of Japanese input separates as well."""
    return [name.strip() for name in unicodedata.normalize("NFKC", text).split(";") if name.strip()]


def _roles_by_name() -> dict[str, Role]:
    """Every role by its names: its own, or the code and the names of a built-in one in all languages."""
    by_name = {}
    built_in = {role.code: role for role in BUILT_IN_ROLES}
    for role in Role.objects.order_by("-code"):
        names = {role.recorded_name}
        for language, _name in settings.LANGUAGES if role.code in built_in else ():
            with translation.override(language):
                names.add(str(built_in[role.code].name))
        by_name.update({folded(name): role for name in names if folded(name) not in by_name})
    return by_name


def _languages_by_name() -> dict[str, str]:
    """Every language on offer by its code and by its own and its English name; nothing for none."""
    names = {"": ""}
    for code, _name in settings.LANGUAGES:
        info = get_language_info(code)
        names |= dict.fromkeys((folded(name) for name in (code, info["name"], info["name_local"])), code)
    return names
