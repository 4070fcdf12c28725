"""Captions of saved pictures: each names the very text that was read, and no other of its page."""

import ast
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lmcore.analyses import minimal_pairs
from lmcore.analyses.contextuality import MEASURES
from lmcore.lessons.lesson import Panel, load
from lmcore.text.catalogue import catalogue
from lmcore.text.examples import SECOND, TASKS
from pages.sections.lessons import panels
from pages.ui import captions
from tests.conftest import ROOT
from tests.sections.test_finetuning import _quick, train  # noqa: F401 - the first is a fixture
from tests.sections.test_finetuning import page as tasks

#: What the sentence box of the page holds, where a picture is of other texts.
OTHER = "A grey heron stood still."
LESSONS = load()


def said(at: AppTest) -> list[str]:
    """What the captions of all open menus call the text of their picture, as it was put in."""
    lead = catalogue()["saving.text"]["en"].format(text="")
    lines = [one.value.replace("\\", "").replace("\u2060", "") for one in at.caption]
    return [line.removeprefix(lead) for line in lines if line.startswith(lead)]


def opened(page: str, *places: str, **asked: str) -> AppTest:
    """A page that a link opens, with the menus of some pictures open."""
    at = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=120)
    at.session_state["lang"], at.session_state["kept:depth"] = "English", "experts"
    for name, value in asked.items():
        at.query_params[name] = value
    for place in places:
        at.session_state[f"save:{place}"] = True
    at.run()
    assert not at.exception
    assert not at.error
    return at


OWN = "The dog ran home. | A dog sat down. | That dog slept."
ABOUT_OWN = {"lc": OWN.replace(" | ", "\n"), "s": OTHER}
USES = "The bank lent it.", "The river bank was wet.", "A bank closed.", "That bank was steep."
ABOUT_USES = {"pw": "bank", "ps": "a | {}\nb | {}\na | {}\nb | {}".format(*USES)}
PAIR = {"p1": "It rained all day.", "p2": "We stayed in.", "s": OTHER}
TWO = {"s": "The old dog barked.", "s2": "The old dog sang."}


@pytest.mark.parametrize(
    ("page", "place", "asked", "wanted"),
    [
        ("home", "dashboard", {"s": OTHER}, OTHER),
        ("layers", "layers-moves", {"s": OTHER}, OTHER),
        ("layers", "lens-bert", {"s": OTHER}, OTHER),
        *(("layers", f"contextuality-{one}", ABOUT_OWN, OWN) for one in MEASURES),
        (
            "layers",
            "contextuality-self_similarity",
            {**ABOUT_OWN, "lc_word": "2"},
            f"dog | {OWN}",
        ),
        ("layers", "scalar-mix", {**ABOUT_USES, "s": OTHER}, " | ".join(["bank", *USES])),
        ("polysemy", "polysemy-separation", ABOUT_USES, " | ".join(["bank", *USES])),
        ("masked_word", "sentence-pair-bert", PAIR, "It rained all day. | We stayed in."),
        ("masked_word", "masked-word-bert-both", {"s": OTHER, "b": "3"}, "A grey ___ stood still."),
        ("masked_word", "masked-word-bert-both", {"s": OTHER, "b": "2,3", "mb": "2"},
         "A ___ ___ stood still. | blank 2"),
        ("sentence_score", "surprisal-strip", TWO, "The old dog barked."),
        ("sentence_score", "surprisal-by-word", TWO, "The old dog barked."),
        ("sentence_score", "two-sentences", TWO, "The old dog barked. | The old dog sang."),
        ("attention", "map:bert", {"s": OTHER}, OTHER),
        ("attention", "lines:map:bert", {"s": OTHER, "a_look": "lines"}, OTHER),
        ("attention", "map:bert", {"s": OTHER, "b": "It flew.", "a_quantity": "pair"},
         f"{OTHER} | It flew."),
        ("attention", "glance:bert", {"s": OTHER, "b": "It flew.", "a_quantity": "pair"},
         f"{OTHER} | It flew."),
        ("generation", "generation", {"s": OTHER, "gw": "3", "gn": "2"}, "A grey heron"),
        ("generation", "generation-scores", {"s": OTHER, "gw": "3", "gn": "2"}, OTHER),
    ],
)  # fmt: skip
def test_a_caption_names_the_text_of_its_picture(
    page: str, place: str, asked: dict[str, str], wanted: str
):
    assert said(opened(page, place, **asked)) == [wanted]


def test_the_example_that_a_sentence_is_compared_with_is_named():
    (text,) = said(opened("sentence_score", "two-sentences"))
    assert text.endswith(f" | {SECOND['sentence_score']}")


def test_minimal_pairs_name_their_own_and_not_the_sentences_above():
    chosen = list(minimal_pairs.load())[1]
    (text,) = said(opened("sentence_score", "minimal-pairs-by-phenomenon", phenomenon=chosen))
    first, count = minimal_pairs.load()[chosen][0], sum(map(len, minimal_pairs.load().values()))
    assert text.startswith(f"{count} minimal pairs")
    assert f"“{first.good.text}” / “{first.bad.text}”" in text


def texts_of(panel: Panel) -> str:
    """What a panel reads, by what its lesson says, as a caption has it."""
    given = panel.params
    if panel.page == "finetuning":
        return " | ".join(TASKS["entailment" if "pair" in panel.view else "classification"])
    if panel.page == "generation":
        return " ".join(given["s"].split()[: panel.number("gw", 1)])
    if "ps" in given:
        lines = [line.rpartition(" | ")[2] for line in given["ps"].splitlines()]
        return " | ".join([given["pw"], *lines])
    return " | ".join(given[name] for name in ("s", "p1", "p2") if name in given)


@pytest.mark.parametrize("name", [lesson.name for lesson in LESSONS])
def test_every_picture_of_a_lesson_names_its_text(name: str):
    lesson = next(one for one in LESSONS if one.name == name)
    for number, step in enumerate(lesson.steps, start=1):
        names = [one.name for one in panels.shown(step.panel)]
        found = said(opened("lessons", *names, l=name, p=str(number)))
        wanted = texts_of(step.panel)
        assert len(found) == (len(names) if wanted else 0)
        for text in found:
            if step.panel.blanks:
                assert text.count("___") == len(step.panel.blanks)
            elif len(wanted) < captions.TOGETHER:
                assert text == wanted
            else:
                assert text.startswith(wanted[:30])


def test_pictures_of_a_training_name_the_task_or_the_new_text():
    at = train(tasks(), "all")
    new = at.text_input[0].value
    places = {"decisions": new, "attention-before": new, "attention-after": new}
    places |= {"layers-before-after": new}
    task = catalogue()["finetuning.task.sentiment"]["en"]
    places |= {"fine-tuning-validation": f"12 validation examples of: {task}"}
    for place in ("fine-tuning-loss", "layer-weights"):
        places[place] = f"24 training examples of: {task}"
    places["confusion:0"] = f"16 test examples of: {task}"
    for place, wanted in places.items():
        at.session_state[f"save:{place}"] = True
        at.run()
        assert not at.exception
        assert said(at) == [wanted], place
        if place == "attention-before":
            heads = [one.value for one in at.caption if "· Layer" in one.value.replace("\\", "")]
            assert any("GPT" in one and "Head" in one for one in heads), heads
        at.session_state[f"save:{place}"] = False
    at.segmented_control(key="ftc").set_value("cka").run()
    at.session_state["save:layers-before-after"] = True
    assert said(at.run()) == [f"12 validation examples of: {task}"]


#: Pictures of what was measured beforehand: there is no text to name.
MEASURED = {"history/curves.py", "history/results.py", "layers/probes.py"}


def test_every_picture_says_which_text_it_shows():
    """Whoever adds a picture passes its texts along, or counts its file among the measured ones."""
    found = set()
    for path in ROOT.glob("pages/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func).rpartition(".")[2]
            if name not in ("show_figure", "SavedPicture"):
                continue
            named = "texts" in {word.arg for word in node.keywords}
            if not named and not (name == "SavedPicture" and len(node.args) > 3):
                found.add("/".join(path.parts[-2:]))
    assert found == MEASURED


def short(monkeypatch: pytest.MonkeyPatch, name: str, *texts: str) -> list[str]:
    """The lines of a caption on the Attention page."""
    monkeypatch.setattr(captions.st, "session_state", {"page": "attention"})
    monkeypatch.setattr(captions, "version", lambda _: "version")
    return captions.caption(name, "map", "shown", texts).splitlines()


def test_a_picture_of_stored_results_names_no_sentence(monkeypatch: pytest.MonkeyPatch):
    assert short(monkeypatch, "probes-pos") == ["Attention", "shown", "version"]


def test_all_heads_are_no_head_0(monkeypatch: pytest.MonkeyPatch):
    assert short(monkeypatch, "attention_gpt_layer2_head0")[0].endswith("· Layer 2 · All heads")
    assert short(monkeypatch, "attention_gpt_layer2_head3")[0].endswith("· Layer 2 · Head 3")


def test_many_texts_share_the_place_of_a_caption(monkeypatch: pytest.MonkeyPatch):
    texts: Any = [letter * 300 for letter in "abcdefghijklmnopqrst"]
    line = short(monkeypatch, "map", *texts)[2]
    for text in texts:
        assert f"{text[: captions.LEAST]}… (" in line
    assert len(line) < 2_000
    one = short(monkeypatch, "map", texts[0])[2]
    assert f" {'a' * captions.MOST}… (60 more characters)" in one
