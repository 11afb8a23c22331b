"""Names of folders and files (D6)."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.names import DEPTH_LIMIT, Place, clean_place, folded
from vault.filenames import NAME_LENGTH, clean_name

GOOD = [
    "plain.txt",
    "請求書（2026年10月）.pdf",
    "ｶﾅ half-width.csv",
    "名前 with spaces　and an ideographic one.txt",
    "trailing dot.",
    "...",
    ".hidden",
    'a:b*c?d"e<f>g|h',
    "%2e%2e%2f",
    "&amp;.txt",
    "外字\ue000.txt",
    "👩‍👩‍👧 family.png",
    "x" * NAME_LENGTH,
]
BAD = {
    "": "empty",
    "   　 ": "empty",
    ".": "dots",
    "..": "dots",
    " .. ": "dots",
    "a/b": "separator",
    "/etc/passwd": "separator",
    "..\\..\\boot.ini": "separator",
    "nul\0byte": "invisible",
    "line\nend": "invisible",
    "escape\x1b[31m": "invisible",
    "annexe\u202etxt.exe": "invisible",
    "isolate\u2066d": "invisible",
    "zero\u200bwidth": "invisible",
    "mark\ufeff.txt": "invisible",
    "half\ud800pair": "invisible",
    "separator\u2028line": "invisible",
    "non\uffffcharacter": "invisible",
    "x" * (NAME_LENGTH + 1): "long",
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_name_stays_as_it_is(name: str) -> None:
    """D6: Japanese, emoji, private-use letters and everything that a disk allows."""
    assert clean_name(name) == name


@pytest.mark.parametrize(("name", "code"), BAD.items(), ids=[repr(name[:20]) for name in BAD])
def test_a_bad_name_is_refused_with_its_reason(name: str, code: str) -> None:
    """D6: nothing that leaves its folder, nothing that cannot be seen, nothing endless."""
    with pytest.raises(ValidationError) as refusal:
        clean_name(name)
    assert refusal.value.code == code
    assert refusal.value.messages


def test_a_name_from_macos_is_the_same_name() -> None:
    """macOS sends が as か and a mark; the same name typed elsewhere must meet it."""
    assert clean_name("か\u3099く.txt") == "がく.txt"
    assert clean_name("  blanks around　") == "blanks around"


def test_a_path_is_taken_apart() -> None:
    """The path of a file in a chosen folder, as browsers send it."""
    assert clean_place("契約/2026/a.pdf") == Place(("契約", "2026"), "a.pdf")
    assert clean_place("a.pdf") == Place((), "a.pdf")


@pytest.mark.parametrize(
    "path",
    ["../a", "a/../b", "/a", "a//b", "a/", "./a", "a/./b", "a\\..\\b/c", "~/../a", "a/ ../b", "", "/" * 1_000_000],
)
def test_a_path_never_leaves_its_folder(path: str) -> None:
    """D6: no way up, no absolute path, no empty part."""
    with pytest.raises(ValidationError):
        clean_place(path)


def test_a_path_has_an_end() -> None:
    """Folders nest up to the limit, not deeper."""
    assert len(clean_place("/".join(["d"] * DEPTH_LIMIT + ["f"])).folders) == DEPTH_LIMIT
    with pytest.raises(ValidationError):
        clean_place("/".join(["d"] * (DEPTH_LIMIT + 1) + ["f"]))


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_refused_or_becomes_a_name_that_stays_one(text: str) -> None:
    """Cleaning twice changes nothing, and what comes out fits its column."""
    try:
        name = clean_name(text)
    except ValidationError:
        return
    assert clean_name(name) == name
    assert 0 < len(name) <= NAME_LENGTH
    assert not {"/", "\\", "\0"} & set(name)
    name.encode()


def test_searching_knows_no_width_and_no_case() -> None:
    """Full-width letters and half-width katakana are found by the usual ones."""
    assert folded("ＡＢＣ ｶﾞｲﾄﾞ Straße") == folded("abc ガイド STRASSE")
