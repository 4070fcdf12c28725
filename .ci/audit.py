"""Look for known vulnerabilities of every package that the app runs with.

``python .ci/audit.py`` reads ``requirements.txt``, follows it through what is installed to all the
packages that it brings, and asks the vulnerability service for each (pip-audit, with the database
of PyPI). Exit code 1: one is vulnerable. Where the service cannot be reached or does not know a
package, that is said on lines of their own and the build goes on: an outage elsewhere is no fault
of the project.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.markers import default_environment
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
#: Vulnerabilities that do not concern the app, each with the reason and nothing else.
ACCEPTED: dict[str, str] = {}
SECONDS = 300


def installed(requirements: str) -> dict[str, str]:
    """Names and versions of all packages that some requirements bring, as they are installed.

    Raises:
        metadata.PackageNotFoundError: one that is asked for is not installed.
    """
    waiting = [Requirement(line) for line in requirements.splitlines() if line[:1].isalnum()]
    asked = {one.name for one in waiting}
    found: dict[str, str] = {}
    while waiting:
        one = waiting.pop()
        name = one.name.lower().replace("_", "-")
        if name in found:
            continue
        try:
            package = metadata.distribution(one.name)
        except metadata.PackageNotFoundError:
            if one.name in asked:
                raise
            continue  # wanted on other machines only
        found[name] = package.version.partition("+")[0]  # a build for processors is the release
        for line in package.requires or ():
            other = Requirement(line)
            environment: dict[str, Any] = {**default_environment(), "extra": ""}
            extras = [{**environment, "extra": extra} for extra in one.extras] or [environment]
            if other.marker is None or any(other.marker.evaluate(own) for own in extras):
                waiting.append(other)
    return dict(sorted(found.items()))


def asked(packages: dict[str, str]) -> dict[str, Any] | str:
    """What pip-audit answers, or why it does not."""
    with tempfile.TemporaryDirectory() as folder:
        pins = Path(folder) / "requirements.txt"
        pins.write_text("".join(f"{name}=={version}\n" for name, version in packages.items()))
        command = [sys.executable, "-m", "pip_audit", "-r", str(pins), "--no-deps", "--disable-pip"]
        command += ["--format", "json", "--progress-spinner", "off", "--timeout", "30"]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=SECONDS
            )
        except subprocess.TimeoutExpired:
            return f"no answer within {SECONDS} seconds"
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        last = (done.stderr.strip() or f"exit {done.returncode}").splitlines()[-1]
        return last[:300]
    return answer


def judge(answer: dict[str, Any] | str) -> tuple[int, list[str]]:
    """Exit code and lines to print."""
    if isinstance(answer, str):
        return 0, [f"audit: NOT DONE, the vulnerability service cannot be asked: {answer}"]
    lines, bad = [], 0
    skipped = [one["name"] for one in answer["dependencies"] if "skip_reason" in one]
    for one in answer["dependencies"]:
        for hole in one.get("vulns", ()):
            names = {hole["id"], *hole.get("aliases", ())}
            if names & ACCEPTED.keys():
                lines.append(f"audit: {one['name']} {one['version']}: {hole['id']} is accepted")
                continue
            bad += 1
            mended = ", ".join(hole.get("fix_versions", ())) or "no version yet"
            what = f"{one['name']} {one['version']}: {hole['id']}"
            lines.append(f"audit: VULNERABLE {what}, mended in {mended}")
    checked = len(answer["dependencies"]) - len(skipped)
    if not checked:
        return 0, ["audit: NOT DONE, the vulnerability service knows none of the packages here"]
    if skipped:
        many = ", ".join(skipped[:5]) + (", …" if len(skipped) > 5 else "")
        lines.append(f"audit: NOT CHECKED {len(skipped)}, not known to the service here: {many}")
    lines.append(f"audit: {checked} packages checked, {bad} known vulnerabilities")
    return int(bad > 0), lines


def main() -> int:
    """Audit what ``requirements.txt`` brings."""
    if importlib.util.find_spec("pip_audit") is None:
        print("audit: pip-audit is not installed: pip install -r requirements-dev.txt")
        return 1
    packages = installed((ROOT / "requirements.txt").read_text(encoding="utf8"))
    code, lines = judge(asked(packages))
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
