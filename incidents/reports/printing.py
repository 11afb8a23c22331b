"""Documents as files: PDF by typst, and one that Word and its like open and change (N5).

Both take their time: call them outside a transaction. Texts go in as data, never as markup.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from io import BytesIO
from pathlib import Path

import typst
from django.conf import settings
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell

from incidents.reports.paper import Grid, Paper, Part

_TEMPLATE = Path(__file__).with_name("report.typ")
# What Office has on every Japanese machine: a file names its fonts, it does not carry them.
_FONTS = {"ja": "Yu Gothic", "en": "Calibri"}
_SIZES = {"Normal": 10.5, "Title": 16, "Heading 1": 12}
_SPACE = ord(" ")
_TEXT_WIDTH, _LABEL_WIDTH = Mm(166), Mm(44)


def pdf(paper: Paper) -> bytes:
    """The document as PDF, A4."""
    fonts = settings.BASE_DIR / "static" / "vendor" / "biz-udpgothic"
    content = asdict(paper) | {
        "issued_at": None,
        "greeting": Part("", paper.greeting).paragraphs,
        "closing": Part("", paper.closing).paragraphs,
        "parts": [asdict(part) | {"paragraphs": part.paragraphs} for part in paper.parts],
    }
    inputs = {"data": json.dumps(content, ensure_ascii=False)}
    return bytes(typst.compile(str(_TEMPLATE), font_paths=[str(fonts)], sys_inputs=inputs))


def word(paper: Paper) -> bytes:
    """The document as a file for Word (Office Open XML), A4."""
    document = Document()
    _set_up(document, paper)
    _write(document, f"{paper.number}\n{paper.date}", align=WD_ALIGN_PARAGRAPH.RIGHT)
    _write(document, paper.addressee)
    _write(document, paper.sender, align=WD_ALIGN_PARAGRAPH.RIGHT)
    document.add_heading(paper.title, level=0).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for paragraph in Part("", paper.greeting).paragraphs:
        _write(document, paragraph)
    if paper.facts:
        _facts(document, paper.facts)
    for number, part in enumerate(paper.parts, start=1):
        document.add_heading(f"{number}. {part.title}", level=1)
        for paragraph in part.paragraphs:
            _write(document, paragraph)
        if part.grid is not None:
            _grid(document, part.grid)
    for paragraph in Part("", paper.closing).paragraphs:
        _write(document, paragraph)
    if paper.language == "ja":
        _write(document, "以上", align=WD_ALIGN_PARAGRAPH.RIGHT)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _set_up(document: WordDocument, paper: Paper) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin = section.bottom_margin = Mm(20)
    about = document.core_properties
    about.title, about.author, about.language = f"{paper.title} {paper.number}", paper.sender, paper.language
    about.created = about.modified = paper.issued_at
    about.comments = ""
    for name, size in _SIZES.items():
        style = document.styles[name]
        if isinstance(style, ParagraphStyle):
            _dress(style, size, paper.language)


def _dress(style: ParagraphStyle, size: float, language: str) -> None:
    """Plain black letters. Japanese characters take their font and their language from attributes of their own."""
    style.font.size, style.font.bold, style.font.color.rgb = Pt(size), style.name != "Normal", RGBColor(0, 0, 0)
    looks = style.element.get_or_add_rPr()
    fonts = looks.get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]  # those of the theme would win
    for attribute in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(attribute), _FONTS[language])
    fonts.set(qn("w:eastAsia"), _FONTS["ja"])
    for spoken in looks.findall(qn("w:lang")):
        looks.remove(spoken)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), {"ja": "ja-JP", "en": "en-GB"}[language])
    spoken.set(qn("w:eastAsia"), "ja-JP")
    looks.append(spoken)
    for border in style.element.findall(f".//{qn('w:pBdr')}"):
        border.getparent().remove(border)


def _write(document: WordDocument, text: str, *, align: WD_ALIGN_PARAGRAPH | None = None) -> None:
    paragraph = document.add_paragraph(_printable(text))
    if align is not None:
        paragraph.alignment = align


def _printable(text: str) -> str:
    """The text without characters that XML has no place for."""
    return "".join(character for character in text if character in "\n\t" or ord(character) >= _SPACE)


def _facts(document: WordDocument, facts: tuple[tuple[str, str], ...]) -> None:
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for label, value in facts:
        _fill(table.add_row().cells, (label, value))
    for cell in table.columns[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    _widen(table)


def _grid(document: WordDocument, grid: Grid) -> None:
    table = document.add_table(rows=0, cols=len(grid.headings), style="Table Grid")
    for row in (grid.headings, *grid.rows):
        _fill(table.add_row().cells, row)
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    _widen(table)


def _fill(cells: Sequence[_Cell], texts: Sequence[str]) -> None:
    for cell, text in zip(cells, texts, strict=True):
        cell.paragraphs[0].add_run(_printable(text))


def _widen(table: Table) -> None:
    """The last column takes what the others leave. Word looks at the cells, others at the columns."""
    table.autofit = False
    first = Mm(min(_LABEL_WIDTH.mm, _TEXT_WIDTH.mm / len(table.columns)))
    last = Mm(_TEXT_WIDTH.mm - first.mm * (len(table.columns) - 1))
    for index, column in enumerate(table.columns):
        column.width = last if index == len(table.columns) - 1 else first
        for cell in column.cells:
            cell.width = column.width
