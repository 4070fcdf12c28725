"""Accuracy against the number of training examples: cells, the file, the Markdown."""

import importlib.util
import json
from dataclasses import replace

import pytest

from lmcore.cli import main
from lmcore.errors import EvaluationError
from lmcore.finetuning import benchmarks
from lmcore.finetuning.cells import cells_of, mark, variants
from lmcore.finetuning.elmo import ElmoLearner, read_all
from lmcore.finetuning.plan import Plan
from lmcore.finetuning.report import NAMES, markdown
from lmcore.finetuning.settings import Settings
from lmcore.finetuning.stored import BASELINES, SetView, by_size, commands, set_view, stored
from lmcore.finetuning.task import Example, Split
from lmcore.outputs.view import equal, from_json, to_json
from tests.conftest import ROOT

XML = """<?xml version="1.0" encoding="UTF-8"?>
<entailment-corpus>{pairs}</entailment-corpus>"""
PAIR = (
    '<pair id="{n}" {key}="{value}" task="IR"><t>Text {n} of {k}\n  here.</t><h>So {n}.</h></pair>'
)


@pytest.fixture
def folder(tmp_path):
    """The published sets in small, written here."""

    def rows(labels, count):
        return "label\ttext\n" + "".join(
            f"{labels[n % len(labels)]}\tthing {n} is {labels[n % len(labels)]}\n"
            for n in range(count)
        )  # fmt: skip

    (tmp_path / "sentence_polarity.tsv").write_text(rows(("positive", "negative"), 60))
    (tmp_path / "subjectivity.tsv").write_text(rows(("objective", "subjective"), 60))
    (tmp_path / "question_type.train.tsv").write_text(rows(("HUM", "LOC", "NUM"), 60))
    (tmp_path / "question_type.test.tsv").write_text(rows(("HUM", "LOC", "NUM"), 12))
    for k, (key, values) in enumerate(
        [
            ("value", ("TRUE", "FALSE")),
            ("entailment", ("YES", "NO")),
            ("entailment", ("YES", "NO")),
        ],
        start=1,
    ):
        for part in ("dev", "test"):
            pairs = "".join(
                PAIR.format(n=n, key=key, value=values[n % 2], k=f"{k}{part}") for n in range(10)
            )
            (tmp_path / f"rte{k}_{part}.xml").write_text(XML.format(pairs=pairs))
    return tmp_path


def test_the_sets_are_read_with_their_own_test_parts(folder):
    tasks = {name: benchmarks.load(name, folder) for name in benchmarks.NAMES}
    assert tasks["sentiment"].labels == ("negative", "positive")
    assert len(tasks["question_type"].test) == 12
    entailment = tasks["entailment"]
    assert (len(entailment.examples), len(entailment.test)) == (50, 10)
    assert entailment.labels == ("no", "yes")
    assert entailment.test[0].texts == ("Text 0 of 3test here.", "So 0.")
    assert entailment.test[0].label == 1
    with pytest.raises(EvaluationError, match="There is no benchmark"):
        benchmarks.load("weather", folder)


def test_the_real_sets_have_their_published_sizes(shared):
    folder = shared / "data" / "classification"
    sizes = {
        name: (len(task.examples), len(task.test), task.width)
        for name in benchmarks.NAMES
        for task in [benchmarks.load(name, folder)]
    }
    assert sizes["sentiment"] == (10_662, 0, 2)
    assert sizes["subjectivity"] == (10_000, 0, 2)
    assert sizes["question_type"] == (5_452, 500, 6)
    assert sizes["entailment"][1:] == (800, 2)


def small(folder, out, *more):
    return main(
        ["finetune", "--benchmark", str(folder), "--set", "sentiment", "--size", "10",
         "--size", "all",
         "--limit", "14", "--seeds", "2", "--epochs", "1", "--reader", "elmo", "--out", str(out),
         "--json", *more]
    )  # fmt: skip


def test_the_command_measures_every_row_and_goes_on_where_it_stopped(folder, tmp_path, capsys):
    out = tmp_path / "results" / "finetuning.json"
    assert small(folder, out) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads(out.read_text())
    measured = printed["finetuning"]["sentiment"]
    assert set(measured["rows"]) == {"majority", "bag_of_words", "static", "elmo", "elmo_random"}
    for cells in measured["rows"].values():
        assert set(cells) == {"10", "14"}
        for cell in cells.values():
            value, low, high = cell["accuracy"]
            assert 0 <= low <= value <= high <= 100
    assert len(measured["rows"]["elmo"]["10"]["accuracy_by_seed"]) == 2
    assert sum(measured["rows"]["elmo"]["10"]["layer_weights"]) == pytest.approx(1, abs=1e-3)
    assert "thing" not in out.read_text()

    measured["rows"]["elmo"]["10"]["accuracy"] = [1.5, 1.0, 2.0]  # kept: nothing has changed
    measured["rows"]["elmo"]["14"]["made_with"]["weights"] = "others"  # measured anew
    before = measured["rows"]["elmo_random"]
    out.write_text(json.dumps(printed))
    assert small(folder, out, "--resume") == 0
    again = json.loads(capsys.readouterr().out)["finetuning"]["sentiment"]["rows"]
    assert again["elmo"]["10"]["accuracy"] == [1.5, 1.0, 2.0]
    assert again["elmo"]["14"]["made_with"]["weights"] != "others"
    assert again["elmo_random"] == before
    assert main(["finetune", "--report", str(out)]) == 0
    assert "ELMo, random weights" in capsys.readouterr().out


def test_rows_of_each_family():
    assert variants("elmo") == ["elmo", "elmo_random"]
    assert variants("gpt") == ["gpt", "gpt_random", "gpt_no_lm"]
    every = {row for family in ("elmo", "gpt", "bert") for row in variants(family)}
    assert every | set(BASELINES) == set(NAMES)


def test_sizes_end_with_all_there_is():
    assert Plan().sizes_of(6_000) == [10, 30, 100, 300, 1_000, 6_000]
    assert Plan().sizes_of(120) == [10, 30, 100, 120]
    assert Plan(limit=50).sizes_of(6_000) == [10, 30, 50]
    assert Plan(sizes=(100,)).sizes_of(6_000) == [100]
    assert Plan(sizes=(100, None)).sizes_of(60) == [60]


def whole(train=5_000, validation=900, test=900):
    """A set with so many different examples, its labels in turn."""
    made = [
        tuple(Example((f"{part} {n}",), n % 2) for n in range(count))
        for part, count in (("train", train), ("validation", validation), ("test", test))
    ]
    return Split(*made)


def test_the_schedule_is_affordable_and_honest():
    plan, sizes = Plan(), (10, 30, 100, 300, 1_000, 5_000)
    passes = {name: [plan.passes(name, size) for size in sizes] for name in benchmarks.NAMES}
    assert passes["sentiment"] == passes["question_type"] == [20, 15, 10, 5, 3, 2]
    assert passes["entailment"] == [20, 15, 5, 3, 2, 1]
    assert passes["subjectivity"] == [20, 15, 10, 5, 3, 1]
    assert [plan.runs("sentiment", size) for size in sizes] == [3, 3, 3, 2, 2, 2]
    assert [plan.runs("entailment", size) for size in sizes] == [3, 3, 3, 1, 1, 1]
    parts = [plan.parts(whole(), size, 0) for size in sizes]
    assert [len(part.train) for part in parts] == list(sizes)
    assert [len(part.validation) for part in parts] == [30, 30, 100, 200, 200, 200]
    assert [len(part.test) for part in parts] == [400, 400, 400, 400, 400, 900]
    other = Plan(seeds=5, epochs=7, limit=25)
    assert (other.passes("entailment", 10), other.runs("entailment", 10)) == (7, 5)
    assert [len(part) for part in vars(other.parts(whole(), 10, 0)).values()] == [10, 25, 25]


def test_each_seed_learns_few_examples_of_its_own():
    plan, everything = Plan(), whole()
    for size in (10, 100):
        drawn = [plan.parts(everything, size, seed).train for seed in range(3)]
        assert len({example for train in drawn for example in train}) == 3 * size
        assert all(sum(example.label for example in train) == size / 2 for train in drawn)
        assert plan.parts(everything, size, 1).train == drawn[1]
        assert drawn[0] == everything.train[:size]
    assert plan.parts(everything, 300, 1) == plan.parts(everything, 300, 0)
    assert len(set(plan.parts(whole(train=150), 100, 1).train)) == 100  # from the front again


def test_the_command_of_a_plan_measures_that_plan():
    families = ("elmo", "gpt", "bert")
    usual = "python -m lmcore finetune --benchmark ../shared/data/classification"
    assert Plan().command(families) == usual
    plan = Plan(("sentiment",), (100, None), seeds=2, limit=50, epochs=4, every_row=True)
    assert plan.command(["bert"]) == (
        f"{usual} --set sentiment --size 100 --size all --reader bert --seeds 2 --limit 50"
        " --epochs 4 --every-row"
    )


def test_what_decides_a_cell_stands_in_it_and_in_the_report(folder, tmp_path, capsys):
    out = tmp_path / "finetuning.json"
    assert small(folder, out) == 0
    sets = json.loads(capsys.readouterr().out)["finetuning"]
    cell = sets["sentiment"]["rows"]["elmo"]["10"]
    made = cell["made_with"]
    assert (made["train"], made["validation"], made["test"]) == (10, 12, 12)  # all there are
    assert (made["seeds"], made["passes"]) == (2, 1)
    assert cell["settings"]["truncate"] is True
    assert "seed" not in cell["settings"]
    assert "--set sentiment --size 10 --size all --reader elmo --seeds 2" in cell["command"]
    assert commands(sets) == [cell["command"]]
    text = markdown({"finetuning": sets})
    assert "“all” is the 60 % of it" in text
    assert "| measured with | 10 | 14 |" in text
    assert "| seeds | 2 | 2 |" in text
    assert "| passes at the most, ELMo's classifier | 1 | 1 |" in text
    accuracies = " ".join(f"{value:.1f}" for value in cell["accuracy_by_seed"])
    assert f"| ELMo | {accuracies} |" in text.split("accuracy by seed")[1]


def test_other_sets_stay_in_the_file(folder, tmp_path):
    out = tmp_path / "finetuning.json"
    others = {"test": 9, "limit": None, "rows": {"majority": cell(50, 40, 60)}}
    out.write_text(json.dumps({"finetuning": {"entailment": others, "sentiment": others}}))
    assert small(folder, out) == 0
    sets = json.loads(out.read_text())["finetuning"]
    assert sets["entailment"] == others
    assert sets["sentiment"]["test"] == 12
    assert "100" not in sets["sentiment"]["rows"]["majority"]
    assert list(sets) == ["sentiment", "entailment"]


def test_a_cell_of_other_settings_or_examples_is_measured_anew(folder, loaded):
    """Its mark changes with each of them: rate, passes, sizes of the parts, and the texts."""
    readers = {"bert": loaded["bert"]}

    def marked(plan, size=10):
        (cell,) = (
            cell
            for cell in cells_of(benchmarks.load("sentiment", folder), readers, plan)
            if (cell.row, cell.size) == ("bert", size)
        )
        return cell, mark(readers, cell)

    usual = Plan(sizes=(10,))
    cell, before = marked(usual)
    assert marked(usual)[1] == before
    assert marked(replace(usual, limit=11))[1] != before
    assert marked(replace(usual, epochs=4))[1] != before
    assert marked(replace(usual, seeds=2))[1] != before
    faster = replace(cell, settings=replace(cell.settings, rate=1e-5))
    assert mark(readers, faster) != before
    path = folder / "sentence_polarity.tsv"
    path.write_text(path.read_text().replace("thing", "matter"))
    assert marked(usual)[1] != before


def test_gpt_without_language_model_on_sentiment_only(folder, loaded):
    def rows(name, plan):
        cells = cells_of(benchmarks.load(name, folder), {"gpt": loaded["gpt"]}, plan)
        return {cell.row for cell in cells} - set(BASELINES)

    assert rows("sentiment", Plan()) == {"gpt", "gpt_random", "gpt_no_lm"}
    assert rows("entailment", Plan()) == {"gpt", "gpt_random"}
    assert rows("entailment", Plan(every_row=True)) == {"gpt", "gpt_random", "gpt_no_lm"}


def test_a_reader_and_its_twin_have_the_same_schedule(folder, loaded):
    readers = {name: loaded[name] for name in ("elmo", "gpt", "bert")}
    cells = cells_of(benchmarks.load("sentiment", folder), readers, Plan())
    by_place = {(cell.row, cell.size): cell for cell in cells}
    for family in readers:
        for size in (10, 30, 36):
            reader, twin = by_place[family, size], by_place[f"{family}_random", size]
            assert twin.settings == replace(reader.settings, pretrained=False)
            assert twin.parts == reader.parts
    assert by_place["bert", 10].settings.epochs == 20
    assert by_place["elmo", 10].settings.epochs > 20


def test_elmo_reads_each_text_once_for_all_cells_of_a_row(folder, tmp_path, monkeypatch):
    read = []
    features = ElmoLearner.features

    def counted(self, texts):
        read.extend((self.settings.pretrained, self.settings.seed, text) for text in texts)
        return features(self, texts)

    monkeypatch.setattr(ElmoLearner, "features", counted)
    assert small(folder, tmp_path / "finetuning.json") == 0
    assert len(read) == len(set(read))
    assert {seed for pretrained, seed, _ in read if pretrained} == {0}
    assert {seed for pretrained, seed, _ in read if not pretrained} == {0, 1}


def test_what_is_known_changes_no_answer(loaded):
    network = ElmoLearner(loaded["elmo"], "classification", 2, Settings())
    texts = ["A lovely lamp", "A song about a very old and broken pair of shoes", "Cake"]
    shares = []
    known = read_all(network, texts, shares.append)
    before = network.probabilities([(text,) for text in texts])
    network.known = known
    assert network.probabilities([(text,) for text in texts]) == pytest.approx(before, abs=1e-5)
    assert shares == [0.0]


def test_the_page_prints_the_command_of_its_numbers(tmp_path, monkeypatch):
    """What made the numbers, not what would make them today."""
    place = importlib.util.spec_from_file_location("results", ROOT / "docs" / "results.py")
    assert place is not None
    assert place.loader is not None
    page = importlib.util.module_from_spec(place)
    place.loader.exec_module(page)
    monkeypatch.setattr(page, "STORED", tmp_path)
    usual = Plan().command(("elmo", "gpt", "bert"))
    assert page.command("finetuning") == usual
    rows = {"bert": {"10": {"accuracy": [50.0, 40.0, 60.0], "command": f"{usual} --seeds 2"}}}
    rows["gpt"] = {"10": {"accuracy": [50.0, 40.0, 60.0], "command": f"{usual} --seeds 3"}}
    results = {"finetuning": {"sentiment": {"test": 500, "rows": rows}}}
    (tmp_path / "finetuning.json").write_text(json.dumps(results))
    assert page.command("finetuning") == f"{usual} --seeds 2` and `{usual} --seeds 3"


def test_the_report_compares_at_one_size_only():
    """A twin that has not got so far yet is compared where both are."""
    rows = {"bert": cell(70, 69, 71), "bert_random": {"10": {"accuracy": [45.0, 40.0, 50.0]}}}
    text = markdown({"finetuning": {"sentiment": {"test": 500, "rows": rows}}})
    assert "sentiment, 10 examples: BERT is 5.0 points above its twin" in text


def cell(value, low, high):
    return {"100": {"accuracy": [value, low, high]}, "10": {"accuracy": [50.0, 40.0, 60.0]}}


def test_the_note_says_plainly_where_pre_training_does_not_win():
    rows = {
        "majority": cell(50, 45, 55),
        "bag_of_words": cell(72, 70, 74),
        "elmo": cell(70, 68, 72),
        "elmo_random": cell(60, 58, 62),
        "bert": cell(59, 57, 61),
        "bert_random": cell(60, 58, 62),
    }
    text = markdown({"finetuning": {"sentiment": {"test": 500, "limit": None, "rows": rows}}})
    assert "| ELMo | 50.0 (40.0–60.0) | 70.0 (68.0–72.0) |" in text
    assert "ELMo is 10.0 points above its twin" in text
    assert "the intervals do not overlap) and does not beat bag of words." in text
    assert "BERT is 1.0 points below its twin with random weights (the intervals overlap)" in text
    assert "Kim 2014" in text
    assert "SST-2" in text
    rows["bert"] = rows["bert_random"]
    text = markdown({"finetuning": {"sentiment": {"test": 500, "limit": None, "rows": rows}}})
    assert "BERT is level with its twin" in text


def test_seeds_that_tell_another_story_than_their_mean_are_told():
    rows = {"bert": cell(76, 74, 78), "bert_random": cell(63, 61, 65)}
    rows["bert"]["100"]["accuracy_by_seed"] = [76.3, 76.8]
    rows["bert_random"]["100"]["accuracy_by_seed"] = [50.0, 76.1]
    results = {"finetuning": {"sentiment": {"test": 500, "rows": rows}}}
    assert "The twin's seeds are far apart: 50.0 76.1, against 76.3 76.8." in markdown(results)
    rows["bert_random"]["100"]["accuracy_by_seed"] = [62.0, 64.0]
    assert "far apart" not in markdown(results)


def test_a_row_that_is_not_measured_yet_is_no_row_of_numbers(tmp_path):
    """While a benchmark runs with new weights, rows stand empty in the file that the page reads."""
    sets = {"sentiment": {"test": 500, "rows": {"elmo": {}, "bert": cell(76, 74, 78)}}}
    (tmp_path / "finetuning.json").write_text(json.dumps({"finetuning": sets}))
    sets = stored(tmp_path / "finetuning.json")
    assert list(by_size(sets["sentiment"])) == ["bert"]
    assert "| ELMo | – | – |" in markdown({"finetuning": sets})
    sets["sentiment"]["rows"] = {"elmo": {}}
    (tmp_path / "finetuning.json").write_text(json.dumps({"finetuning": sets}))
    assert stored(tmp_path / "finetuning.json") == {}


def test_a_set_as_a_view_knows_who_is_ahead_and_who_is_level():
    close, late = cell(75, 73, 77), {"10": {"accuracy": [80.0, 75.0, 85.0]}}
    rows = {"majority": close, "elmo": {}, "bert": cell(76, 74, 78), "gpt_no_lm": cell(60, 58, 62)}
    rows["bert"]["100"] |= {"command": "measure", "made_with": {"test": 500, "passes": 3}}
    view = set_view({"test": 500, "limit": 300, "rows": rows | {"gpt": late}})
    assert [row.row for row in view.rows] == ["majority", "bert", "gpt_no_lm", "gpt"]
    assert [row.family for row in view.rows] == ["static", "bert", "gpt", "gpt"]
    assert [row.usual for row in view.rows] == [False, True, False, True]
    assert (view.leader, view.level) == (3, ())  # its largest size is another one than theirs
    assert view.each == {"test": "500", "seeds": "", "passes": "3"}
    assert view.commands == ("measure",)
    del rows["majority"]["10"]
    view = set_view({"test": 500, "rows": rows})
    assert (view.rows[view.leader].row, view.limit) == ("bert", None)
    assert [view.rows[i].row for i in view.level] == ["majority"]
    assert equal(from_json(SetView, to_json(view)), view)
