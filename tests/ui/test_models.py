"""The choice of models: from the sidebar and the address, on every page, with what goes wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lmcore.hub import policy
from lmcore.hub.catalogue import TRIO
from lmcore.hub.download import DOWNLOADS
from lmcore.hub.model_cache import SHELF
from lmcore.text.catalogue import catalogue
from pages.ui.navigation import PAGES
from tests.conftest import ROOT
from tests.hub import tiny
from tests.ui.app_page import open_page, texts_of

HEADLESS = "google/bert_uncased_L-2_H-128_A-2"
WORDY = "bert:" + TRIO["bert"]
ALL = ",".join(f"{family}:{model}" for family, model in TRIO.items())
NAMES = ("ELMo original", "GPT-1", "BERT-base")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Hugging Face cache with the published trio and a BERT without heads, all tiny."""
    made = tmp_path_factory.mktemp("home")
    for family, repository in TRIO.items():
        tiny.WRITERS[family](tiny.snapshot(made, repository))
    tiny.bert(tiny.snapshot(made, HEADLESS), heads=False)
    return made


@pytest.fixture
def published(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The tiny models stand in the usual cache; nothing of them is left for other tests."""
    monkeypatch.setenv("HF_HOME", str(home))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    for name in (policy.DOWNLOADS, policy.MODELS, policy.MODEL_DIRS, "HF_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    yield home
    for identifier in SHELF.held():
        SHELF.drop(identifier)
    st.cache_resource.clear()
    st.cache_data.clear()


def opened(page: str, models: str = "", language: str = "English") -> AppTest:
    """One page by itself, with a choice in its address."""
    return open_page(page, language, address={"m": models} if models else None)


#: The sidebar and Home, as ``app.py`` runs them: AppTest itself runs ``app.py`` only once, then the
#: page alone.
APP = f"""
import streamlit as st
from pages.ui.models import sidebar

st.sidebar.segmented_control(
    "Language", ["English", "中文"], default="English", key="lang", bind="query-params"
)
with st.sidebar:
    sidebar.sidebar()
exec(compile(open({str(ROOT / "pages" / "home.py")!r}).read(), "home.py", "exec"))
"""


def app(**address: str) -> AppTest:
    """Home with the sidebar."""
    at = AppTest.from_string(APP, default_timeout=180)
    at.session_state["kept:depth"] = "experts"
    for name, value in address.items():
        at.query_params[name] = value
    return at.run()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_stands_with_the_published_trio(published: Path, page: str):
    at = opened(page, ALL)
    assert not at.exception
    assert not at.error, texts_of(at)
    if page not in ("masked_word", "generation", "sentence_score", "glossary"):
        named = [name for name in NAMES if name in str(at) or name in texts_of(at)]
        assert named, "the chosen models are named"
    assert set(SHELF.held()) <= set(TRIO.values())


@pytest.mark.parametrize(
    ("page", "code"),
    [("masked_word", "no_softmax"), ("generation", "no_softmax"), ("sentence_score", "no_softmax")],
)
def test_what_the_published_elmo_lacks_is_said_with_its_reason(
    published: Path, page: str, code: str
):
    sentence = catalogue()[f"error.{code}"]["en"].format(reader="ELMo original")
    at = opened(page, f"elmo:{TRIO['elmo']}")
    assert not at.exception
    assert not at.error
    assert [info.value.replace("\\", "") for info in at.info].count(sentence) == 1
    assert sentence not in texts_of(opened(page))


def test_a_bert_without_heads_reads_and_says_what_it_cannot(published: Path):
    at = opened("masked_word", f"bert:{HEADLESS}")
    assert not at.exception
    assert not at.error
    for code in ("no_masked_head", "no_next_sentence_head"):
        sentence = catalogue()[f"error.{code}"]["en"].format(reader="BERT-Tiny")
        assert sentence in texts_of(at)
    at = opened("attention", f"bert:{HEADLESS}")
    assert not at.exception
    assert not at.error
    assert "BERT-Tiny" in texts_of(at)


def test_a_classroom_reader_stands_beside_a_published_one(published: Path):
    at = opened("home", WORDY)
    assert not at.exception
    shown = texts_of(at)
    assert "**BERT-base**" in shown
    assert "**GPT**" in shown
    assert "Apache-2.0" in shown, "its card says what it is"
    assert "Devlin et al. 2018" in shown
    assert SHELF.held() == [TRIO["bert"]]


def test_the_card_of_elmo_says_that_no_licence_is_stated(published: Path):
    shown = texts_of(opened("home", f"elmo:{TRIO['elmo']}"))
    assert catalogue()["cards.no_licence"]["en"] in shown


def test_nothing_that_is_kept_for_one_model_is_shown_for_the_other(published: Path):
    """Two sessions with different models on the same page and sentence."""
    published_one, classroom = opened("layers", WORDY), opened("layers")
    assert not published_one.exception
    assert not classroom.exception
    for at, name, top in ((published_one, "BERT-base", 3), (classroom, "BERT", 6)):
        assert at.slider(key="at-bert").max == top
        assert f"{name} " in texts_of(at)


def test_a_model_that_is_not_here_takes_down_its_own_place_only(published: Path):
    at = opened("home", "bert:google-bert/bert-large-uncased")
    assert not at.exception
    assert len(at.error) == 1
    assert "BERT-large is not on this machine" in at.error[0].value.replace("\\", "")
    assert "**GPT**" in texts_of(at)


def test_damaged_files_take_down_their_own_place_only(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    folder = tiny.snapshot(tmp_path, TRIO["bert"])
    tiny.bert(folder)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    at = opened("home", WORDY)
    assert not at.exception
    assert len(at.error) == 1
    assert "cut short" in at.error[0].value
    assert "**GPT**" in texts_of(at)


@pytest.mark.parametrize(
    "address",
    ["bert:org/evil", "bert:../../etc/passwd", "bert:folder:/etc", "cat:x", "gpt:" + TRIO["bert"]],
)
def test_an_address_opens_nothing_that_is_not_on_the_list(published: Path, address: str):
    at = app(m=address)
    assert not at.exception
    assert not at.error
    assert address.split("/")[-1] in at.sidebar.warning[0].value.replace("\\", "")
    assert SHELF.held() == []
    assert not at.run().sidebar.warning, "said once"


def test_a_list_of_the_operator_binds_the_address_and_the_choices(
    published: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(policy.MODELS, TRIO["gpt"])
    at = app()
    assert at.selectbox(key="model_gpt").options[1:] == ["GPT-1 · on this machine"]
    assert len(at.selectbox(key="model_bert").options) == 1
    monkeypatch.setenv(policy.MODELS, "none")
    at = app()
    assert not at.exception
    asked = [one.key for one in at.sidebar.selectbox]
    assert [key for key in asked if (key or "").startswith("model_")] == ["model_static"]


def test_a_folder_of_the_operator_can_be_chosen(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    tiny.bert(tmp_path / "bert-mine")
    tiny.gpt(tmp_path / "bert-wrong")
    monkeypatch.setenv(policy.MODEL_DIRS, str(tmp_path))
    at = opened("home", "bert:folder:bert-mine")
    assert not at.exception
    assert not at.error
    assert "**bert-mine**" in texts_of(at)
    at = opened("home", "bert:folder:bert-wrong")
    assert not at.exception
    assert "openai-gpt, listed as bert" in at.error[0].value.replace("\\", "")


def test_the_switch_says_what_is_needed_and_then_reads(published: Path):
    at = app()
    assert not at.exception
    assert SHELF.held() == []
    at.sidebar.segmented_control(key="model_set").set_value("published").run()
    assert not at.exception
    assert SHELF.held() == [], "nothing is loaded before the visitor says so"
    shown = texts_of(at)
    for wanted in ("117 million parameters", "licence: MIT", "BooksCorpus", "766 MB of memory"):
        assert wanted in shown
    assert "licence: stated nowhere" in shown
    assert "Free memory: " in shown
    assert "m" not in at.query_params
    at.sidebar.button(key="models_use").click().run()
    assert not at.exception
    assert set(SHELF.held()) == set(TRIO.values())
    assert at.query_params["m"] == ALL
    assert "**GPT-1**" in texts_of(at)
    assert [button.key for button in at.sidebar.button if button.key == "models_use"] == []
    at.sidebar.segmented_control(key="model_set").set_value("classroom").run()
    assert "m" not in at.query_params
    assert "**GPT**" in texts_of(at)


def test_one_reader_by_itself_and_back(published: Path):
    at = app()
    at.sidebar.selectbox(key="model_bert").set_value(TRIO["bert"]).run()
    assert not at.exception
    assert at.sidebar.segmented_control(key="model_set").value is None
    at.sidebar.button(key="models_use").click().run()
    assert at.query_params["m"] == WORDY
    at.sidebar.selectbox(key="model_gpt").set_value(TRIO["gpt"]).run()
    assert at.query_params["m"] == WORDY, "a wish is no choice yet"
    at.sidebar.selectbox(key="model_bert").set_value("").run()
    assert "m" not in at.query_params, "the classroom's reads at once"
    assert at.sidebar.selectbox(key="model_gpt").value == TRIO["gpt"], "the wish is kept"
    assert not at.exception


def test_downloads_that_are_off_are_not_offered(published: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(policy.DOWNLOADS, "off")
    at = app()
    at.sidebar.selectbox(key="model_bert").set_value("google-bert/bert-large-uncased").run()
    assert catalogue()["models.off"]["en"] in texts_of(at)
    assert [button for button in at.sidebar.button if button.key == "models_get"] == []


def test_no_network_is_one_sentence_and_no_traceback(
    published: Path, monkeypatch: pytest.MonkeyPatch
):
    at = app()
    identifier = "google-bert/bert-large-uncased"
    at.sidebar.selectbox(key="model_bert").set_value(identifier).run()
    at.sidebar.button(key="models_get").click()
    at.run()
    job = DOWNLOADS.job(identifier)
    assert job is not None
    job.wait(60)
    at.run()
    assert not at.exception
    assert "127.0.0.1:9 cannot be reached" in texts_of(at)
    DOWNLOADS.forget(identifier)


def test_the_history_is_the_classrooms(published: Path):
    assert "GPT-1" not in texts_of(opened("history"))
    at = opened("history", f"gpt:{TRIO['gpt']}")
    assert "This page is about the classroom's models" in texts_of(at)
    assert "GPT-1" in texts_of(at)
    assert SHELF.held() == [] or not at.exception


def test_it_speaks_chinese(published: Path):
    at = app(lang="中文", m="gpt:openai-community/gpt2")
    assert not at.exception
    assert "许可证：MIT" in texts_of(at)
    assert "语言：英文" in texts_of(at)
    assert "本机上没有 GPT-2 small" in texts_of(at)


def test_no_cache_of_the_pages_is_keyed_by_a_family_alone():
    """A function that Streamlit caches and that reads with a model must tell the models apart."""
    import ast

    for path in ROOT.glob("pages/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            marks = [ast.unparse(mark) for mark in node.decorator_list]
            if not any("cache_resource" in mark or "cache_data" in mark for mark in marks):
                continue
            names = [argument.arg for argument in node.args.args]
            body = ast.unparse(node)
            asks = any(f"{name}(family" in body for name in ("reader", "reading", "loaded"))
            assert not asks, f"{path.name}: {node.name} caches by family"
            if "family" in names and path.name != "views.py":
                assert "key" in names or not asks, f"{path.name}: {node.name}"


def test_no_page_takes_a_readers_name_from_the_theme():
    for path in ROOT.glob("pages/**/*.py"):
        if path.name in ("names.py", "sidebar.py"):
            continue
        text = path.read_text(encoding="utf8")
        assert "theme.FAMILY_NAMES" not in text, path
        for line in text.splitlines():
            assert not ("theme import" in line and "FAMILY_NAMES" in line), path
