"""How they were trained: files that may be missing or damaged, what is computed, what is drawn."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lmcore.analyses.training_history import (
    Fall,
    HistoryView,
    fall,
    histories,
    part_ends,
    processor_speed,
    smooth,
    speed,
)
from lmcore.analyses.training_recipe import recipe
from lmcore.charts import training_history as charts
from lmcore.outputs.view import equal, from_json, to_json
from lmcore.runtime.families import FAMILIES

TEXTS = charts.Texts(x="tokens", y="nats", faint="report", bold="smoothed", end="held out")


def report(step: int, loss: float, **more: float) -> dict[str, float]:
    """A report of a training that reads 1,000 tokens a step, 10 s of processor in 30 s each."""
    return {
        "step": step,
        "minutes": 0.5 * step,
        "cpu_minutes": round(step / 6, 2),
        "tokens_seen": 1_000 * step,
        "tokens_per_second": 33,
        "loss": loss,
        **more,
    }


def checkpoint(folder: Path, reports: list[Any], card: dict[str, Any] | None = None) -> None:
    """The small files of a checkpoint."""
    folder.mkdir(parents=True)
    lines = [row if isinstance(row, str) else json.dumps(row) for row in reports]
    (folder / "history.jsonl").write_text("\n".join(lines) + "\n")
    if card is not None:
        (folder / "card.json").write_text(json.dumps(card))


def history_of(root: Path, family: str) -> HistoryView:
    return next(view for view in histories(root) if view.family == family)


def test_shipped_files_are_read() -> None:
    views = histories()
    assert [view.family for view in views][:4] == list(FAMILIES)
    for view in views[:3]:
        assert view.recipe is not None
        assert view.kind == view.family
        assert fall(view, "tokens").end > 0
        assert view.skipped == 0
        assert (np.diff(view.reports["tokens_seen"]) > 0).all()
    by_family = {view.family: view for view in views}
    assert by_family["bert"].measure == "masked"
    assert by_family["bert"].parts == ("next_sentence",)
    assert by_family["elmo"].measure == by_family["gpt"].measure == "loss"
    assert by_family["elmo"].parts == ("forward", "backward")


def test_a_view_comes_back_from_json_as_it_was(tmp_path: Path) -> None:
    checkpoint(tmp_path / "gpt", [report(n, 9.0 - n) for n in range(1, 8)], {"minutes": 3.5})
    view = history_of(tmp_path, "gpt")
    assert equal(from_json(HistoryView, to_json(view)), view)


def test_missing_files_are_no_error(tmp_path: Path) -> None:
    views = histories(tmp_path / "nowhere")
    assert [view.name for view in views] == ["ELMo", "GPT", "BERT", "word2vec"]
    for view in views:
        assert not view.trained
        assert view.recipe is None
        assert view.end("wall") is None
        assert view.ends == {}


def test_what_is_no_report_is_counted(tmp_path: Path) -> None:
    lines = [report(1, 9.0), "{half a li", "[1, 2]", report(2, float("nan")), "", report(3, 8.0)]
    checkpoint(tmp_path / "gpt", lines)
    (tmp_path / "gpt" / "card.json").write_text("not JSON")
    (tmp_path / "elmo.part").mkdir()
    view = history_of(tmp_path, "gpt")
    assert view.reports["step"].tolist() == [1, 3]
    assert view.skipped == 3
    assert view.recipe is None
    assert view.ends["tokens"] == 3_000  # without a card, the last report knows
    assert len(histories(tmp_path)) == 4


def test_a_part_that_some_reports_lack_begins_with_the_first_that_has_it(tmp_path: Path) -> None:
    checkpoint(tmp_path / "elmo", [report(1, 9.0), report(2, 8.0, forward=4.0), report(3, 7.0)])
    view = history_of(tmp_path, "elmo")
    assert view.parts == ("forward",)
    assert np.isnan(view.reports["forward"]).tolist() == [True, False, True]
    assert part_ends(view, "forward") == (4.0, 4.0)


def test_smoothing_by_hand() -> None:
    values = np.arange(40.0) ** 2
    smoothed = smooth(values)
    assert smoothed[:5].tolist() == values[:5].tolist()  # the steep beginning stays as it is
    assert smoothed[5] == pytest.approx((16 + 25 + 36) / 3)
    assert smoothed[30] == pytest.approx(np.mean(values[26:35]))
    assert smoothed[-1] == pytest.approx(np.mean(values[-5:]))
    assert smooth(np.array([])).shape == (0,)
    assert np.allclose(smooth(np.full(200, 3.0)), 3.0)


def test_fall_by_hand(tmp_path: Path) -> None:
    checkpoint(
        tmp_path / "bert", [report(n, 99.0, masked=9.0 - n) for n in range(1, 8)]
    )  # the last two are averaged
    checkpoint(tmp_path / "gpt", [report(1, 5.0), report(2, 5.5)])
    view = history_of(tmp_path, "bert")
    assert fall(view, "tokens") == Fall(8.0, 2.5, 4_000.0, 7_000.0)
    assert fall(view, "wall") == Fall(8.0, 2.5, 2.0, 3.5)
    assert fall(history_of(tmp_path, "gpt"), "tokens") == Fall(5.0, 5.5, None, 2_000.0)


def test_speed_counts_the_processor_not_the_clock(tmp_path: Path) -> None:
    checkpoint(tmp_path / "gpt", [report(n, 5.0) for n in range(1, 60)])
    view = history_of(tmp_path, "gpt")
    assert np.allclose(view.processor_speed, 100, rtol=0.05)  # 1,000 tokens in 10 s, rounded
    whole = speed(view)
    assert whole.clock == pytest.approx(1_000 / 30)
    assert whole.processor == pytest.approx(100, rel=0.01)
    assert whole.share == pytest.approx(1 / 3, rel=0.01)
    still = {**view.reports, "cpu_minutes": np.ones(59)}
    assert np.isnan(processor_speed(still)[20])


def test_recipe_by_hand() -> None:
    card = {"tokens_seen": 600, "corpus_pieces": 200, "parameters": 1_200, "steps": 6}
    card |= {"unit": "nats per piece", "validation_loss": 4.5}
    made = recipe(card, {"vocab_size": 16384})
    assert made.validation_loss == 4.5
    assert made.choices == pytest.approx(math.exp(4.5))
    assert made.vocabulary == 16_384
    assert made.blind == math.log(16_384)
    assert (made.passes, made.per_parameter, made.per_step) == (3.0, 0.5, 100.0)
    assert recipe({"unit": "none"}, {"words": 9}).blind is None
    assert recipe({}, {}).choices is None


@pytest.mark.parametrize("log", [False, True])
def test_curves_are_drawn_with_their_marks(log: bool) -> None:
    x, values = np.array([10.0, 20.0]), np.array([9.0, 5.0])
    lines = [
        charts.Line("GPT", "gpt", x, values, values - 0.1, (25.0, 5.5)),
        charts.Line("<b>$x$", "own", x, values, values),
    ]
    figure = charts.along(lines, TEXTS, log)
    assert figure.layout.xaxis.type == ("log" if log else "linear")
    faint, _, bold, other, mark, entry = figure.data
    assert np.array_equal(faint.y, values)
    assert faint.showlegend is False
    assert np.array_equal(bold.y, values - 0.1)
    assert (mark.x[0], mark.y[0]) == (25.0, 5.5)
    assert entry.name == "held out"
    assert "<b>$" not in other.name
    assert len(charts.along(lines[1:], TEXTS, log).data) == 2  # no mark, no entry for marks


def test_results_by_layer_with_levels_across() -> None:
    lines = [("BERT", "bert", np.array([40.0, np.nan, 60.0])), ("ELMo", "elmo", np.array([5, 6]))]
    figure = charts.by_layer(lines, [("commonest", 44.0)], TEXTS)
    assert figure.data[0].x.tolist() == [0, 1, 2]
    assert figure.data[2].x == (0, 2)
    assert figure.data[2].y == (44.0, 44.0)
    assert charts.by_layer([], [("commonest", 44.0)], TEXTS).data


def test_a_training_that_went_on_from_a_checkpoint_has_seams(tmp_path: Path) -> None:
    """Each earlier sitting ends where its card said; what is no number is left out."""
    sittings = [{"tokens_seen": 2_000, "minutes": 1.0}, {"tokens_seen": "many"}, 7]
    checkpoint(tmp_path / "bert", [report(4, 5.0, rate=1e-3)], {"sittings": sittings})
    checkpoint(tmp_path / "gpt", [report(4, 5.0)], {"sittings": "one"})
    views = {view.family: view for view in histories(tmp_path)}
    assert views["bert"].seams["tokens"] == (2_000.0,)
    assert views["bert"].seams["cpu"] == ()
    assert views["gpt"].seams["tokens"] == ()
    assert views["bert"].parts == (), "the learning rate is no part of the loss"
