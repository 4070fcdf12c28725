"""Nothing in the app runs, unpickles or renders what somebody typed; exceptions have reasons."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

#: Built-in names and functions of modules that run something.
BUILT_IN = {"eval", "exec", "compile", "__import__"}
RUNS = {
    *("import_module", "run_path", "run_module", "system", "popen", "fork", "startfile"),
    *("execv", "execve", "execvp", "execl", "spawnv", "spawnl", "posix_spawn"),
}
MODULES = {"subprocess", "pickle", "marshal", "shelve", "dill", "cloudpickle", "yaml", "joblib"}
#: What puts HTML into a page, and words with which Streamlit and others give up escaping.
RENDERS = {"html", "iframe", "component", "declare_component", "write_stream"}
WORDS = {"unsafe_allow_html", "unsafe_allow_javascript", "shell", "allow_pickle"}

#: Where one of these stands all the same, and why no visitor's text is run or rendered by it.
ALLOWED: dict[tuple[str, str], str] = {
    (
        "lmcore/training/command.py",
        "execv",
    ): "the command line only: starts itself anew",
    (
        "lmcore/evaluation/speed.py",
        "subprocess",
    ): "the command line only: our own modules, fixed arguments",
    ("lmcore/readers/__init__.py", "import_module"): "names of the files in that folder",
    ("lmcore/errors.py", "format"): "templates are our own sentences, by code",
    ("lmcore/text/catalogue.py", "format"): "templates are our own catalogue",
    ("pages/ui/text.py", "format"): "templates are our own catalogue",
    ("lmcore/analyses/sentence_score.py", "format"): "titles of columns from our own catalogue",
    ("lmcore/analyses/examples.py", "import_module"): "files of its own folder",
    ("pages/ui/startup/warm_start.py", "import_module"): "names of three packages",
    ("pages/sections/attention/findings.py", "format"): "templates are our own catalogue",
    ("pages/ui/waiting.py", "format"): "templates are our own catalogue",
    ("pages/sections/home/dashboard.py", "html"): "cells.py: every text goes through html.escape",
    ("pages/sections/home/tour.py", "component"): "fixed HTML; only moves the focus",
    ("pages/ui/address/copy_link.py", "component"): "fixed HTML; texts arrive as textContent",
    ("pages/ui/components/text_pieces.py", "component"): "fixed HTML; texts arrive as textContent",
    (
        "pages/ui/components/attention_lines.py",
        "component",
    ): "fixed HTML; texts arrive as textContent",
    (
        "pages/ui/components/attention_grid.py",
        "component",
    ): "fixed HTML; texts arrive as textContent",
    (
        "pages/ui/components/save_figure.py",
        "component",
    ): "fixed HTML; texts arrive as textContent and as text of a drawing",
    (
        "pages/ui/components/save_figure.py",
        "declare_component",
    ): "serves Plotly's own script, is never mounted",
    ("pages/ui/startup/script.py", "html"): "our own style sheet, the same for everybody",
    ("pages/sections/finetuning/task.py", "html"): "every piece goes through html.escape",
    (
        "pages/sections/home/tokenization.py",
        "html",
    ): "every word and piece goes through html.escape",
    ("pages/sections/sentence_score/strip.py", "html"): "every word goes through html.escape",
    ("pages/ui/components/coloured_text.py", "html"): "every text goes through html.escape",
}


def files() -> list[Path]:
    """The app: everything that runs where visitors are."""
    found = [ROOT / "app.py", *ROOT.glob("lmcore/**/*.py"), *ROOT.glob("pages/**/*.py")]
    return sorted(found)


def unsafe(tree: ast.AST) -> set[str]:
    """What in a file could run, load or render something."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found |= _called(node)
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names} & MODULES
        elif isinstance(node, ast.ImportFrom):
            found |= {(node.module or "").split(".")[0]} & MODULES
    return found


def _called(node: ast.Call) -> set[str]:
    first, _, last = ast.unparse(node.func).rpartition(".")
    found = {word.arg for word in node.keywords if word.arg in WORDS}
    if (last in BUILT_IN and not first) or (last in RUNS | RENDERS and first):
        found.add(last)
    if last == "load" and first == "torch":
        safe = {word.arg: ast.unparse(word.value) for word in node.keywords}
        if safe.get("weights_only") != "True":
            found.add("torch.load")
    template = node.func.value if isinstance(node.func, ast.Attribute) else None
    if last == "format" and template is not None and not isinstance(template, ast.Constant):
        found.add("format")
    return {name for name in found if name}


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_runs_loads_or_renders_without_a_reason(path: Path):
    name = path.relative_to(ROOT).as_posix()
    found = unsafe(ast.parse(path.read_text(encoding="utf8")))
    assert {own for own in found if (name, own) not in ALLOWED} == set()


def test_every_exception_is_still_needed():
    for name, own in ALLOWED:
        path = ROOT / name
        assert path.is_file(), name
        assert own in unsafe(ast.parse(path.read_text(encoding="utf8"))), (name, own)


def test_streamlit_never_gives_up_escaping():
    """The words that switch it off stand nowhere, not even in a text."""
    for path in files():
        text = path.read_text(encoding="utf8")
        assert "unsafe_allow_html" not in text, path
        assert "unsafe_allow_javascript" not in text, path


SCRIPTS = sorted(ROOT.glob("pages/**/*.js"))


@pytest.mark.parametrize(
    "path", [*SCRIPTS, *(p for p in files() if "component(" in p.read_text("utf8"))]
)
def test_components_put_texts_in_as_text(path: Path):
    text = path.read_text(encoding="utf8")
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "new Function"):
        assert way not in text, (path, way)


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("eval(x)", {"eval"}),
        ("network.eval()", set()),
        ("import pickle", {"pickle"}),
        ("from subprocess import run", {"subprocess"}),
        ("os.system(x)", {"system"}),
        ("torch.load(x)", {"torch.load"}),
        ("torch.load(x, weights_only=True)", set()),
        ("st.markdown(x, unsafe_allow_html=True)", {"unsafe_allow_html"}),
        ("st.html(x)", {"html"}),
        ("x.format(y)", {"format"}),
        ("'{}'.format(y)", set()),
        ("re.compile(x)", set()),
    ],
)
def test_what_is_looked_for_is_found(code: str, wanted: set[str]):
    assert unsafe(ast.parse(code)) == wanted
