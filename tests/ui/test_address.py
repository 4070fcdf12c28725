"""Links: what Streamlit cannot bind is in the address too, and wrong values are said."""

import json
from functools import cache
from pathlib import Path
from typing import Any, get_args
from urllib.parse import parse_qs, quote, urlencode, urlparse

import pytest
from streamlit.runtime.state.query_params import QueryParams
from streamlit.testing.v1 import AppTest

from docs.browser import ROOT, Server, Visit
from lmcore.analyses.dashboard import first_word
from lmcore.hub.catalogue import TRIO
from lmcore.outputs.generation import Forced
from lmcore.text.words import split
from pages.sections.attention.columns import Quantity
from pages.sections.generation.link import decoded, encoded
from pages.ui.models import choice
from pages.ui.navigation import ADDRESS, EVERYWHERE, PAGES
from pages.ui.page import NOTICES
from tests.ui.conftest import holds
from tests.ui.generation_page import press, written
from tests.ui.test_models import home, published  # noqa: F401 - fixtures

#: What the address of each page may hold of its own.
RULES = {name: page.address for name, page in PAGES.items()}


def came(page: str, **address: str | list[str]) -> AppTest:
    """A visitor who opens a link on a cold session."""
    at = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=120)
    at.session_state["kept:depth"] = "experts"
    for name, value in address.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


def held(at: AppTest, name: str) -> str:
    """What the address says; a test that has not been run again gives it as it was put in."""
    value = at.query_params[name]
    return value if isinstance(value, str) else value[0]


def warned(at: AppTest) -> bool:
    return any("does not exist here" in warning.value for warning in at.warning)


#: In a link below: a piece that the shipped GPT finds likely, and pieces that it was told to write.
ANOTHER, TOLD = "another piece", "told pieces"
#: One link for each page and each way in which it shows something, with all that it can hold there.
LINKS: list[tuple[str, dict[str, str]]] = [
    ("home", {"s": "A bank, a bank.", "word": "5", "measure": "true"}),
    ("home", {"s": "We saw a heron.", "c1": "A heron flew.", "c2": "The heron."}),
    ("lessons", {"l": "causal-mask", "p": "2"}),
    ("polysemy", {"p_elmo": "1", "p_gpt": "2", "p_bert": "3", "nc_use": "3"}),
    ("attention", {"s": "A $5 <b>dog</b>.", "a_units": "pieces", "a_look": "lines",
                   "no_special": "false"}),
    ("attention", {"word": "3", "a_quantity": "norms", "gpt_layer": "2", "gpt_head": "3",
                   "no_self": "false"}),
    ("attention", {"bert_layer": "1", "bert_head": "0", "elmo_half": "backward"}),
    ("attention", {"a_quantity": "pair", "a_part": "ab", "b": "It rained.", "bert_layer": "4"}),
    ("attention", {"a_quantity": "influence", "a_units": "pieces", "a_look": "lines"}),
    ("layers", {"word": "4", "lens": "false", "adjusted": "false", "lc_word": "2"}),
    ("layers", {"s": "A bank & a bank.", "at-elmo": "1", "at-gpt": "2", "at-bert": "0",
                "at-elmo-forward": "1"}),
    ("layers", {"at-elmo-backward": "0", "w0": "-1.25", "w1": "2", "w2": "0.5", "gamma": "2.5"}),
    ("layers", {"lc": "The dog ran.\nA dog ran.\nThat dog sat.", "lc_word": "3"}),
    ("layers", {"pw": "bank", "ps": "The bank lent it.\nThe river bank.\nA bank closed."}),
    ("masked_word", {"word": "3", "mx": "true", "mr": "true", "mb": "2",
                     "s": "A ___ and a ___ here."}),
    ("masked_word", {"s": "The old man sat.", "b": "2,4", "w": "dog, cat", "mk": "5"}),
    ("masked_word", {"p1": "It rained.", "p2": "We stayed in."}),
    ("generation", {"word": "3", "s": "The old man sat by it.", "gn": "3", "gt": "0.7", "gp": "0.9",
                    "gk": "20", "gs": "7", "gw": "4"}),
    ("generation", {"gd": "left", "gn": "3", "gw": "9"}),
    ("generation", {"gn": "2", "gm": "3", "gv": "2", "gf": "gpt", "gi": "2", "go": "1"}),
    ("generation", {"gn": "2", "generation_measure": "entropy"}),
    ("generation", {"gn": "21", "gr": "true"}),
    ("sentence_score", {"word": "3", "s": "A dog.", "s2": "A cat.", "su": "bits", "sw": "true",
                        "phenomenon": "word_order"}),
    ("finetuning", {"ft": "pairs", "ftik": "2", "ftl": "1.0", "ftm": "0.0", "ftr": "true"}),
    ("finetuning", {"ftie": "3", "fts": "7", "ftp": "bilstm", "ftn": "false"}),
    ("finetuning", {"ft": "upload", "ftk": "choice"}),
    ("history", {"h_axis": "cpu", "log": "false"}),
    ("glossary", {"term": "attention", "q": "head", "terms": "letters"}),
    ("glossary", {"term": "logit-lens", "q": "vector", "terms": "letters"}),
    ("home", {"s": "The bank was closed.", "m": f"bert:{TRIO['bert']}"}),
    ("attention", {"a_quantity": "rollout", "gpt_layer": "3", "a_units": "pieces"}),
    ("generation", {"gn": "2", "gf": "gpt", "gi": "2", "ga": ANOTHER}),
    ("generation", {"gn": "2", "gf": "gpt", "gc": TOLD}),
    ("finetuning", {"ft": "pairs", "ftd": "elmo,bert", "ftset": "question_type", "ftc": "cka",
                    "fta": "2", "ftal": "2", "ftah": "1", "ftg": "2", "ftb": "3",
                    **{f"ftt{place}": f"A text & “{place}”." for place in range(6)}}),
    ("polysemy", {"pw": "dog", "ps": "a | The dog ran.\nb | A dog & a <b>cat</b>.\nThat dog."}),
]  # fmt: skip
#: Such values wait in the address until something has been trained, or measured, that they are of.
WAITING = {"ftd", "ftset", "ftc", "fta", "ftal", "ftah", "ftg", "ftb"}
WAITING |= {f"ftt{place}" for place in range(6)}

#: Where the session holds what the address calls otherwise.
HELD = {"word": "kept:word", "b": "kept:b", "l": "lessons:lesson", "p": "lessons:step"}
HELD |= {name: f"kept:{name}" for name in ("nc_use", "lc_word", "gv", "gi", "go", "ftie", "ftik")}
HELD |= {name: f"kept:{name}" for name in ("pw", "ps", "gw", "term")}
HELD |= {"c1": "kept:c1", "c2": "kept:c2", "gr": "kept:gr", "gc": "kept:gc"}


@cache
def pieces() -> dict[str, str]:
    """What the page itself writes into the address where somebody chooses a piece of GPT's."""
    at = came("generation", gn="2", gf="gpt", gi="2")
    (box,) = [one for one in at.selectbox if str(one.key).startswith("ga:")]
    box.select_index(1).run()
    another = held(at, "ga")
    at.button(key="generation_choose").click().run()
    return {ANOTHER: another, TOLD: held(at, "gc")}


def resolved(address: dict[str, str]) -> dict[str, str]:
    """A link with what depends on the shipped weights put in."""
    if not {ANOTHER, TOLD} & set(address.values()):
        return address
    return {name: pieces().get(value, value) for name, value in address.items()}


def in_session(at: AppTest, page: str, name: str) -> object:
    """What a session shows of one parameter, in the form of the address."""
    if name == "b" and page == "attention":
        return at.session_state["b"]
    if name == "m":
        return choice.address(at.session_state["models"])
    if name in ("ga", "pw", "ps", "gw", "c1", "c2"):
        return str(at.session_state[f"kept:{name}"][1])
    value = at.session_state[HELD.get(name, name)]
    if name == "b":
        return ",".join(str(place + 1) for place in value)
    if name == "p":
        return str(value + 1)
    if isinstance(value, tuple):  # a widget, and which of its options, counted from 0 or 1
        return str(value[1] + (name != "go"))
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) and name not in ("ftl", "ftm") else str(value)


def test_every_name_stands_in_a_link():
    """Whoever adds a name to the list adds it to the links, which sessions and browsers open."""
    for page, rules in RULES.items():
        shown = {name for one, address in LINKS if one == page for name in address}
        assert shown - set(EVERYWHERE) == set(rules), page
    everywhere = {name for _, address in LINKS for name in address}
    # Each is opened in both languages; and the test of the copied link opens a Chinese one.
    # Whose readers read can be chosen once there are weights of a second language.
    assert set(EVERYWHERE) - {"lang", "reads", "depth"} <= everywhere
    asked = {address.get("a_quantity", "attention") for page, address in LINKS}
    assert asked == set(get_args(Quantity))


@pytest.mark.parametrize(("page", "address"), LINKS)
def test_a_link_restores_and_keeps_what_it_holds(
    page: str, address: dict[str, str], request: pytest.FixtureRequest
):
    if "m" in address:
        request.getfixturevalue("published")
    address = resolved(address)
    at = came(page, **address)
    assert not warned(at)
    assert not at.error
    hidden = {"elmo_half"} if address.get("a_quantity") == "pair" else set()
    for name in set(address) - hidden:
        assert held(at, name) == address[name], name
        if name not in WAITING:
            assert in_session(at, page, name) == address[name], name


def wrong_values() -> list[tuple[str, str, str]]:
    """A wrong value for every parameter of every page that can be wrong."""
    return [
        (page, name, value)
        for page, rules in RULES.items()
        for name, rule in rules.items()
        for value in ("<b>no</b>", "", "-1", "2.7", "999999", "true\n")
        if not rule(value)
    ]


def test_every_wrong_value_falls_back_with_a_notice():
    """Many at once, so that it takes seconds: each is named in a notice of its own."""
    asked = wrong_values()
    # Texts may hold anything; everything else has a wrong value.
    free = {name for page, rules in RULES.items() for name in rules} - {
        name for _, name, _ in asked
    }
    assert free == {
        "s", "s2", "b", "w", "l", "p", "pw", "ps", "lc", "p1", "p2", "a_part", "gc", "gf", "ga",
        "c1", "c2", "q",
        *(f"ftt{place}" for place in range(6)),
    }  # fmt: skip
    for page in RULES:
        wrong = {name: value for one, name, value in asked if one == page}
        names = list(wrong)
        for start in range(0, len(names), NOTICES):
            some = {name: wrong[name] for name in names[start : start + NOTICES]}
            at = came(page, **some)
            said = [notice.value.replace("\\", "") for notice in at.warning]
            for name in some:
                assert any(f"says {name} = " in notice for notice in said), (page, name, said)
            assert not set(some) & set(at.query_params)
            assert not warned(at.run())  # said once


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("home", {"word": "99"}),
        ("polysemy", {"p_elmo": "9"}),
        ("polysemy", {"nc_use": "99"}),
        ("attention", {"gpt_layer": "99"}),
        ("attention", {"gpt_head": "99"}),
        ("attention", {"a_quantity": "pair", "a_part": "ac"}),
        ("layers", {"at-bert": "99"}),
        ("layers", {"lc_word": "99"}),
        ("masked_word", {"b": "99"}),
        ("masked_word", {"s": "One ___ only.", "mb": "2"}),
        ("generation", {"gw": "99", "gn": "1"}),
        ("generation", {"gv": "2", "gn": "1"}),
        ("generation", {"gf": "static", "gn": "1"}),
        ("generation", {"gi": "2", "gn": "1"}),
        ("generation", {"go": "9", "gn": "2"}),
        ("generation", {"ga": "no such piece", "gn": "1"}),
        ("generation", {"gc": "[", "gn": "1"}),
        ("generation", {"gc": '[["gpt",9,["a"]]]', "gn": "1"}),
        ("generation", {"gc": '[["gpt",1,["no such piece"]]]', "gn": "1"}),
        ("generation", {"gc": '[["bert",1,["the"],[7]]]', "gn": "1"}),
        ("lessons", {"l": "no-such-lesson"}),
        ("lessons", {"p": "99"}),
    ],
)
def test_what_is_not_there_falls_back_with_a_notice(page: str, address: dict[str, str]):
    at = came(page, **address)
    notices = [*at.warning, *at.error]
    assert len(notices) == 1, [one.value for one in notices]
    assert not any(held(at, name) == value for name, value in address.items() if name in NOT_THERE
                   and name in at.query_params)  # fmt: skip


NOT_THERE = {"word", "nc_use", "lc_word", "b", "gw", "gv", "gf", "gi", "go", "ga", "gc", "l", "p"}


#: What runs for every visitor before a page is declared.
SWITCH = """
import streamlit as st
from pages.ui.page import checked, language_switch
from pages.ui.text import language
language_switch()
st.title(language())
"""


@pytest.mark.parametrize(
    ("value", "language"),
    [("en", "en"), ("English", "en"), ("en-GB", "en"), ("ENGLISH", "en"),
     ("zh", "zh"), ("zh-CN", "zh"), ("zh_TW", "zh"), ("ZH", "zh"), ("chinese", "zh"),
     ("Chinese", "zh"), ("中文", "zh"), ("简体中文", "zh")],
)  # fmt: skip
def test_a_language_is_known_by_every_name_that_people_type(value: str, language: str):
    at = AppTest.from_string(SWITCH)
    at.query_params["lang"] = value
    at.run()
    assert not at.warning
    assert at.title[0].value == language
    assert held(at, "lang") == value  # what works is not rewritten
    other = "English" if language == "zh" else "中文"
    at.button_group(key="lang").set_value(other).run()
    assert at.title[0].value != language
    assert held(at, "lang") == other if other != "English" else "lang" not in at.query_params


def test_a_language_that_is_none_is_told():
    at = AppTest.from_string(SWITCH + "with checked('home'): 0")
    at.query_params["lang"] = "klingon"
    at.run()
    assert ["klingon" in notice.value for notice in at.warning] == [True]
    assert at.title[0].value == "en"
    assert "lang" not in at.query_params


def test_an_unknown_name_is_told_and_dropped():
    at = came("home", nonsense="<b>1</b>", gpt_layer="2", word="3", __theme="dark")
    said = [notice.value.replace("\\", "") for notice in at.warning]
    assert len(said) == 2
    assert any("“nonsense”" in one for one in said)
    assert any("“gpt_layer”" in one for one in said)  # another page's
    assert held(at, "word") == "3"
    assert not {"nonsense", "gpt_layer"} & set(at.query_params)


def test_a_name_that_stands_twice_is_told():
    at = came("attention", a_look=["none", "lines", "map"], gpt_layer=["3", "1"])
    assert at.session_state["a_look"] == "lines"
    assert at.session_state["gpt_layer"] == 3
    assert len([one for one in at.warning if "more than once" in one.value]) == 2


@pytest.mark.usefixtures("published")
def test_the_list_of_names_is_complete(monkeypatch: pytest.MonkeyPatch):
    """Every page, in every way it shows something, reads and writes listed names; and each is."""
    used: set[str] = set()

    def overheard(method: str) -> None:
        real = getattr(QueryParams, method)

        def listening(self: QueryParams, *given: Any, **more: Any) -> Any:
            used.add(given[0] if given else more["param_key"])
            return real(self, *given, **more)

        monkeypatch.setattr(QueryParams, method, listening)

    for method in ("__getitem__", "__setitem__", "bind_widget"):
        overheard(method)
    for page in RULES:
        used.clear()
        for _, address in [link for link in LINKS if link[0] == page]:
            at = came(page, **resolved(address))
            assert not unheld(at, page)
        known = set(ADDRESS[page]) - {"lang", "depth"}  # switches of the side bar
        known -= set() if PAGES[page].reads else {"m", "reads"}
        assert used - {"lang", "depth"} <= known
        # What can be chosen of a trained reader is read as soon as there is one (tested there);
        # the published sets only where they have been measured.
        assert known - used <= (WAITING if page == "finetuning" else set())


#: Widgets that only put something into those that a link holds, or whose state is another's.
HELPERS = {
    "example", "example_group", "polysemy_example", "pair_example", "lesson_choice", "home",
    "layers", "generation_cut", "ftu",
}  # fmt: skip


def unheld(at: AppTest, page: str) -> set[str]:
    """Keys of widgets whose state no link holds."""
    kinds = ("text_input", "text_area", "selectbox", "multiselect", "slider", "select_slider")
    kinds += ("number_input", "toggle", "checkbox", "radio", "button_group")
    keys = [str(one.key) for kind in kinds for one in at.get(kind)]
    return {key for key in keys if key.split(":")[0] not in {*ADDRESS[page], *HELPERS}}


TEXTS = {
    "signs": "#&?%+=/\\ %20 %zz &amp; ;:,.~^|<>{}[]`$_*!@",
    "emoji": "👩‍👩‍👧 🏳️‍🌈 😀 ok",
    "chinese": "银行在河边。",
    "right_to_left": "ذهبت إلى البنك \u202eשלום",
    "quotes": "\"it's' “so”",
    "blanks": "  leading and trailing \t ",
    "lines": "one\ntwo\r\nthree\n",
    "long": "银" * 2_000,
}
BOXES = [
    ("home", "s"), ("polysemy", "ps"), ("attention", "b"), ("layers", "lc"), ("masked_word", "w"),
    ("masked_word", "p1"), ("sentence_score", "s2"),
]  # fmt: skip


@pytest.mark.parametrize(("page", "name"), BOXES)
def test_any_text_survives(page: str, name: str):
    more = {"a_quantity": "pair"} if name == "b" else {}
    for text in TEXTS.values():
        at = came(page, **{name: text}, **more)
        assert at.session_state[name] == text
        assert held(at, name) == text


def test_the_word_that_is_looked_at_is_in_the_link():
    at = came("home", word="5", s="Ångström said $5 & “<b>more</b>” 银行.")
    (box,) = [box for box in at.button_group if str(box.key).startswith("home:")]
    assert box.value == 4
    box.set_value(2).run()
    assert held(at, "word") == "3"
    (box,) = [box for box in at.button_group if str(box.key).startswith("home:")]
    box.set_value(first_word(split("Ångström said $5 & “<b>more</b>” 银行."))).run()
    assert "word" not in at.query_params


def test_a_choice_survives_the_change_of_language():
    at = came("attention", a_quantity="norms")
    at.session_state["lang"] = "中文"
    at.run()
    assert not at.exception
    assert at.session_state["a_quantity"] == "norms"


def test_the_seed_of_a_training_is_in_the_link():
    at = came("finetuning", fts="7")
    assert at.session_state["fts"] == 7


def test_pieces_that_were_chosen_are_in_the_link():
    at = came("generation", gn="4", s="The old man opened the")
    for family, step in (("bert", 2), ("bert", 1), ("gpt", 3)):
        at.session_state["gf"] = family
        at.session_state[f"gi:{family}:4"] = step - 1
        at.run().button(key="generation_choose").click().run()
        assert not at.exception
    sent = {name: held(at, name) for name in at.query_params}
    rows = json.loads(sent["gc"])
    assert [row[0] for row in rows] == ["gpt", "bert"]
    assert len(rows[0]) == 3  # from left to right: no positions
    guest = came("generation", **sent)
    assert not guest.warning
    assert written(guest) == written(at)
    assert held(guest, "gc") == sent["gc"]
    assert guest.session_state["gf"] == "gpt"
    told = [info.value for info in guest.info if "You let" in info.value]
    assert told == [info.value for info in at.info if "You let" in info.value] != []
    assert written(guest) != written(came("generation", gn="4", s=sent["s"]))
    guest.button(key="generation_take_back").click().run()
    assert [row[0] for row in json.loads(held(guest, "gc"))] == ["bert"]


def test_told_pieces_of_any_form_come_back_from_the_address():
    rows = [
        ("gpt", 1, (Forced(0, 'Ġ"so"'), Forced(1, "&#?%+\\"), Forced(2, "\n"))),
        ("bert", 3, (Forced(2, "##银"), Forced(0, "👩‍👩‍👧"))),
    ]
    assert decoded(encoded(rows)) == rows
    assert "[2,0]" in encoded(rows)
    assert encoded(rows).count("[") == 6  # positions stand only where they are needed


@pytest.mark.parametrize(
    "value",
    ["", "{}", "[1]", '[["gpt",1]]', '[["gpt",1,[]]]', '[["gpt",true,["a"]]]', '[["gpt",1,[2]]]',
     '[["gpt",1,["a"],["0"]]]', '[["gpt",1,["a"],[0,1]]]', "[" * 5_000],
)  # fmt: skip
def test_malformed_pieces_are_refused(value: str):
    with pytest.raises((ValueError, RecursionError)):
        decoded(value)


def test_texts_that_a_button_asked_for_are_written_for_who_opens_the_link():
    at = came("generation", gn="21")
    assert not written(at)
    press(at)
    assert held(at, "gr") == "true"
    guest = came("generation", gn="21", gr="true")
    assert written(guest) == written(at)
    guest.text_input(key="s").set_value("Another sentence").run()
    assert not written(guest)  # the link asked for those texts only
    assert "gr" not in guest.query_params


#: In which language the whole page says it is: how a screen reader pronounces it.
TONGUE = "document.documentElement.lang"


@pytest.mark.browser
def test_the_copied_link_shows_the_same_to_somebody_else(app_url: str, visit: Visit, browser: Any):
    text = "A%20%E9%93%B6%E8%A1%8C%20%26%20%245%20%3Cb%3E%20%23%20%2B%20%25."
    visit.open(f"{app_url}/attention?s={text}&gpt_layer=2&gpt_head=3&lang=%E4%B8%AD%E6%96%87")
    visit.tab.get_by_role("radio", name="片段").or_(
        visit.tab.get_by_role("button", name="片段")
    ).first.click()
    visit.settle()
    button = visit.tab.get_by_role("button", name="复制此视图的链接")
    button.click()
    visit.tab.wait_for_timeout(500)
    link = button.get_attribute("data-link")
    said: dict[str, list[str]] = parse_qs(urlparse(link).query)
    assert said["s"] == ["A 银行 & $5 <b> # + %."]
    assert said["a_units"] == ["pieces"]
    assert (said["gpt_layer"], said["gpt_head"], said["lang"]) == (["2"], ["3"], ["中文"])
    assert visit.tab.evaluate(TONGUE) == "zh-Hans"
    other = browser.new_context(viewport={"width": 1280, "height": 1600})
    guest = Visit(other)
    guest.open(link)
    holds(guest.tab.get_by_role("textbox").first, "A 银行 & $5 <b> # + %.")
    assert parse_qs(urlparse(guest.tab.url).query) == said
    guest.tab.locator('[data-testid="stSidebar"]').get_by_text("English", exact=True).click()
    guest.tab.wait_for_function(f"{TONGUE} === 'en'", timeout=60_000)
    guest.check()
    other.close()
    visit.check()


#: What the controls of a page show, as somebody sees it.
CONTROLS = """() => {
  const seen = [...document.querySelectorAll('input, textarea')].map(e => e.value);
  for (const e of document.querySelectorAll('[role=slider]'))
    seen.push(e.getAttribute('aria-valuetext') || e.getAttribute('aria-valuenow'));
  for (const e of document.querySelectorAll('[aria-checked=true], [aria-pressed=true]'))
    seen.push(e.textContent);
  for (const e of document.querySelectorAll('[data-testid=stCheckbox]'))
    if (e.querySelector('input').checked) seen.push('on: ' + e.textContent);
  for (const e of document.querySelectorAll('[data-baseweb=select]')) seen.push(e.textContent);
  return seen;
}"""
#: For some links: what the controls must show.
SHOWN = {
    0: ["A bank, a bank.", "5 · bank"],
    1: ["causal"],
    2: ["1", "2", "3"],
    3: ["Pieces", "Lines"],
    4: ["Vector norms", "2", "3"],
    6: ["A → B", "It rained."],
    8: ["4 · its"],
    10: ["-1.25", "2.5"],
    13: ["on: Same scale"],
    14: ["dog, cat", "5"],
    15: ["It rained.", "We stayed in."],
    16: ["0.7", "0.9", "20", "7"],
    18: ["2", "GPT"],
    21: ["A cat.", "bits"],
    22: ["Pairs", "entailment", "on: Random weights"],
    25: ["processor minutes"],
    26: ["BERT-base"],
    27: ["Rollout", "3"],
    28: ["GPT", "2"],
    30: ["Pairs"],
    31: ["dog", "A dog & a <b>cat</b>."],
}


def link_to(page: str, address: dict[str, str]) -> str:
    """A link, relative to the root of the app."""
    path = "" if page == "home" else page
    return f"/{path}?{urlencode(address, quote_via=quote)}"


def said_by(visit: Visit) -> dict[str, str]:
    """What the browser's address holds."""
    found = parse_qs(urlparse(visit.tab.url).query, keep_blank_values=True)
    return {name: value for name, (value,) in found.items()}


def unseen(visit: Visit, wanted: list[str]) -> list[str]:
    """What the controls do not show, half a minute after the page has run for the first time."""
    missing = wanted
    for _ in range(60):
        shown = visit.tab.evaluate(CONTROLS)
        missing = [one for one in wanted if not any(one in each for each in shown)]
        if not missing:
            break
        visit.tab.wait_for_timeout(500)
    return missing


def link_notices(visit: Visit) -> list[str]:
    alerts = visit.tab.locator('[data-testid="stAlert"]').all_inner_texts()
    return [alert for alert in alerts if "The link says" in alert]


@pytest.mark.browser
@pytest.mark.thorough
@pytest.mark.parametrize("number", range(len(LINKS)))
def test_every_link_form_on_a_cold_server(
    browser: Any, tmp_path: Path, request: pytest.FixtureRequest, number: int
):
    """Each is the first thing that a server is asked for, by a browser without memory.

    Switching the language there loses nothing of it.
    """
    page, address = LINKS[number][0], resolved(LINKS[number][1])
    extra = {"HF_HOME": str(request.getfixturevalue("home"))} if "m" in address else {}
    with Server(tmp_path / "cold.log", extra) as server:
        context = browser.new_context(viewport={"width": 1280, "height": 1600})
        guest = Visit(context)
        guest.open(server.url + link_to(page, address))
        assert said_by(guest) == address, said_by(guest)
        assert not link_notices(guest)
        missing = unseen(guest, SHOWN.get(number, []))
        assert not missing, (missing, guest.tab.evaluate(CONTROLS))
        guest.tab.locator('[data-testid="stSidebar"]').get_by_text("中文", exact=True).click()
        guest.settle()
        with_language = {**address, "lang": "中文"}
        for _ in range(60):
            if said_by(guest) == with_language:
                break
            guest.tab.wait_for_timeout(500)
        assert said_by(guest) == with_language, said_by(guest)
        guest.check()
        context.close()


@pytest.mark.browser
@pytest.mark.thorough
def test_malformed_links_in_a_browser(app_url: str, browser: Any):
    wrong = {"lang": "xx", "nonsense": "1", "s": "A cat sat on the mat.", "word": "99"}
    for page, address in [
        ("home", wrong),
        ("polysemy", {"p_gpt": "99", "p_bert": "2.5", "nc_use": "0"}),
        ("attention", {"lang": "xx", "gpt_layer": "99", "a_look": "<b>", "no_self": "1"}),
        ("layers", {"w0": "99", "gamma": "nan", "at-bert": "99", "lens": "yes"}),
        ("masked_word", {"mk": "99", "mb": "x", "mx": ""}),
        ("generation", {"gn": "0", "gt": "hot", "gc": "[", "gd": "up"}),
        ("sentence_score", {"su": "grams", "phenomenon": "none"}),
        ("finetuning", {"ft": "none", "ftl": "0.3", "fts": "-1"}),
        ("history", {"h_axis": "years", "log": "2"}),
    ]:
        context = browser.new_context(viewport={"width": 1280, "height": 1600})
        guest = Visit(context)
        guest.open(app_url + link_to(page, address))
        kept = {"s"} & set(address)
        notices = guest.tab.locator('[data-testid="stAlert"]', has_text="The link says")
        api = pytest.importorskip("playwright.sync_api")
        api.expect(notices).to_have_count(len(address) - len(kept), timeout=60_000)
        assert set(said_by(guest)) == kept, (page, said_by(guest))
        guest.check()
        context.close()


@pytest.mark.parametrize("page", ["generation", "polysemy", "layers"])
def test_the_address_follows_a_form_when_it_is_sent(page: str):
    """A widget in a form that Streamlit binds writes into the address what nobody has seen yet."""
    at = came(page, **({"gn": "2"} if page == "generation" else {}))
    kinds = ("text_input", "text_area", "slider", "number_input", "toggle")
    inside = [one.proto for kind in kinds for one in at.get(kind) if one.proto.form_id]
    assert inside
    assert not [proto.label for proto in inside if proto.query_param_key]


def test_settings_of_a_form_are_in_the_link_once_it_is_sent():
    at = came("generation", gn="2")
    for number, value in (("gt", 0.7), ("gs", 9)):
        box = at.slider(key=number) if number == "gt" else at.number_input(key=number)
        box.set_value(value)
    press(at)
    assert (held(at, "gt"), held(at, "gs")) == ("0.7", "9")
    assert written(at) == written(came("generation", gn="2", gt="0.7", gs="9"))
