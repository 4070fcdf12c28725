"""Imports point one way, and the library does not know its pages."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def imports_of(path: Path) -> set[str]:
    """Dotted names that a file imports, at any depth of the code."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def files(pattern: str) -> list[Path]:
    return sorted(ROOT.glob(pattern))


def offenders(paths: list[Path], *forbidden: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in paths
        for name in sorted(imports_of(path))
        if any(name == f or name.startswith(f + ".") for f in forbidden)
    ]


def test_lmcore_knows_neither_streamlit_nor_pages():
    paths = files("lmcore/**/*.py")
    assert len(paths) > 20
    assert offenders(paths, "streamlit", "pages") == []


def test_charts_know_data_only():
    assert offenders(files("lmcore/charts/*.py"), "torch", "transformers", "lmcore.readers") == []


def test_only_one_file_imports_transformers():
    paths = [path for path in files("**/*.py") if "lmcore" in path.parts or "pages" in path.parts]
    paths = [path for path in paths if path != ROOT / "lmcore" / "hf.py"]
    assert offenders([p for p in paths if ".venv" not in p.parts], "transformers") == []


def test_readers_do_not_know_each_other():
    families = {"elmo", "gpt", "bert", "static"}
    for family in families:
        others = [f"lmcore.readers.{other}" for other in families - {family}]
        assert offenders([ROOT / "lmcore" / "readers" / f"{family}.py"], *others) == []


def test_nothing_uses_training():
    paths = [p for p in files("lmcore/**/*.py") if "training" not in p.parts]
    paths = [p for p in paths if p.name != "__main__.py"]
    assert offenders([*paths, *files("pages/**/*.py")], "lmcore.training") == []


def test_readers_and_charts_do_not_know_what_is_made_of_them():
    paths = [*files("lmcore/readers/*.py"), *files("lmcore/charts/*.py")]
    assert offenders(paths, "lmcore.finetuning", "lmcore.evaluation", "lmcore.training") == []
    assert offenders(files("lmcore/finetuning/*.py"), "lmcore.training", "transformers") == []


def test_pages_have_no_maths_and_no_torch():
    assert offenders(files("pages/*.py"), "torch", "sklearn", "transformers") == []


def test_every_page_has_its_parts():
    for page in files("pages/*.py"):
        name = page.stem
        if name in ("__init__", "home"):
            continue
        package = ROOT / "lmcore" / name / "__init__.py"
        for part in (
            package if package.parent.is_dir() else ROOT / "lmcore" / f"{name}.py",
            ROOT / "lmcore" / "charts" / f"{name}.py",
            ROOT / "tests" / f"test_{name}.py",
            ROOT / "lmcore" / "data" / "text" / f"{name}.json",
        ):
            assert part.is_file(), f"{page.name} wants {part.relative_to(ROOT)}"


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
