"""Documents about incidents as PDF and as files for Word (N5)."""

from datetime import UTC, datetime
from io import BytesIO

import docx
import pytest
from pypdf import PdfReader

from incidents.reports import printing
from incidents.reports.contents import course_grid
from incidents.reports.paper import Grid, Paper, Part

# What markup of either kind, or of XML, would swallow or stumble over.
HOSTILE = "#strong[x] <b>&amp; $a$ \\n @ref *bold* \x0b\x1f"
SHOWN = "#strong[x] <b>&amp; $a$ \\n @ref *bold*"

SAID = (
    "INC-2027-0001-4",
    "アクメ株式会社",
    "一段落目",
    "二行目",
    "二段落目",
    "検知日時",
    "1. 概要",
    "2. 経緯",
    "3. 再発防止策",
    "17:50",
    "第一報",
    "以上ご報告申し上げます。",
    SHOWN,
)


def paper(language: str = "ja", title: str = "障害報告書（最終報告）") -> Paper:
    """A document with every kind of content."""
    return Paper(
        language=language,
        title=title,
        number="INC-2027-0001-4",
        date="2027年5月14日（金）11:00",
        addressee="アクメ株式会社 御中",
        sender="関所サービス",
        greeting="一段落目\n二行目\n\n二段落目",
        issued_at=datetime(2027, 5, 14, 2, 0, tzinfo=UTC),
        facts=(("検知日時", "2027年4月30日（金）17:50"), ("件名", HOSTILE)),
        parts=(
            Part("概要", HOSTILE),
            Part("経緯", grid=Grid(("日時", "内容"), (("17:50", "検知"), ("19:40", "第一報\n" + HOSTILE)))),
            Part("再発防止策", "一\n\n二"),
        ),
        closing="以上ご報告申し上げます。",
    )


def text_of_pdf(content: bytes) -> str:
    """All that a reader sees, without blanks: lines break anywhere."""
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages)


def text_of_word(content: bytes) -> str:
    """All that a reader sees, in the order of paragraphs and then tables."""
    document = docx.Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_both_files_say_the_same_and_nothing_in_them_is_markup() -> None:
    """N5: every word of the paper stands in both, whatever characters it has."""
    printed, written = text_of_pdf(printing.pdf(paper())), text_of_word(printing.word(paper()))
    for words in SAID:
        assert "".join(words.split()) in printed, words
        assert "".join(words.split()) in "".join(written.split()), words
    assert printed.count("".join(SHOWN.split())) == 3
    assert written.count(SHOWN) == 3


def test_the_same_paper_is_the_same_file() -> None:
    """N5: a report that was handed out twice is one document, not two."""
    assert printing.pdf(paper()) == printing.pdf(paper())
    assert printing.word(paper()) == printing.word(paper())
    assert printing.word(paper()) != printing.word(paper(title="障害報告書（続報）"))


@pytest.mark.parametrize(("language", "ends"), [("ja", True), ("en", False)])
def test_a_japanese_document_ends_as_custom_has_it(language: str, ends: bool) -> None:
    """N5: 以上 at the end; the English one has no such word."""
    written = text_of_word(printing.word(paper(language))).split("\n")
    assert ("以上" in written) == ends
    assert ("以上ご報告申し上げます。以上" in text_of_pdf(printing.pdf(paper(language)))) == ends
    assert docx.Document(BytesIO(printing.word(paper(language)))).core_properties.language == language


def test_the_timeline_becomes_a_table() -> None:
    """N5: a row for each time; a line without one goes on with the row before, and text without times stays text."""
    grid = course_grid("2027-04-30 17:42 障害発生\n2027-04-30 17:50  検知\n  アラートによる\n\n2027-04-30 19:40 第一報")
    assert grid is not None
    assert grid.rows == (
        ("2027-04-30 17:42", "障害発生"),
        ("2027-04-30 17:50", "検知\nアラートによる"),
        ("2027-04-30 19:40", "第一報"),
    )
    assert course_grid("夕方から遅くなりました。\n2027-04-30 17:50 検知") is None
    assert course_grid(" \n ") is None
