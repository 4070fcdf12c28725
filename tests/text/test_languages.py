"""Languages: what is foreign to a reader is told, and what is English never is."""

import csv
import json
from pathlib import Path

import pytest

from lmcore.hub.catalogue import MODELS
from lmcore.runtime.checkpoints import Card
from lmcore.text import examples
from lmcore.text.examples import FOLLOWS
from lmcore.text.languages import foreign, latin_language, scripts
from tests.conftest import HOSTILE, ROOT

ENGLISH = ("English",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("我昨天在银行存了钱。", ("Han",)),
        ("She said 你好 and bowed.", ("Han",)),
        ("昨日、銀行に行きました。", ("Han", "Kana")),
        ("어제 은행에 갔다.", ("Hangul",)),
        ("Вчера я ходил в банк.", ("Cyrillic",)),
        ("Χθες πήγα στην τράπεζα.", ("Greek",)),
        ("ذهبت إلى البنك", ("Arabic",)),
        ("הלכתי לבנק", ("Hebrew",)),
        ("कल मैं बैंक गया", ("Devanagari",)),
        ("เมื่อวานฉันไปธนาคาร", ("Thai",)),
        ("ქართული ენა", ("other",)),
        ("Ich habe gestern ein altes Buch gekauft.", ("German",)),
        ("Der Hund ist nicht im Haus, aber er war auf der Straße.", ("German",)),
        ("Hier, je suis allé à la banque avec ma sœur.", ("French",)),
        ("Ayer fui al banco con mi hermana para pedir un préstamo.", ("Spanish",)),
        ("Ieri sono andato in banca con mia sorella perché non avevo soldi.", ("Italian",)),
        ("Ontem eu não fui ao banco com a minha irmã.", ("Portuguese",)),
        ("Gisteren ben ik met mijn zus naar het station gelopen.", ("Dutch",)),
        ("Wczoraj poszedłem do banku, żeby wpłacić pieniądze.", ("Latin_other",)),
        ("Hôm qua tôi đã đến ngân hàng.", ("Latin_other",)),
    ],
)  # fmt: skip
def test_another_language_is_told(text: str, found: tuple[str, ...]):
    assert foreign(text, ENGLISH) == found


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "?!", "a", "42", "OK", "λ is small and Ω is large.", "The die is cast.",
        "The naïve fiancée ate a crêpe in a café.", "El Niño was strong in Los Angeles.",
        "He ordered a crème brûlée, a jalapeño and a Gewürztraminer.", "Der Spiegel is a magazine.",
        "Les Misérables is on at the theatre.", "La La Land", "Das Auto", "Ångström said so.",
        "Yestreday I recieved a beatiful lettre.", "Mr. Okonkwo moved from Lagos to Reykjavik.",
        "She plays the part of Don Juan de la Mancha.", "Kraków and Łódź are in Poland.", "MASK",
    ],
)  # fmt: skip
def test_english_and_what_cannot_be_told_is_left_alone(text: str):
    assert foreign(text, ENGLISH) == ()


def shown() -> list[str]:
    """Every English sentence that the app shows or puts into a box."""
    found = [
        text for group, rows in examples.GROUPS.items() if group != "languages" for text in rows
    ]
    found += [row.text for group in examples.BLANKS.values() for row in group]
    found += [row.text for row in (*examples.PROMPTS, *examples.SENSES)]
    found += [
        text for texts in (*examples.TASKS.values(), *examples.TRIALS.values()) for text in texts
    ]
    found += [*examples.SECOND.values(), *examples.UNRELATED, examples.SHARING]
    found = [line for text in found for line in text.splitlines()]
    found += [text for pair in FOLLOWS for text in (pair.first, pair.second)]
    lessons = json.loads((ROOT / "lmcore/data/lessons.json").read_text(encoding="utf8"))
    return found + list(_params(lessons))


def _params(node: object) -> list[str]:
    """The texts of the panels of all lessons."""
    if isinstance(node, list):
        return [text for one in node for text in _params(one)]
    if not isinstance(node, dict):
        return []
    own = node.get("params")
    texts = [own[name] for name in ("s", "s2", "p1", "p2", "ps") if name in own] if own else []
    return [*texts, *(text for one in node.values() for text in _params(one))]


def stored() -> list[str]:
    """The sentences that come with the library: thousands, all English."""
    folder = ROOT / "lmcore" / "data" / "en"
    found = (folder / "samples.txt").read_text(encoding="utf8").splitlines()
    files = [folder / "minimal_pairs.tsv", folder / "sense_bank.tsv"]
    for path in [*files, *sorted((folder / "tasks").glob("*.tsv"))]:
        found += _texts(path)
    return found


def _texts(path: Path) -> list[str]:
    with path.open(encoding="utf8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [cell for row in rows[1:] for cell in row if " " in cell.strip()]


def test_no_english_example_of_the_app_is_foreign():
    texts = shown()
    assert len(texts) > 100
    assert [text for text in texts if foreign(text, ENGLISH)] == []


def test_no_stored_sentence_is_foreign():
    texts = stored()
    assert len(texts) > 1_000
    assert [text for text in texts if foreign(text, ENGLISH)] == []


def test_the_foreign_examples_of_the_app_are_told():
    assert [bool(foreign(text, ENGLISH)) for text in examples.GROUPS["languages"]] == [True] * 3


def test_a_reader_of_many_languages_has_nothing_foreign():
    multilingual = [model for model in MODELS if "104 languages" in model.languages]
    assert multilingual
    chinese = [model for model in MODELS if model.languages == ("Chinese",)]
    assert chinese
    for text in HOSTILE.values():
        assert foreign(text, multilingual[0].languages) == ()
        assert foreign(text, ()) == ()
    assert foreign("我在银行存钱", chinese[0].languages) == ()
    assert foreign("I went to the bank.", chinese[0].languages) == ("Latin",)
    assert foreign("Ich habe ein Buch, und ich lese es.", ("English", "German")) == ()


def test_every_catalogue_language_is_known_or_says_nothing():
    for model in MODELS:
        foreign("text", model.languages)


def test_a_card_without_languages_is_one_of_english():
    assert Card("gpt", "GPT", 1, {}).languages == ENGLISH
    assert Card("gpt", "GPT", 1, {"languages": []}).languages == ()
    assert Card("bert", "BERT", 1, {"languages": ["Chinese"]}).languages == ("Chinese",)


def test_marks_and_signs_are_no_letters():
    assert scripts("1 + 2 = ３ ☃ ❤️ \u0301 _") == {}
    assert latin_language("") is None


@pytest.mark.parametrize("name", HOSTILE)
def test_any_text_is_taken(name: str):
    assert isinstance(foreign(HOSTILE[name], ENGLISH), tuple)
