"""Japanese and English are complete (DESIGN section 12): every text of the product has a Japanese translation."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings

_APPS = ("accounts", "auditlog", "backups", "config", "documents", "templates", "tenants", "vault")
_CATALOGUE = Path("locale/ja/LC_MESSAGES/django.po")


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="ja")


def _texts(catalogue: Catalog) -> dict[str, Message]:
    return {str(message.id): message for message in catalogue if message.id}


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The Japanese catalogue as `make messages` would leave it, made from a copy of the sources."""
    place = tmp_path_factory.mktemp("sources")
    for name in (*_APPS, "locale"):
        shutil.copytree(settings.BASE_DIR / name, place / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    command = [sys.executable, "-m", "django", "makemessages", "-l", "ja", "--no-obsolete"]
    subprocess.run(command, cwd=place, check=True, capture_output=True, env={"PATH": "/usr/bin:/bin"})
    return _read(place / _CATALOGUE)


@pytest.mark.system("xgettext")
def test_catalogue_is_in_step_with_the_sources(collected: Catalog) -> None:
    """No text is missing from the catalogue that is kept, and none is left over: otherwise run `make messages`."""
    assert set(_texts(_read(settings.BASE_DIR / _CATALOGUE))) == set(_texts(collected))


@pytest.mark.system("xgettext")
def test_every_text_is_translated(collected: Catalog) -> None:
    """No text is empty or only guessed in Japanese."""
    incomplete = [key for key, message in _texts(collected).items() if message.fuzzy or not _is_whole(message)]
    assert incomplete == []


def test_placeholders_survive_translation() -> None:
    """A translation names the same placeholders as its text; one that does not would fail when it is shown."""
    broken = [
        key
        for key, message in _texts(_read(settings.BASE_DIR / _CATALOGUE)).items()
        if _placeholders(_last(message.id)) != _placeholders(_last(message.string))
    ]
    assert broken == []


def test_source_texts_are_english() -> None:
    """The texts in the code are the English edition, so none of them is Japanese."""
    japanese = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
    texts = _texts(_read(settings.BASE_DIR / _CATALOGUE))
    assert [key for key in texts if japanese.search(key)] == []


def _is_whole(message: Message) -> bool:
    parts = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(parts)


def _last(text: str | tuple[str, ...] | list[str]) -> str:
    """The plural form, which names every placeholder; Japanese has no other."""
    return text if isinstance(text, str) else text[-1]


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s|%s|\{\w*\}", text))
