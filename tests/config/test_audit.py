"""What `make lint` makes of pip-audit's reports (P2)."""

import json

from scripts.audit import judge

SKIPPED = {"name": "anvil", "skip_reason": "not found"}
SOUND = {"name": "bell", "version": "1", "vulns": []}
WEAK = {"name": "cart", "version": "2", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["3"]}]}


def _report(*packages: object) -> str:
    return json.dumps({"dependencies": packages})


def test_known_vulnerability_fails_the_build() -> None:
    """P2: the build names package, vulnerability and remedy."""
    code, lines = judge(_report(SOUND, WEAK, SKIPPED))
    assert code == 1
    assert lines[0] == "cart 2: PYSEC-2026-1, mended in 3"
    assert "2 of 3 packages looked up, 1 findings" in lines[1]


def test_sound_packages_pass() -> None:
    """P2: and the line says how many were looked up."""
    assert judge(_report(SOUND)) == (0, ["pip-audit: 1 of 1 packages looked up, 0 findings."])


def test_unreachable_data_is_not_called_sound() -> None:
    """P2: where nobody could be asked, or pip-audit failed without a report, the line says so."""
    for report in (_report(SKIPPED), ""):
        code, (line,) = judge(report)
        assert code == 0
        assert "skipped" in line
