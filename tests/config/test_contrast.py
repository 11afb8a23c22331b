"""The colours of static/css/sekisho.css are readable in light and in dark (WCAG 2.2 AA)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

_TOKEN = re.compile(r"--sk-([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)")
_CSS = (Path(settings.BASE_DIR) / "static/css/sekisho.css").read_text()
TOKENS = {name: {"light": light, "dark": dark} for name, light, dark in _TOKEN.findall(_CSS)}

TEXT, GRAPHICS = 4.5, 3.0
PAPERS = ("paper", "surface", "raised", "wash")
TONES = ("success", "warning", "info", "danger")
PAIRS = [
    *(("ink", paper, TEXT) for paper in PAPERS),
    *(("muted", paper, TEXT) for paper in PAPERS),
    *(("link", paper, TEXT) for paper in (*PAPERS, "danger-wash", "success-wash", "warning-wash", "info-wash")),
    *((tone, "surface", TEXT) for tone in TONES),
    *((tone, f"{tone}-wash", TEXT) for tone in TONES),
    *(("ink", f"{tone}-wash", TEXT) for tone in TONES),
    *(("on-fill", fill, TEXT) for fill in ("primary", "primary-deep", "danger-fill", "danger-deep")),
    *(("on-gate", gate, TEXT) for gate in ("gate", "gate-operator")),
    *(("on-gate-muted", gate, TEXT) for gate in ("gate", "gate-operator")),
    *(("gate-mark", gate, GRAPHICS) for gate in ("gate", "gate-operator")),
    *(("edge", paper, GRAPHICS) for paper in ("paper", "surface")),
    *((fill, paper, GRAPHICS) for fill in ("primary", "danger-fill") for paper in ("paper", "surface")),
    *(("primary", "raised", GRAPHICS), ("warning", "raised", GRAPHICS), ("danger-fill", "raised", GRAPHICS)),
]


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb as WCAG defines it, 0 (black) to 1 (white)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_and_white() -> None:
    """The measure itself is right at its ends."""
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert contrast("#27447f", "#27447f") == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS, ids=str)
def test_pair_is_readable(front: str, back: str, least: float, theme: str) -> None:
    """Text reaches 4.5:1, borders of fields, bars and marks 3:1."""
    assert contrast(TOKENS[front][theme], TOKENS[back][theme]) >= least
