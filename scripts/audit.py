"""Look the locked run-time packages up among the known vulnerabilities; part of `make lint`. Exit 1 on a finding."""

import json
import subprocess
import sys


def main() -> int:
    """Run pip-audit, and tell "nothing known" apart from "nobody could be asked", which it reports alike."""
    audit = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip_audit",
            "-r",
            "requirements.lock",
            "--disable-pip",
            "--format=json",
            "--timeout=10",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        packages = json.loads(audit.stdout)["dependencies"]
    except ValueError:
        print("pip-audit: skipped, its data is out of reach:", *audit.stderr.strip().splitlines()[-1:])
        return 0
    known = [package for package in packages if "skip_reason" not in package]
    findings = [(package, finding) for package in known for finding in package["vulns"]]
    for package, finding in findings:
        fixed = ", ".join(finding["fix_versions"]) or "none yet"
        print(f"{package['name']} {package['version']}: {finding['id']}, fixed in: {fixed}", file=sys.stderr)
    if not known:
        print("pip-audit: skipped, its data is out of reach from here.")
    else:
        print(f"pip-audit: {len(known)} of {len(packages)} packages looked up, {len(findings)} findings.")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
