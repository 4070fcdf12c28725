"""What is told about running the app is what the code does: image, variables, numbers, headers."""

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from lmcore import settings
from lmcore.runtime.limits import LIMITS, variables
from pages.ui.navigation import PAGES
from tests import image

#: Pages that ask readers something.
READING = [name for name, page in PAGES.items() if page.reads]
ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf8")


def script(path: str) -> ModuleType:
    """A script of the project as a module."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


measure_memory = script("docs/measure_memory.py")
proof = script("docs/proof.py")
#: Variables that belong to others and that the code only passes on or obeys.
FOREIGN = {
    "CHROMIUM",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "HUGGINGFACE_HUB_CACHE",
    "TRANSFORMERS_VERBOSITY",
}


def test_what_the_image_copies_exists():
    copied = image.copies(DOCKERFILE)
    assert {"app.py", "lmcore", "pages", "checkpoints", "docs/results", ".streamlit"} <= {
        source for source, _ in copied
    }
    for source, _ in copied:
        assert (ROOT / source).exists(), source


def test_the_ignore_file_keeps_what_is_copied_and_nothing_else(tmp_path: Path):
    laid = image.lay_out(tmp_path)
    for needed in (
        "app.py",
        "requirements.txt",
        ".streamlit/config.toml",
        "checkpoints/en/elmo/model.safetensors",
        "lmcore/data/en/sense_bank.tsv",
        "lmcore/data/text/common.json",
        "pages/ui/icon.png",
        "docs/results/memory.json",
    ):
        assert needed in laid, needed
    odd = [
        path for path in laid if re.search(r"__pycache__|\.pyc$|\.part$|\.old$|^tests|\.git/", path)
    ]
    assert odd == []
    rules = image.patterns((ROOT / ".dockerignore").read_text())
    for path in (
        ".git/config",
        "tests/conftest.py",
        "docs/measure_memory.py",
        ".env",
        "secret.key",
    ):
        assert image.ignored(path, rules), path


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("*", "a/b", True),
        ("a", "a/b/c", True),
        ("a/b", "a", False),
        ("**/x", "x", True),
        ("**/x", "a/b/x/c", True),
        ("**/*.pyc", "a/b.pyc", True),
        ("*.pyc", "a/b.pyc", False),
    ],
)
def test_patterns_of_the_ignore_file(pattern, path, fits):
    assert image.ignored(path, [pattern]) is fits
    assert image.ignored(path, ["*", f"!{pattern}"]) is not fits


def test_the_image_is_hardened():
    told = image.instructions(DOCKERFILE)
    names = [name for name, _ in told]
    assert names.index("USER") < names.index("CMD")
    assert dict(told)["USER"] not in ("root", "0")
    assert "/_stcore/health" in dict(told)["HEALTHCHECK"].replace("'", "/")
    assert "download.pytorch.org/whl/cpu" in DOCKERFILE, "else gigabytes of CUDA are fetched"
    own = image.environment(DOCKERFILE)
    assert not any(name.startswith("MALLOC_") for name in own), "what was measured is what runs"
    settings.check({k: v for k, v in own.items() if k.startswith("THREE_READERS_")})


def test_published_models_can_be_kept_by_the_user_of_the_image():
    """A new volume takes the owner of the folder it stands at: one that is not there, root's."""
    (place,) = set(re.findall(r"-v models:(/\S+) -e\s+HF_HOME=(/\S+)`", OPERATIONS))
    assert place[0] == place[1]
    told = image.instructions(DOCKERFILE)
    ran = [rest for name, rest in told if name == "RUN"]
    (made,) = [rest for rest in ran if f"mkdir {place[0]}" in rest]
    user = dict(told)["USER"]
    assert f"chown {user} {place[0]}" in made
    assert made.index("useradd") < made.index("chown"), "nobody else has this name before"


def test_limits_of_memory_leave_room_for_what_was_measured():
    held = proof.result("load")
    most = max(value for name, value in held.items() if re.fullmatch(r"memory_.*_mb", name))
    gigabytes = re.findall(r"MemoryMax=(\d+)G\n|--memory=(\d+)g --pids", OPERATIONS)
    assert len(gigabytes) == 2
    for own in gigabytes:
        assert 1_000 * int("".join(own)) > 1.15 * most, "too close to what a class needs"
    assert f"held\n{held['memory_start_mb']:,} MB in the load test" in OPERATIONS
    assert f"the server hold {held['memory_start_mb']:,} MB" in OPERATIONS


def test_what_keeps_a_small_host_under_its_limit_is_told_and_was_measured():
    stored = json.loads(measure_memory.OUT.read_text(encoding="utf8"))
    without = stored["memory_without_training"]
    assert list(without)[-2:] == ["a picture saved", "highest"]
    assert set(READING) <= without.keys()
    assert without["highest"] <= measure_memory.LIMIT_MB
    assert measure_memory.sentence(without) in " ".join(OPERATIONS.split())
    cloud = OPERATIONS.partition("## Streamlit Community Cloud\n")[2].partition("\n## ")[0]
    told = tomllib.loads(cloud.partition("```toml")[2].partition("```")[0])
    settings.check({k: v for k, v in told.items() if k.startswith("THREE_READERS_")})
    assert told[settings.TRAINING] == "off"
    assert f"{stored['memory']['highest']:,.0f} MB, without: {without['highest']:.0f}" in cloud


def test_packages_come_before_the_app():
    """So that a change of the app builds in seconds."""
    told = image.instructions(DOCKERFILE)
    installed = next(i for i, (n, rest) in enumerate(told) if n == "RUN" and "pip install" in rest)
    copied = next(i for i, (n, rest) in enumerate(told) if n == "COPY" and "lmcore" in rest)
    assert installed < copied


def test_the_health_check_finds_the_address(monkeypatch):
    """Its Python, run with a stand-in for the network."""
    command = dict(image.instructions(DOCKERFILE))["HEALTHCHECK"]
    code = command.partition('python -c "')[2].rstrip('"')
    asked = []
    stand_in = (
        f"import urllib.request; urllib.request.urlopen = lambda u, timeout: print(u)\n{code}"
    )
    for base in ("", "/readers"):
        environment = {"PORT": "7860", "STREAMLIT_SERVER_BASE_URL_PATH": base}
        done = subprocess.run(
            [sys.executable, "-c", stand_in],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        asked.append(done.stdout.strip())
    assert asked == [
        "http://127.0.0.1:7860/_stcore/health",
        "http://127.0.0.1:7860/readers/_stcore/health",
    ]


def table() -> dict[str, list[str]]:
    """Rows of the table of variables, by name."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.+) \|$", OPERATIONS, re.MULTILINE)
    return {name: [cell.strip() for cell in rest.split(" | ")] for name, rest in rows}


def read_by_the_code() -> set[str]:
    """Names of environment variables in the code of the app."""
    found = set()
    for path in [
        ROOT / "app.py",
        *(ROOT / "lmcore").rglob("*.py"),
        *(ROOT / "pages").rglob("*.py"),
    ]:
        code = path.read_text(encoding="utf8")
        found |= set(re.findall(r'"((?:THREE_READERS|LMCORE|HF)_[A-Z_]*[A-Z])"', code))
        found |= set(re.findall(r'environ(?:\.get\(|\.setdefault\(|\[)\s*"([A-Z_]+)"', code))
    own = {one.name for one in variables(LIMITS)}
    return (found | own) - FOREIGN


def test_every_variable_stands_in_the_table_and_is_read():
    assert set(table()) == read_by_the_code() | {"STREAMLIT_SERVER_BASE_URL_PATH", "PORT"} | {
        "REQUESTS_CA_BUNDLE",
        "HTTPS_PROXY",
        "OMP_NUM_THREADS",
    }
    assert set(settings.names()) <= set(table())


def test_the_table_tells_the_bounds_of_every_limit():
    for one in variables(LIMITS):
        default, bounds, *_ = table()[one.name]
        assert default == f"{one.most:,}", one.name
        assert bounds.startswith(f"{one.least:,} to {one.most:,}"), one.name


def test_memory_is_told_as_it_was_measured():
    measured = json.loads(measure_memory.OUT.read_text(encoding="utf8"))["memory"]
    assert measure_memory.table(measured) in OPERATIONS
    steps = {step: mb for step, mb in measured.items() if step != "highest"}
    assert {*READING, "all three trained"} <= steps.keys()
    assert max(steps.values()) <= measure_memory.LIMIT_MB


def test_the_proofs_are_told_as_they_were_measured():
    assert proof.section() in OPERATIONS, "run: python docs/proof.py"


def test_the_proofs_say_what_was_measured(monkeypatch):
    stored = proof.result
    changed = {"date": "2026-01-02", "commit": "abc1234", "memory_highest_mb": 1_600}
    monkeypatch.setattr(proof, "result", lambda name: stored(name) | changed)
    section = proof.section()
    assert "Measured on 2026-01-02 with the code of commit `abc1234`. 30 visitors" in section
    assert "| highest memory at any moment | 1,600 MB |" in section


def test_no_fault_is_told_without_what_the_page_says():
    rows = proof.result("faults")["rows"]
    assert all(len(proof._sentence(row)) > 20 for row in rows)
    skipped = proof._sentence({"fault": "a", "good": True, "skipped": "needs mount"})
    assert skipped == "*not tried where this was run: needs mount*"


def test_both_proxies_send_the_same_headers():
    sent = image.headers()
    for name, value in sent.items():
        assert f'{name} "{value}"' in OPERATIONS.partition("```caddy")[2].partition("```")[0], name
    assert set(sent) == {
        "Content-Security-Policy",
        "X-Content-Type-Options",
        "Referrer-Policy",
        "Permissions-Policy",
        "Strict-Transport-Security",
    }
    assert "unsafe-eval" not in sent["Content-Security-Policy"].replace("wasm-unsafe-eval", "")
    assert "clipboard-write" in sent["Permissions-Policy"]


def audit() -> ModuleType:
    """The script that CI runs."""
    return script(".ci/audit.py")


def answer(*vulnerabilities: dict[str, object]) -> dict[str, object]:
    """What pip-audit says about one package that was checked and one that was not."""
    return {
        "dependencies": [
            {"name": "one", "version": "1.0", "vulns": list(vulnerabilities)},
            {"name": "two", "skip_reason": "Dependency not found on PyPI"},
        ]
    }


def test_a_known_vulnerability_fails_the_build(monkeypatch):
    own = audit()
    hole = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["1.1"]}
    code, lines = own.judge(answer(hole))
    assert code == 1
    assert "VULNERABLE one 1.0: PYSEC-1, mended in 1.1" in "\n".join(lines)
    monkeypatch.setitem(own.ACCEPTED, "CVE-1", "a reason")
    assert own.judge(answer(hole))[0] == 0


def test_what_could_not_be_checked_is_said():
    code, lines = audit().judge(answer())
    assert code == 0
    assert "NOT CHECKED 1" in lines[0]
    assert "two" in lines[0]
    for nothing in ("no network", {"dependencies": answer()["dependencies"][1:]}):
        code, lines = audit().judge(nothing)
        assert code == 0
        assert "NOT DONE" in lines[0]


def test_the_audit_is_of_all_that_comes_with_the_requirements():
    found = audit().installed((ROOT / "requirements.txt").read_text(encoding="utf8"))
    assert {"streamlit", "torch", "pillow", "jinja2", "urllib3"} <= found.keys()
    assert "pytest" not in found
    assert all(re.fullmatch(r"\d[\w.!]*", version) for version in found.values())
    ran = (ROOT / ".ci" / "run").read_text(encoding="utf8")
    assert ran.index("requirements-dev.txt &&") < ran.index("python .ci/audit.py\n")


def test_accepted_vulnerabilities_have_a_reason():
    assert all(len(reason) > 20 for reason in audit().ACCEPTED.values())
