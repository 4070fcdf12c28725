"""The page from pre-training to a task: training, results, new texts; uploads in a browser."""

import json
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from docs.browser import Visit
from lmcore.finetuning import task
from lmcore.finetuning.learner import Learner
from lmcore.finetuning.settings import Settings, sensible
from lmcore.finetuning.task import BUILT_IN
from lmcore.runtime import scheduler
from lmcore.runtime.scheduler import FairQueue
from lmcore.text.catalogue import catalogue
from pages.sections.finetuning import controls, published, session, training
from pages.sections.finetuning.session import Method, Trained
from pages.ui.text import tm
from tests.conftest import HOSTILE
from tests.runtime.test_scheduler import held
from tests.ui.app_page import open_page, texts_of


@pytest.fixture(autouse=True)
def _quick(monkeypatch, request):
    """Few examples and steps: what is learned does not matter here."""
    if "app_url" in request.fixturenames:
        return
    whole = task.split

    def small(whole_task: task.Task, *_: Any) -> task.Split:
        return whole(whole_task, 24, 12, 16)

    def few(family: str, examples: int, parameters: int) -> Settings:
        return replace(sensible(family, examples, parameters), epochs=2, trained_layers=1)

    monkeypatch.setattr(task, "split", small)
    monkeypatch.setattr(controls, "for_waiting", few)


def page(name: str = "sentiment", lang: str = "English") -> AppTest:
    app = open_page("finetuning", lang, {"ft": name})
    assert not app.exception
    return app


def train(app: AppTest, which: str = "all") -> AppTest:
    app.button(key=f"ft:train:{which}").click().run()
    assert not app.exception
    assert not app.error, [error.value for error in app.error]
    return app


def trained(app: AppTest) -> list[Trained]:
    return list(app.session_state["ft:trained"].values())


def english(key: str, **values: object) -> str:
    return catalogue()[f"finetuning.{key}"]["en"].format(**values)


def charts(app: AppTest) -> list[str]:
    return [chart.proto.alt for chart in app.get("plotly_chart")]


@pytest.mark.parametrize("name", BUILT_IN)
def test_opens_with_what_each_reader_gets_and_nothing_trained(name):
    app = page(name)
    drawn = [element.proto.body for element in app.get("html")]
    pairs = BUILT_IN[name] == "similarity"
    assert len(drawn) == (4 if pairs else 3)  # GPT reads a pair in both orders
    assert "&lt;s&gt;" in drawn[1]
    assert "&lt;e&gt;" in drawn[1]
    assert "[CLS]" in drawn[-1]
    assert ("$" in drawn[1]) == pairs
    assert (" · B" in drawn[-1]) == pairs
    assert english("nothing_yet") in texts_of(app)
    assert all(alt.startswith("Accuracy by number of training examples") for alt in charts(app))


def test_every_kind_of_input_can_be_looked_at():
    app = page()
    sequences = {}
    for kind in task.KINDS:
        box = next(box for box in app.selectbox if box.label == english("inputs_kind"))
        box.set_value(task.KINDS.index(kind)).run()
        assert not app.exception
        sequences[kind] = [element.proto.body for element in app.get("html")]
    assert [len(drawn) for drawn in sequences.values()] == [3, 3, 4, 6]
    first, second = sequences["similarity"][1:3]
    assert first != second
    assert first.count("<bdi>") == second.count("<bdi>")


def test_from_training_to_a_new_sentence():
    app = train(page("question_type"))
    networks = trained(app)
    assert [network.method.family for network in networks] == ["elmo", "gpt", "bert"]
    assert all(network.ended == "whole" for network in networks)
    rows = app.table[0].value.index.tolist()
    assert [row.replace("\\", "") for row in rows] == [
        "ELMo", "GPT, λ = 0.5", "BERT", english("row.majority"), english("row.bag_of_words"),
        english("row.static"),
    ]  # fmt: skip
    alts = charts(app)
    assert sum(alt.startswith("Confusion matrix of") for alt in alts) == 3
    for network in networks:
        accuracies = [epoch.validation_accuracy for epoch in network.outcome.epochs]
        assert network.outcome.kept.validation_accuracy == max(accuracies)
    mix = networks[0].outcome.mix
    assert mix is not None
    expected = "prefers no layer" if mix.max() - mix.min() < 0.1 else "This task reads"
    assert expected in texts_of(app)
    assert "ELMo has not changed: its layers are only read." in texts_of(app)
    assert "GPT, λ = 0.5 has changed most in layer 6" in texts_of(app)
    before = next(alt for alt in alts if alt.startswith("Probabilities of the labels"))
    app.text_input[0].set_value("Who carried the lamp up the hill?").run()
    assert not app.exception
    after = next(alt for alt in charts(app) if alt.startswith("Probabilities of the labels"))
    assert before != after
    learner = networks[2].learner
    assert learner is not None
    by_hand = learner.probabilities([("Who carried the lamp up the hill?",)])[0]
    labels = task.built_in("question_type").labels
    assert f"BERT: “{labels[by_hand.argmax()]}” ({by_hand.max():.0%})" in texts_of(app)


def test_attention_before_and_after_and_a_choice_runs_no_model(monkeypatch):
    app = train(page(), "bert")
    assert sum(alt.startswith("Attention before") for alt in charts(app)) == 1
    assert sum(alt.startswith("Attention after") for alt in charts(app)) == 1
    assert "There [CLS], on which the classifier sits, looks most at" in texts_of(app)

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("a model ran")

    monkeypatch.setattr(Learner, "probabilities", never)
    monkeypatch.setattr("lmcore.finetuning.transformer.Copied.observe", never)
    for box in [box for box in app.selectbox if box.label in ("Layer", "Head")]:
        box.set_value(box.options.index(box.options[0])).run()
        assert not app.exception


def test_elmo_alone_has_no_attention_to_show():
    app = train(page(), "elmo")
    assert english("no_attention") in texts_of(app)
    assert not any(alt.startswith("Attention") for alt in charts(app))


def test_similarity_inside_can_be_cka():
    app = train(page(), "bert")
    app.segmented_control(key="ftc").set_value("cka").run()
    assert not app.exception
    assert "Linear CKA over all positions of 12 validation texts" in texts_of(app)


def test_lambda_0_and_a_half_stand_side_by_side():
    app = train(page(), "gpt")
    app.select_slider(key="ftl").set_value(0.0).run()
    train(app, "gpt")
    rows = [row.replace("\\", "") for row in app.table[0].value.index.tolist()]
    assert rows[:2] == ["GPT, λ = 0.5", "GPT, λ = 0"]
    with_lm, without = (network.outcome.epochs[0].language for network in trained(app))
    assert with_lm is not None
    assert without is None


def test_a_link_holds_what_is_looked_at_and_says_what_to_train_anew():
    address = {"ft": "question_type", "ftd": "elmo,bert", "ftc": "cka", "ftal": "2", "ftah": "3"}
    address |= {"ftt0": "Who sang #1 & “?” 银\n", "ftg": "2", "ftb": "3", "fts": "3"}
    app = open_page("finetuning", address=address)
    assert not app.exception
    (notice,) = app.warning
    assert "these had been trained: ELMo, BERT" in notice.value
    train(app, "bert")
    assert not app.warning
    assert {n: "".join(app.query_params[n]) for n in address} == address | {"ftd": "bert"}
    assert app.text_input[0].value == address["ftt0"]
    app.session_state["lang"] = "中文"
    app.run()
    assert not app.exception
    assert {n: "".join(app.query_params[n]) for n in address} == address | {"ftd": "bert"}
    app.button(key="ft:forget").click().run()
    assert "ftd" not in app.query_params


def test_random_weights_and_the_ways_of_elmo():
    app = page()
    app.toggle(key="ftr").set_value(True).run()
    app.segmented_control(key="ftp").set_value("bilstm").run()
    train(app, "elmo")
    assert trained(app)[0].method.settings.pretrained is False
    assert "ELMo, BiLSTM, random weights" in texts_of(app)


def test_examples_that_one_gets_right_and_another_wrong():
    app = train(page("question_type"), "elmo")
    (network,) = trained(app)
    right = network.outcome.answers == network.outcome.gold
    counts = np.bincount([e.label for e in task.split(task.built_in("question_type")).train])
    wrong = network.outcome.gold != counts.argmax()
    assert f"{(right & wrong).sum()} test examples that ELMo gets right" in texts_of(app)


def test_the_same_seed_gives_the_same_numbers_on_the_page():
    first, second = (trained(train(page(), "bert"))[0].outcome for _ in range(2))
    assert first.epochs == second.epochs
    assert np.array_equal(first.probabilities, second.probabilities)


def test_time_is_limited(monkeypatch):
    monkeypatch.setattr(training, "MOST_SECONDS", 0.0)
    app = train(page(), "bert")
    assert trained(app)[0].ended == "time"
    assert "time was up" in texts_of(app)


@pytest.mark.parametrize("full", [False, True])
def test_a_training_waits_for_a_place_and_says_so(monkeypatch, full):
    """Others train already: their places are few, and so may be those in line."""
    places, notices = FairQueue(at_once=1, longest=0 if full else 9), []

    def noted(key: str, **values: object) -> str:
        notices.append((key, values))
        return tm(key, **values)

    monkeypatch.setattr(scheduler, "_trainings", places)
    monkeypatch.setattr(training, "tm", noted)
    app, others = page(), ExitStack()
    others.enter_context(held(places))
    leave = threading.Timer(3.0, others.close)
    leave.start()
    train(app, "elmo")
    leave.join(10)
    assert len(trained(app)) == 1
    assert not places._running, "its place was given back"
    key = "finetuning.training_full" if full else "finetuning.training_line"
    waited = next(values for noticed, values in notices if noticed == key)
    assert waited == {"name": "ELMo"} | ({} if full else {"place": 1})


def test_results_belong_to_their_task_and_can_be_forgotten():
    app = train(page(), "elmo")
    app.selectbox(key="ft").set_value("pairs").run()
    assert english("nothing_yet") in texts_of(app)
    app.selectbox(key="ft").set_value("sentiment").run()
    assert english("nothing_yet") not in texts_of(app)
    app.button(key="ft:forget").click().run()
    assert english("nothing_yet") in texts_of(app)


def test_what_is_trained_is_bounded(monkeypatch):
    app = train(page(), "elmo")
    monkeypatch.setattr(session, "MOST_HERE", 2)
    for seed in (1, 2):
        app.number_input(key="fts").set_value(seed).run()
        train(app, "elmo")
    assert [network.method.settings.seed for network in trained(app)] == [1, 2]
    monkeypatch.setattr(session, "MOST_EVERYWHERE", 1)
    app.number_input(key="fts").set_value(3).run()
    train(app, "elmo")
    first, second = trained(app)
    assert first.learner is None
    assert second.learner is not None
    assert "The server needed the memory of ELMo, seed 2" in texts_of(app)


@pytest.mark.parametrize("name", ["empty", "long", "html", "markdown", "special", "chinese"])
def test_hostile_new_texts(name):
    app = train(page(lang="中文"), "elmo")
    app.text_input[0].set_value(HOSTILE[name]).run()
    assert not app.exception
    if name in ("empty", "long"):
        assert len(app.error) == 1
    else:
        assert any(alt.startswith("各标签的概率") for alt in charts(app))


def test_names_tell_methods_apart():
    usual = Settings()
    names = {
        Method(family, family, settings).name
        for family in ("elmo", "gpt")
        for settings in (
            usual,
            replace(usual, seed=3),
            replace(usual, pretrained=False),
            *([replace(usual, lm_weight=0.0)] if family == "gpt" else []),
            *([replace(usual, layer_norm=False)] if family == "elmo" else []),
            *([replace(usual, mix_penalty=1.0)] if family == "elmo" else []),
            *([replace(usual, pooling="bilstm")] if family == "elmo" else []),
        )
    }
    assert len(names) == 10


def test_accuracy_on_published_sets(monkeypatch, tmp_path):
    results = tmp_path / "finetuning.json"
    monkeypatch.setattr(published, "RESULTS", results)
    app = page()
    assert english("published_none") in texts_of(app)
    assert "finetune --benchmark" in app.code[0].value
    cells = {"10": {"accuracy": [50.0, 40.0, 60.0]}, "300": {"accuracy": [70.5, 66.0, 73.0]}}
    few = {"10": {"accuracy": [80.0, 75.0, 85.0]}, "300": {"accuracy": [60.0, 55.0, 65.9]}}
    rows = {"majority": few, "elmo": {}, "bert": cells, "bert_random": cells, "gpt": few}
    measured = {"sentiment": {"test": 500, "limit": 300, "rows": rows}}
    results.write_text(json.dumps({"finetuning": measured}))
    app = page()
    assert any(alt.startswith("Accuracy by number of training examples") for alt in charts(app))
    assert "With 300 training examples BERT is ahead" in texts_of(app)
    assert "The intervals of these overlap with it: BERT, random weights." in texts_of(app)
    assert "Limited to 300 examples" in texts_of(app)


# --- in a browser ---------------------------------------------------------------------------------

GOOD = "label,text\n" + "".join(
    f'{"<b>tea</b>" if n % 2 else "$fog$"},"a cup of {"tea" if n % 2 else "fog"}, number {n}"\n'
    for n in range(40)
)
BAD = {
    "columns": "class,sentence\n" + "a,b\n" * 30,
    "few_rows": "label,text\na,one\nb,two\n",
    "one_label": "label,text\n" + "".join(f"same,text {n}\n" for n in range(30)),
    "broken": 'label,text\na,"never closed\n',
    "cell_empty": "label,text\n" + "".join(f"{'ab'[n % 2]},text {n}\n" for n in range(30)) + "a,\n",
    "no_text": b"\x89PNG\r\n\x1a\n\x00\xff",
}


def upload(visit: Visit, path: Path) -> None:
    visit.tab.locator("input[type=file]").set_input_files(str(path))
    visit.tab.wait_for_timeout(1_500)
    visit.settle()


def open_upload(visit: Visit, url: str) -> None:
    visit.open(f"{url}/finetuning")
    visit.tab.locator(".st-key-ft input").first.click()
    visit.tab.get_by_role("option").nth(3).click()
    visit.settle()


def test_from_upload_to_prediction_with_a_good_and_bad_tables(
    app_url: str, visit: Visit, tmp_path: Path
):
    open_upload(visit, app_url)
    for name, content in BAD.items():
        path = tmp_path / f"{name}.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        upload(visit, path)
        visit.check()
        alert = visit.tab.locator('[data-testid="stAlertContentError"]')
        assert alert.count() == 1, name
        wanted = catalogue()[f"error.table_{name}"]["en"].split("{")[0].rstrip(" (“")
        assert wanted in alert.inner_text().replace("\u2060", ""), name
        assert visit.tab.locator(".st-key-ft-train-elmo").count() == 0
    path = tmp_path / "good.csv"
    path.write_text(GOOD)
    upload(visit, path)
    visit.check()
    assert visit.tab.locator('[data-testid="stAlertContentError"]').count() == 0
    visit.tab.locator(".st-key-ft-train-elmo button").click()
    visit.tab.get_by_text(english("trial")).wait_for(timeout=150_000)
    visit.settle()
    box = visit.tab.get_by_label(english("box.text"), exact=True)
    box.fill("a cup of tea, please")
    box.press("Enter")
    visit.settle()
    visit.check()
    notes = visit.tab.locator('[data-testid="stAlertContentInfo"]').all_inner_texts()
    assert any(text.startswith("ELMo: “") and "%" in text for text in notes)
    main = visit.tab.locator('[data-testid="stMain"]')
    assert main.locator("b:text-is('tea')").count() == 0, "a label became markup"
    assert main.locator(".katex").count() == 0


def test_stop_keeps_the_best_state(app_url: str, visit: Visit):
    visit.open(f"{app_url}/finetuning")
    visit.tab.locator(".st-key-ft-train-bert button").click()
    stop = visit.tab.locator(".st-key-ft-stop button")
    stop.wait_for(timeout=60_000)
    begun = time.monotonic()
    visit.tab.get_by_text("pass 2 of").wait_for(timeout=120_000)
    stop.click()
    visit.tab.get_by_text("BERT: stopped after").first.wait_for(timeout=60_000)
    visit.settle()
    visit.check()
    assert time.monotonic() - begun < 120
    assert stop.count() == 0
    assert visit.tab.get_by_text(english("confusion")).count() == 1
