"""Imports run one way, the library does not know its pages, and every file can be read at once."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
#: Each row may import what stands in the rows below it, and what stands in its own folder; folders
#: of one row do not import each other.
LEVELS = (
    ("app",),
    ("pages",),
    ("pages.sections",),
    ("pages.ui",),
    ("lmcore.__main__",),
    ("lmcore.cli",),
    ("lmcore.lessons",),
    ("lmcore.finetuning",),
    ("lmcore.evaluation", "lmcore.charts", "lmcore.settings"),
    ("lmcore.analyses", "lmcore.hub", "lmcore.training"),
    ("lmcore.readers",),
    ("lmcore.outputs",),
    ("lmcore.text",),
    ("lmcore.runtime",),
    ("lmcore.errors",),
)
#: Imports no other folder, and everybody may import it.
ALONE = ("lmcore.export", "lmcore")
#: These may show parts of other pages.
SHOWS_OTHERS = "pages.sections.lessons"
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 300, 60


def files(pattern: str) -> list[Path]:
    return sorted(ROOT.glob(pattern))


def sources() -> list[Path]:
    return [ROOT / "app.py", *files("lmcore/**/*.py"), *files("pages/**/*.py")]


def imports(tree: ast.AST) -> Iterator[str]:
    """Dotted names that a tree imports, at any depth of the code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf8"))


@cache
def imports_of(path: Path) -> frozenset[str]:
    return frozenset(imports(parsed(path)))


@cache
def modules() -> dict[str, Path]:
    """Our own modules by their dotted names."""
    dotted = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sources()}
    return {name.removesuffix(".__init__"): path for path, name in dotted.items()}


def own_imports(name: str) -> set[str]:
    """Which of our modules a module imports; of ``from a.b import c`` the module that exists."""
    found = imports_of(modules()[name]) & modules().keys()
    return {
        other
        for other in found - {name}
        if not any(longer.startswith(f"{other}.") for longer in found)
    }


def level(name: str) -> tuple[int, str]:
    """The row of :data:`LEVELS` in which a module stands, and its folder."""
    rows = [
        (row, folder)
        for row, folders in enumerate(LEVELS)
        for folder in folders
        if name == folder or name.startswith(f"{folder}.")
    ]
    assert rows, f"{name} has no place in LEVELS"
    return max(rows, key=lambda found: len(found[1]))


def runs_back(name: str, other: str) -> bool:
    if other in ALONE or other.startswith(f"{ALONE[0]}."):
        return False
    if name.startswith(ALONE[0]):
        return True
    (row, folder), (below, target) = level(name), level(other)
    if folder != target:
        return below <= row
    if folder == "pages.sections" and not name.startswith(SHOWS_OTHERS):
        return name.split(".")[2:3] != other.split(".")[2:3]
    return False


def test_imports_run_one_way():
    back = {
        f"{name} imports {other}"
        for name in modules()
        if name not in ALONE
        for other in own_imports(name)
        if runs_back(name, other)
    }
    assert back == set()


def test_no_imports_run_in_a_circle():
    """Not even for types."""
    graph = {name: own_imports(name) for name in modules()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_files_and_functions_can_be_read_in_one_go():
    long = {
        str(path.relative_to(ROOT))
        for path in sources()
        if len(path.read_text(encoding="utf8").splitlines()) > MOST_LINES
    }
    assert long == set()
    functions = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in sources()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MOST_LINES_OF_A_FUNCTION
    ]
    assert functions == []


def offenders(paths: list[Path], *forbidden: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in paths
        for name in sorted(imports_of(path))
        if any(name == f or name.startswith(f + ".") for f in forbidden)
    ]


def test_the_library_knows_no_streamlit():
    assert offenders(files("lmcore/**/*.py"), "streamlit") == []


def test_only_one_file_imports_transformers():
    paths = [path for path in sources() if path.name != "transformers_models.py"]
    assert offenders(paths, "transformers") == []


def test_charts_know_data_only():
    assert offenders(files("lmcore/charts/*.py"), "torch", "lmcore.readers") == []


def test_readers_do_not_know_each_other():
    families = {"elmo", "gpt", "bert", "static"}
    for family in families:
        others = [f"lmcore.readers.{other}" for other in families - {family}]
        assert offenders([ROOT / "lmcore" / "readers" / f"{family}.py"], *others) == []


def test_only_the_command_line_trains():
    training = ROOT / "lmcore" / "training"
    paths = [p for p in sources() if training not in p.parents and p.name != "cli.py"]
    assert offenders(paths, "lmcore.training") == []


def test_pages_have_no_maths_and_no_torch():
    assert offenders(files("pages/*.py"), "torch", "sklearn") == []


@pytest.mark.parametrize(
    "module", ["lmcore.charts.theme", "lmcore.text.words", "lmcore.outputs.reading"]
)
def test_light_modules_load_no_heavy_ones(module):
    code = f"import {module}, sys; print([m for m in ('torch', 'streamlit') if m in sys.modules])"
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "[]"


def test_nothing_is_read_with_pickle():
    for path in files("lmcore/**/*.py"):
        text = path.read_text(encoding="utf8")
        assert "import pickle" not in text
        assert text.count("torch.load(") == text.count("weights_only=True"), path
