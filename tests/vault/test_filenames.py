"""Names of files as they are kept."""

import pytest

from vault.filenames import NAME_LENGTH, clean_name, made_safe


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\Users\\taro\\画面.png", "画面.png"),
        ("../../etc/passwd", "passwd"),
        ("annex\u202egnp.exe", "annexgnp.exe"),
        ("か\u3099く\r\n.txt", "がく.txt"),
        ("...", "file"),
        ("", "file"),
        ("folder/", "file"),
        ("長" * 300 + ".pdf", "長" * (NAME_LENGTH - 4) + ".pdf"),
    ],
)
def test_a_name_is_made_safe(sent: str, kept: str) -> None:
    """N4, D6: whatever is sent becomes a name that the rules of names allow, with its ending."""
    assert made_safe(sent) == kept == clean_name(kept)
