"""Look the locked run-time packages up among the known vulnerabilities (P2), in `make lint`. Exit 1 on a finding."""

import json
import subprocess
import sys
from typing import Any


def judge(report: str) -> tuple[int, list[str]]:
    """Exit code and lines for a report of pip-audit in JSON.

    pip-audit says "no known vulnerabilities" also where nobody could be asked; this tells the two apart.
    """
    try:
        packages = json.loads(report)["dependencies"]
    except ValueError:
        packages = []
    known = [package for package in packages if "skip_reason" not in package]
    if not known:
        return 0, ["pip-audit: skipped, its data cannot be reached from here."]
    findings = [_line(package, finding) for package in known for finding in package["vulns"]]
    summary = f"pip-audit: {len(known)} of {len(packages)} packages looked up, {len(findings)} findings."
    return bool(findings), [*findings, summary]


def _line(package: dict[str, Any], finding: dict[str, Any]) -> str:
    mended = ", ".join(finding["fix_versions"]) or "no version"
    return f"{package['name']} {package['version']}: {finding['id']}, mended in {mended}"


def main() -> int:
    """Ask, print, and return the exit code."""
    command = ["pip_audit", "-r", "requirements.lock", "--disable-pip", "--format=json", "--progress-spinner=off"]
    audit = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
    code, lines = judge(audit.stdout)
    print(*lines, sep="\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
