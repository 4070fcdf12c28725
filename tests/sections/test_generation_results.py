"""The Generation page below its texts: choosing anew, several texts, and what is said of them."""

import json
from collections import Counter
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lmcore.readers import families
from pages.sections.generation import results
from pages.ui.components import coloured_text
from pages.ui.components.text_pieces import picked_in
from tests.ui.generation_page import Calls, counting_calls, page, sums, texts, written


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    return counting_calls(monkeypatch)


# --- choosing differently --------------------------------------------------------------------


def test_another_piece_can_be_chosen_at_a_step_and_taken_back(calls: Calls):
    app = page(gn="5")
    before, first = written(app), texts(app)[0]["pieces"]
    (step,) = [box for box in app.selectbox if box.label == "step"]
    step.set_value(2).run()  # the third
    (box,) = [box for box in app.selectbox if box.label.startswith("Instead")]
    other = box.value
    app.button(key="generation_choose").click().run()
    assert not app.exception
    assert calls.pieces == {"elmo": 10, "gpt": 5, "bert": 5}  # only the changed text
    pieces = texts(app)[0]["pieces"]
    assert [p["text"] for p in pieces[:2]] == [p["text"] for p in first[:2]]
    assert pieces[2]["text"] == other
    assert [p["chosen"] for p in pieces] == [False, False, True, False, False]
    assert "chosen by you" in pieces[2]["facts"]
    assert written(app)[1:] == before[1:]
    assert any("You let ELMo write" in info.value for info in app.info)
    app.button(key="generation_take_back").click().run()
    assert written(app) == before
    assert calls.pieces["elmo"] == 10  # kept


def test_a_pick_in_the_text_writes_on_from_there(calls: Calls):
    app = page(gn="4")
    jobs = list(app.session_state["generation:kept"])
    gpt = next(job for job in jobs if job.family == "gpt")
    writing = app.session_state["generation:kept"][gpt]
    token = writing.tokens[1]
    other = next(o for o in token.alternatives if o.piece != token.piece)
    forced = writing.instead(2, other.piece)
    app.session_state["generation:choices"] = {gpt: [forced]}
    app.run()
    assert not app.exception
    again = app.session_state["generation:kept"]
    anew = next(again[job] for job in again if job.family == "gpt" and job.question.forced)
    assert anew.tokens[0] == writing.tokens[0]
    assert anew.tokens[1].piece == other.piece


@pytest.mark.parametrize(
    ("state", "pick"),
    [
        ({"pick": {"step": 2, "piece": "a"}}, (2, "a")),
        ({"pick": {"step": 2.0, "piece": "a"}}, (2, "a")),
        ({"pick": {"step": "2", "piece": "a"}}, None),
        ({"pick": {"step": 2.5, "piece": "a"}}, None),
        ({"pick": {"step": 2, "piece": None}}, None),
        ({"pick": ["step"]}, None),
        ({"pick": None}, None),
        ({}, None),
        (None, None),
    ],
)
def test_what_the_browser_sends_is_checked(state: Any, pick: Any):
    assert picked_in(state) == pick


def test_a_forged_pick_is_one_sentence_and_no_traceback():
    app = page(gn="3")
    gpt = next(job for job in app.session_state["generation:kept"] if job.family == "gpt")
    writing = app.session_state["generation:kept"][gpt]
    app.session_state["generation:choices"] = {gpt: [writing.instead(1, "<s>")]}
    app.run()
    assert not app.exception
    assert len(app.error) == 1
    assert "cannot write" in app.error[0].value
    assert len(texts(app)) == 2


# --- several texts ---------------------------------------------------------------------------


def test_several_texts_have_seeds_in_a_row():
    app = page(gn="4", gm="3", gs="5", gt="1.5")
    assert not app.exception
    assert len(texts(app)) == 9
    table = sums(app)
    assert table["Seed"].tolist() == [5, 6, 7] * 3
    assert table["Reader"].tolist() == ["ELMo"] * 3 + ["GPT"] * 3 + ["BERT"] * 3
    assert len(set(table["text"])) > 3
    # One of them is looked at more closely.
    first = json.loads(app.get("plotly_chart")[0].proto.spec)["data"][0]["hovertext"]
    app.session_state["gv:5:3"] = 2
    app.run()
    assert not app.exception
    assert json.loads(app.get("plotly_chart")[0].proto.spec)["data"][0]["hovertext"] != first


def test_several_greedy_texts_are_one():
    app = page(gn="2", gm="4", gt="0.0")
    assert len(texts(app)) == 3
    assert any("nothing is drawn" in c.value for c in app.caption)


# --- what is said about them -----------------------------------------------------------------


def test_repetition_is_told_for_every_text():
    app = page(gn="12", gt="0.0", s="the cat and the cat and the cat and", gw="9")
    table = sums(app)
    for column in ("distinct-1", "distinct-2", "repeated"):
        assert table[column].between(0, 1).all(), column
    assert (table["distinct-1"] < 1).any()
    (finding,) = [info.value for info in app.info if "repeat" in info.value]
    most = table.loc[table["repeated"].idxmax()]
    assert f"{most['Reader']} repeats itself most" in finding
    assert most["longest repeat"] in finding


def test_every_text_is_judged_by_every_reader_once(monkeypatch: pytest.MonkeyPatch):
    judged: Counter[str] = Counter()
    for family in ("elmo", "gpt", "bert"):
        kind = families()[family]

        def counting(
            self: Any, given: Any, plain: Any = kind.chained_scores, name: str = family
        ) -> Any:
            judged[name] += len(given)
            return plain(self, given)

        monkeypatch.setattr(kind, "chained_scores", counting)
    app = page(gn="6", s="A sentence that no other test has written on from, I hope")
    assert not app.exception
    table = app.dataframe[-1].value
    assert judged == {"elmo": 4, "gpt": 4, "bert": 4}  # three texts and the sentence itself
    assert table["written by"].tolist() == ["ELMo", "GPT", "BERT", "the sentence itself"]
    chart = json.loads(app.get("plotly_chart")[-1].proto.spec)["data"][0]
    assert len(chart["text"]) == 4
    assert all(len(row) == 3 for row in chart["text"])
    for judge, column in (("ELMo", 0), ("GPT", 1), ("BERT", 2)):
        given = table[f"{judge}, nats a word"]
        assert (given < 0).all()
        assert [f"{v:.2f}" for v in given] == [row[column] for row in chart["text"]]
        favourite = table.loc[given.idxmax(), "written by"]
        finding = next(i.value for i in app.info if " finds " in i.value)
        part = next(p for p in finding.split("; ") if p.startswith(("Every", f"{judge} finds")))
        if favourite != judge:
            assert f"{favourite}’s words likelier" in part
    app.session_state["lang"] = "中文"
    app.run()
    assert judged == {"elmo": 4, "gpt": 4, "bert": 4}


def test_the_measure_changes_the_picture_and_writes_nothing(calls: Calls):
    app = page(gn="3")
    before = dict(calls.pieces)
    first = json.loads(app.get("plotly_chart")[0].proto.spec)
    app.session_state["generation_measure"] = "entropy"
    app.run()
    assert not app.exception
    second = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert first["data"][0]["y"] != second["data"][0]["y"]
    assert dict(calls.pieces) == before


def steps(app: AppTest) -> dict[str, Any]:
    """The text of the steps of filling."""
    protos = [b.proto for b in app.get("bidi_component") if "order-text" in b.proto.id]
    (proto,) = protos
    return json.loads(proto.json)


def test_the_steps_of_filling_can_be_gone_back(calls: Calls):
    app = page(gn="6")
    app.slider(key="go:6").set_value(2).run()
    assert not app.exception
    pieces = steps(app)["pieces"]
    assert sum(piece["covered"] for piece in pieces) == 4
    assert [p["step"] for p in pieces if not p["covered"] and p["newest"]] == [2]
    assert calls.pieces["bert"] == 6


def test_the_steps_of_filling_can_be_played(calls: Calls, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(results, "PACE", 0.0)
    app = page(gn="5")
    drawn: list[int] = []
    plain = coloured_text.show

    def show(place: Any, before: str, given: Any, *rest: Any) -> None:
        drawn.append(sum(segment.token is not None for segment in given))
        plain(place, before, given, *rest)

    monkeypatch.setattr(coloured_text, "show", show)
    app.button(key="generation_play").click().run()
    assert not app.exception
    assert drawn[-4:] == [1, 2, 3, 4]
    assert not any(piece["covered"] for piece in steps(app)["pieces"])
    assert calls.pieces["bert"] == 5


def test_one_piece_has_no_steps_to_go_through():
    app = page(gn="1")
    assert not app.exception
    assert not app.error
