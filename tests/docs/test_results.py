"""``docs/results.md`` is what the stored numbers say."""

import importlib.util
import lzma
from pathlib import Path
from typing import Any

import pytest

from lmcore.evaluation import probe, semcor, senses
from lmcore.evaluation.run import BENCHMARKS, clean
from lmcore.runtime.families import TITLES
from tests.evaluation.fakes import silent

ROOT = Path(__file__).resolve().parents[2]
#: A limit that is enough for each benchmark to have something to say.
FEW = {"senses": 5, "contextuality": 60, "heads": 10, "coarsewsd": 1, "pos": 60, "perplexity": 5}


@pytest.fixture(scope="module")
def results() -> Any:
    """The script, as a module."""
    spec = importlib.util.spec_from_file_location("results", ROOT / "docs" / "results.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_made_from_the_stored_numbers(results: Any) -> None:
    assert results.PAGE.read_text(encoding="utf8") == results.page(), "run: python docs/results.py"


@pytest.fixture(scope="module")
def few(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data, of SemCor the beginnings of six documents: reading all takes most of the time."""
    folder = tmp_path_factory.mktemp("shared")
    (folder / "data" / "semcor").mkdir(parents=True)
    for path in [*shared.glob("*"), *shared.glob("data/*")]:
        if path.name not in ("data", "semcor"):
            (folder / path.relative_to(shared)).symlink_to(path)
    file = Path("data") / semcor.FILE
    with lzma.open(shared / file, "rt") as whole, lzma.open(folder / file, "wt", preset=0) as part:
        document, count, sentences = "", 0, 0
        for line in whole:
            if line.startswith("# "):
                name, sentences = line.split(" ")[1], sentences + 1
                if name != document:
                    document, count, sentences = name, count + 1, 1
            if count > 6:
                break
            if sentences <= 30:
                part.write(line)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in BENCHMARKS if name != "samples"])
def test_every_section_can_show_what_its_benchmark_gives(
    results: Any, name: str, few: Path, loaded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names of metrics in the script are those that the benchmark writes."""
    benchmark, limit = BENCHMARKS[name], FEW.get(name, 1)
    readers = {own: loaded[own] for own in ("elmo", "bert") if benchmark.applies(loaded[own])}
    monkeypatch.setattr(probe, "EPOCHS", 1)
    monkeypatch.setattr(probe, "STEPS", 20)
    monkeypatch.setattr(senses, "OFTEN", 3)
    rows = clean(benchmark.run(readers, few, silent, limit))
    shown = results.SECTIONS[name][1]({own: row | {"limit": limit} for own, row in rows.items()})
    tables = [block for block in shown.split("\n\n") if block.startswith("|")]
    assert tables
    for family in readers:
        assert TITLES[family] in shown
    for table in tables:
        lines = table.split("\n")
        assert len(lines) > 2, f"a table without rows: {lines[0]}"
        assert len({line.count("|") for line in lines}) == 1
        assert any(cell.strip() not in ("", "–") for cell in lines[2].split("|")[2:]), lines[2]
    assert results.measured_on(name, {own: {"limit": limit} for own in rows})
