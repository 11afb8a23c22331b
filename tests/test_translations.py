"""Japanese and English are complete (DESIGN section 12): every text of the product has a Japanese translation."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings

_CATALOGUE = Path("locale/ja/LC_MESSAGES/django.po")
_APPS = sorted(
    {path.parent.name for path in settings.BASE_DIR.glob("*/__init__.py")} - {"tests", "benchmarks"} | {"templates"}
)
# Not language: abbreviations that are the same in Japanese.
_NO_WORDS = {"UTC", "GB"}
_TEMPLATES = sorted(path for path in (settings.BASE_DIR / "templates").rglob("*") if path.suffix in {".html", ".txt"})
# Where a literal would be shown to people, in code and in the tags of templates.
_SHOWN_KEYWORDS = {"label", "help_text", "verbose_name", "verbose_name_plural", "empty_text", "empty_label", "caption"}
_SHOWN_CALLS = {"ValidationError", "messages.success", "messages.error", "messages.warning", "messages.info"}
_SHOWN_ATTRIBUTES = r"title|subtitle|label|hint|text|submit|unit|alt|placeholder|aria-label|data-text-[a-z-]+"


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="ja")


def _texts(catalogue: Catalog) -> dict[tuple[str, str], Message]:
    """The messages by context and text."""
    return {(message.context or "", _last(message.id)): message for message in catalogue if message.id}


@pytest.fixture(scope="module")
def kept() -> dict[tuple[str, str], Message]:
    """The Japanese catalogue as it is."""
    return _texts(_read(settings.BASE_DIR / _CATALOGUE))


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Message]:
    """The Japanese catalogue as `make messages` would leave it, made from a copy of the sources."""
    place = tmp_path_factory.mktemp("sources")
    for name in (*_APPS, "locale"):
        shutil.copytree(settings.BASE_DIR / name, place / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    command = [sys.executable, "-m", "django", "makemessages", "-l", "ja", "--no-obsolete"]
    subprocess.run(command, cwd=place, check=True, capture_output=True, env={"PATH": "/usr/bin:/bin"})
    return _texts(_read(place / _CATALOGUE))


@pytest.mark.system("xgettext")
def test_catalogue_is_in_step_with_the_sources(
    kept: dict[tuple[str, str], Message], collected: dict[tuple[str, str], Message]
) -> None:
    """No text is missing from the catalogue that is kept, and none is left over: otherwise run `make messages`."""
    assert set(kept) == set(collected)


@pytest.mark.system("xgettext")
def test_every_text_is_translated(collected: dict[tuple[str, str], Message]) -> None:
    """No text is empty or only guessed in Japanese."""
    incomplete = [key for key, message in collected.items() if message.fuzzy or not _is_whole(message)]
    assert incomplete == []


def test_placeholders_survive_translation(kept: dict[tuple[str, str], Message]) -> None:
    """A translation names the same placeholders as its text; one that does not would fail when it is shown."""
    broken = [
        key for key, message in kept.items() if _placeholders(_last(message.id)) != _placeholders(_last(message.string))
    ]
    assert broken == []


def test_source_texts_are_english(kept: dict[tuple[str, str], Message]) -> None:
    """The texts in the code are the English edition, so none of them is Japanese."""
    japanese = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
    assert [text for _context, text in kept if japanese.search(text)] == []


def test_japanese_is_set_in_one_way(kept: dict[tuple[str, str], Message]) -> None:
    """Full-width marks in Japanese, and no blank between it and Latin letters, digits or placeholders."""
    japanese = r"[\u3040-\u30ff\u4e00-\u9fff]"
    loose = re.compile(rf"{japanese} [A-Za-z0-9%]|[a-z0-9)] {japanese}{{2}}|{japanese}[,.!?:;()]|[,:;!?] ?{japanese}")
    assert [text for message in kept.values() if loose.search(text := _last(message.string))] == []


@pytest.mark.parametrize("path", _TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_templates_have_no_text_of_their_own(path: Path) -> None:
    """Words stand in `translate` and `blocktranslate`, and in `_("…")` where they are attributes."""
    text = path.read_text()
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", text, flags=re.DOTALL)
    text = re.sub(r"{% block (layout|body_attributes) %}.*?{% endblock \1 %}", "", text)
    text = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", "", text, flags=re.DOTALL)
    attributes = re.findall(rf'\b(?:{_SHOWN_ATTRIBUTES})="([^"{{]*)', text)
    text = re.sub(r"{[%{].*?[%}]}", "", text, flags=re.DOTALL)
    text = re.sub(r"<(script|style|code)\b.*?</\1>|<[^>]*>", "", text, flags=re.DOTALL)
    words = {word for part in (text, *attributes) for word in re.findall(r"[A-Za-z]{2,}", part)}
    assert words - _NO_WORDS == set()


@pytest.mark.parametrize("app", [name for name in _APPS if name != "templates"])
def test_code_shows_no_unmarked_text(app: str) -> None:
    """A literal that people would see on a page goes through gettext. Commands may speak English."""
    paths = (
        path for path in (settings.BASE_DIR / app).rglob("*.py") if not {"management", "migrations"} & set(path.parts)
    )
    unmarked = [f"{path.name}:{line}" for path in paths for line in _unmarked_literals(ast.parse(path.read_text()))]
    assert unmarked == []


def _unmarked_literals(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        shown = [keyword.value for keyword in node.keywords if keyword.arg in _SHOWN_KEYWORDS]
        shown += node.args[:2] if ast.unparse(node.func) in _SHOWN_CALLS else []
        for value in shown:
            if isinstance(value, ast.JoinedStr) or (
                isinstance(value, ast.Constant) and re.search(r"[A-Za-z]{2}", str(value.value or ""))
            ):
                yield node.lineno


def _is_whole(message: Message) -> bool:
    parts = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(parts)


def _last(text: str | tuple[str, ...] | list[str] | None) -> str:
    """The plural form, which names every placeholder; Japanese has no other."""
    return text[-1] if isinstance(text, tuple | list) else text or ""


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|%[sd]|\{\w*\}", text))
