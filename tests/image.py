"""What a build of the ``Dockerfile`` copies, laid out without an engine, and what the docs give."""

import re
import shutil
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def instructions(text: str) -> list[tuple[str, str]]:
    """Every instruction of a Dockerfile with its arguments, continued lines joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    found = []
    for line in filter(str.strip, joined.splitlines()):
        name, _, rest = line.strip().partition(" ")
        found.append((name.upper(), rest.strip()))
    return found


def environment(text: str) -> dict[str, str]:
    """What ``ENV`` sets."""
    pairs = [
        pair for name, rest in instructions(text) if name == "ENV" for pair in rest.split() if pair
    ]
    return dict(pair.split("=", 1) for pair in pairs)


def copies(text: str) -> list[tuple[str, str]]:
    """Source and destination of every ``COPY``."""
    found = []
    for name, rest in instructions(text):
        if name == "COPY":
            *sources, destination = rest.split()
            found += [(source, destination) for source in sources]
    return found


def _fits(pattern: str, path: str) -> bool:
    """Whether a pattern of ``.dockerignore`` names a path or a folder above it."""
    wanted, given = pattern.strip("/").split("/"), path.split("/")
    if wanted[0] == "**":
        return any(_fits("/".join(wanted[1:]), "/".join(given[i:])) for i in range(len(given)))
    return len(wanted) <= len(given) and all(map(fnmatchcase, given, wanted))


def ignored(path: str, patterns: list[str]) -> bool:
    """Whether a file does not reach the build: the last pattern that fits decides."""
    out = False
    for line in patterns:
        pattern = line.removeprefix("!")
        if _fits(pattern, path):
            out = not line.startswith("!")
    return out


def patterns(text: str) -> list[str]:
    """Lines of a ``.dockerignore`` that say something."""
    return [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]


def lay_out(folder: Path) -> list[str]:
    """Copy what the image holds into a folder; the files come back, relative to it."""
    rules = patterns((ROOT / ".dockerignore").read_text())
    laid = []
    for source, destination in copies((ROOT / "Dockerfile").read_text()):
        origin = ROOT / source
        files = (
            [origin] if origin.is_file() else sorted(p for p in origin.rglob("*") if p.is_file())
        )
        for file in files:
            if ignored(file.relative_to(ROOT).as_posix(), rules):
                continue
            inside = file.relative_to(origin) if origin.is_dir() else Path()
            target = folder / destination
            if destination.endswith("/"):
                target /= file.name
            target = target / inside if origin.is_dir() else target
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, target)
            laid.append(target.relative_to(folder).as_posix())
    return laid


def headers() -> dict[str, str]:
    """The security headers of the nginx example in the documentation."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf8")
    block = text.partition("```nginx")[2].partition("```")[0]
    return dict(re.findall(r'add_header ([\w-]+) "([^"]+)" always;', block))
