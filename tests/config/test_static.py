"""What the browser gets: vendored files are what they claim to be, and pages keep to the strict content policy."""

import hashlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.storage import FileSystemStorage

from accounts.menus import MENUS
from config import elements, presentation, styleguide

STATIC = Path(settings.BASE_DIR) / "static"
VENDOR = STATIC / "vendor"
TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
LISTED = tomllib.loads((VENDOR / "VENDOR.toml").read_text())["file"]
OWN_JS_LINES = 1000
JS_FILE_LINES = 300

FORBIDDEN = {
    "inline style": re.compile(r"\sstyle\s*=|<style\b", re.IGNORECASE),
    "script without the tag that knows its nonce": re.compile(r"<script\b", re.IGNORECASE),
    "event handler": re.compile(r"""<[a-z][^>]*\s(?:on[a-z]+|hx-on[:\w-]*)\s*=\s*["']""", re.IGNORECASE),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
    "address of another site": re.compile(r"""(?:src|href|action|hx-\w+)\s*=\s*["'](?:https?:)?//""", re.IGNORECASE),
}


@pytest.mark.parametrize("entry", LISTED, ids=lambda entry: str(entry["path"]))
def test_vendored_file_is_unchanged(entry: dict[str, str]) -> None:
    """P2: each file of others has a version, a licence and the listed digest."""
    assert entry["version"]
    assert entry["licence"]
    assert hashlib.sha256((VENDOR / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]


def test_every_vendored_file_is_listed() -> None:
    """P2: nothing by others is served that the list does not know."""
    found = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert found - {"VENDOR.toml"} == {entry["path"] for entry in LISTED}


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: path.relative_to(settings.BASE_DIR / "templates").as_posix()
)
def test_template_keeps_to_the_policy(path: Path) -> None:
    """P1: the content security policy allows own files only, so anything inline or from elsewhere would be dropped."""
    text = path.read_text()
    assert [name for name, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ('<p style="color: red">', "inline style"),
        ("<script>alert(1)</script>", "script without the tag that knows its nonce"),
        ('<script src="/static/js/app.js"></script>', "script without the tag that knows its nonce"),
        ('<a href="#" onclick="x()">', "event handler"),
        ('<a hx-on:click="x()">', "event handler"),
        ('<a href="javascript:x()">', "script address"),
        ('<img src="https://example.com/x.png">', "address of another site"),
        ('<img src="//example.com/x.png">', "address of another site"),
    ],
)
def test_policy_check_finds(wrong: str, name: str) -> None:
    """P1: the check above is not blind."""
    assert FORBIDDEN[name].search(wrong)


def _icons_in_use() -> Iterator[str]:
    quoted = re.compile(r"""\{% icon "([\w-]+)"|(?<![\w-])icon="([\w-]+)"|(?<![\w-])icon=[\w.]+\|default:"([\w-]+)\"""")
    for path in TEMPLATES:
        for found in quoted.findall(path.read_text()):
            yield from filter(None, found)
    for _tone, icon in presentation.STATUSES.values():
        yield icon
    yield from presentation.ALERT_ICONS.values()
    yield from (icon for _start, icon in presentation.FILE_ICONS)
    yield from (menu.icon for menu in MENUS)
    yield from (str(element.attributes["icon"]) for element in elements.ELEMENTS if element.attributes.get("icon"))
    yield from styleguide.ICONS


def test_every_icon_is_in_the_sprite() -> None:
    """A name that the sprite does not know would leave a gap on the page."""
    symbols = ET.parse(STATIC / elements.SPRITE).iter("{http://www.w3.org/2000/svg}symbol")  # noqa: S314  # our own file
    assert set(_icons_in_use()) - {symbol.get("id") for symbol in symbols} == set()


def test_own_javascript_stays_small() -> None:
    """Pages work without it, so there is no reason for much of it."""
    lines = {path.name: len(path.read_text().splitlines()) for path in (STATIC / "js").glob("*.js")}
    assert sum(lines.values()) < OWN_JS_LINES
    assert max(lines.values()) < JS_FILE_LINES


def test_own_javascript_evaluates_no_text() -> None:
    """P1: no code out of strings and no markup out of strings, which is how scripts of others get in."""
    dangerous = re.compile(r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write")
    assert [path.name for path in (STATIC / "js").glob("*.js") if dangerous.search(path.read_text())] == []


def test_files_survive_the_manifest(tmp_path: Path) -> None:
    """Production names files by their content and rewrites references; a dead one would stop the deployment."""
    storage = ManifestStaticFilesStorage(location=tmp_path, base_url="/static/")
    source = FileSystemStorage(location=STATIC)
    files = [path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file()]
    for name in files:
        with source.open(name) as content:
            storage.save(name, content)
    results = list(storage.post_process({name: (storage, name) for name in files}))
    assert [name for name, _hashed, processed in results if isinstance(processed, Exception)] == []
