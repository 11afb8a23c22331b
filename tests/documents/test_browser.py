"""Documents in a real browser (D1): with the drop zone, and without JavaScript."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tenants.isolation.transactions import tenant_transaction
from tests.conftest import EVERY_ROLE, Cast
from tests.documents.making import add_file, tree_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)]

OpenPage = Callable[..., Page]


def test_the_drop_zone_saves_files_one_by_one_and_tells_what_is_wrong(
    cast: Cast, open_page: OpenPage, tmp_path: Path
) -> None:
    """D1, D6: several files at once, each with its own answer; afterwards they are in the list and can be had."""
    good, bad = tmp_path / "報告 ＆ plan.txt", tmp_path / "turned\u202eround.txt"
    good.write_text("content of the report")
    bad.write_text("x")
    page = open_page(cast.editor)
    page.goto(reverse("documents:list"))
    page.set_input_files("input[name=files]", [good, bad])
    expect(page.locator(".dropzone-files .failed")).to_have_count(1)
    expect(page.locator(".dropzone-files .reason")).to_contain_text("invisible control characters")
    page.set_input_files("input[name=files]", [good])
    link = page.get_by_role("link", name=good.name)
    expect(link).to_be_visible()
    assert tree_of(cast.editor.tenant) == {good.name: [b"content of the report"] * 2}

    reader = open_page(cast.reader)
    reader.goto(reverse("documents:list"))
    reader.get_by_role("link", name=good.name).click()
    with reader.expect_download() as download:
        reader.get_by_role("link", name="Download").first.click()
    assert download.value.suggested_filename == good.name
    assert Path(download.value.path()).read_text() == "content of the report"


def test_everything_works_without_javascript(cast: Cast, open_page: OpenPage, tmp_path: Path) -> None:
    """DESIGN section 12: make a folder, upload, rename, move, delete, search."""
    files = [tmp_path / name for name in ("a.txt", "b.txt")]
    for path in files:
        path.write_text(path.name)
    page = open_page(cast.editor, java_script_enabled=False)
    page.goto(reverse("documents:list"))
    page.get_by_role("link", name="New folder").click()
    page.get_by_label("Name").fill("契約")
    page.get_by_role("button", name="Make the folder").click()
    page.get_by_role("link", name="契約").click()
    page.set_input_files("input[name=files]", files)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("2 files were saved.")).to_be_visible()
    assert tree_of(cast.editor.tenant) == {"契約/a.txt": [b"a.txt"], "契約/b.txt": [b"b.txt"]}

    row = page.get_by_role("row").filter(has_text="a.txt")
    row.get_by_role("link", name="Rename").click()
    page.get_by_label("Name").fill("c.txt")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("row").filter(has_text="c.txt").get_by_role("link", name="Move").click()
    page.get_by_label("Move to").select_option("")
    page.get_by_role("button", name="Move").click()
    page.get_by_role("row").filter(has_text="b.txt").get_by_role("link", name="Delete").click()
    expect(page.get_by_text("1 document in 1 version")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    assert tree_of(cast.editor.tenant) == {"c.txt": [b"a.txt"]}

    page.get_by_role("searchbox").or_(page.get_by_label("Name, in all folders")).first.fill("Ｃ.TXT")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name="c.txt")).to_be_visible()


def test_a_web_page_that_is_stored_is_never_opened_here(cast: Cast, open_page: OpenPage) -> None:
    """D7: a stored page with a script is downloaded; it runs nowhere near the product."""
    with tenant_transaction(cast.editor.tenant.id):
        version = add_file("page.html", b"<!DOCTYPE html><script>document.title = 'it ran'</script>")
    page = open_page(cast.reader)
    page.goto(reverse("documents:list"))
    url = reverse("documents:download", args=[version.document_id])
    with page.expect_download() as download:
        page.evaluate(f"window.location = '{url}'")
    assert download.value.suggested_filename == "page.html"
    assert page.title() != "it ran"
