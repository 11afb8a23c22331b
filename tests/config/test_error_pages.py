"""Error pages stand on nothing that can fail with the page: no request, no session, no database."""

import re

import pytest
from django.template.loader import render_to_string
from django.utils import translation

CODES = ("400", "403", "403_csrf", "404", "500", "503")


@pytest.mark.parametrize("name", CODES)
def test_error_page_needs_nothing(name: str) -> None:
    """Rendered without a request and without permission to use the database, it still says what to do."""
    with translation.override("en"):
        html = render_to_string(f"{name}.html")
    assert re.search(rf'class="error-code">\s*{name[:3]}\s*<', html)
    assert "What you can do" in html
    assert 'href="/"' in html
    assert "csrfmiddlewaretoken" not in html
