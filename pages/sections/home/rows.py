"""The rows of the dashboard: one question to every reader, its small pictures and its finding.

A row is drawn anew after each reader that has answered, so that nobody waits for the last one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lmcore.analyses import dashboard, sense_bank
from lmcore.analyses.attention import INFLUENCE, InfluenceQuestion
from lmcore.analyses.generation import GENERATION, GenerationQuestion, GenerationView, write
from lmcore.analyses.masked_word import MASKED_WORD, WORDS
from lmcore.analyses.visibility import masks
from lmcore.analyses.word_sense import SENSE, SenseView
from lmcore.charts.masked_word import percent
from lmcore.errors import ReadersError
from lmcore.text.catalogue import LANGUAGES
from lmcore.text.words import Sentence
from pages.sections.home import cells
from pages.ui import names, views
from pages.ui.errors import explained
from pages.ui.format import odds
from pages.ui.models import choice
from pages.ui.startup import warm_start
from pages.ui.text import language, t

#: How many texts that readers wrote on a visitor's session keeps.
KEPT = 24


@dataclass(frozen=True)
class Drawn:
    """A row as far as it is known.

    Attributes:
        cells: HTML by family.
        finding: one sentence in plain words; empty while a reader has not answered.
    """

    cells: Mapping[str, str]
    finding: str = ""


def name_of(family: str) -> str:
    """A reader's name on the screen."""
    return names.FAMILY_NAMES[family]


def answers(
    families: list[str], ask: Callable[[str], Any], draw: Callable[[str, Any], str]
) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    """Cells and answers as they come, after each reader; one that cannot answer says why.

    Args:
        families: whose readers are asked, in order.
        ask: from a family to its answer.
        draw: from family and answer to the HTML in its cell.
    """
    drawn: dict[str, str] = {}
    known: dict[str, Any] = {}
    for family in families:
        try:
            known[family] = ask(family)
            drawn[family] = draw(family, known[family])
        except ReadersError as error:
            drawn[family] = cells.cell(family, name_of(family), cells.plain(explained(error)))
        yield dict(drawn), known


def sees(sentence: Sentence, word: int) -> Iterator[Drawn]:
    """What may each reader see when it reads the word?"""
    drawn, parts = {}, []
    for family in views.families():
        reader, lines = views.facts(family), []
        if reader.context == "none":
            continue  # nothing to see: the word itself
        for mask in masks(reader.context, len(sentence)):
            allowed = mask.allowed[word]
            half = t(f"home.half.{mask.stream}") if mask.stream in ("forward", "backward") else ""
            ground = cells.tinted(family, cells.SEEN / cells.STRONGEST)
            grounds = [ground if seen else "" for seen in allowed]
            line = cells.words(sentence, word, grounds, allowed.tolist())
            lines.append((cells.plain(half) if half else "") + line)
            count = int(allowed.sum())
            parts.append(t(f"home.sees.{mask.stream}", reader=reader.name, count=count))
        drawn[family] = cells.cell(family, name_of(family), "".join(lines))
    finding = t(
        "home.at_word",
        word=sentence.words[word].text,
        place=word + 1,
        count=len(sentence),
        parts=t("common.semicolon").join(parts),
    )
    yield Drawn(drawn, finding)


def sense(sentence: Sentence, word: int) -> Iterator[Drawn]:
    """Which sense has the word, by the sentences of the bank that are nearest to it?"""
    bank, text = choice.bank(sentence.text), sentence.words[word].text
    question = dashboard.sense_question(sentence, word, bank)
    if question is None:
        yield Drawn({}, t("home.no_sense", word=text))
        return
    glosses = {sense.id: _gloss(sense) for sense in bank.senses_of(text)}

    def draw(family: str, view: SenseView) -> str:
        total = sum(view.votes.values()) or 1.0
        rows = [
            cells.Bar(glosses[sense], votes / total, t("home.votes", count=f"{votes:g}"))
            for sense, votes in view.votes.items()
        ]
        note = t(f"home.trust.{view.trust}", share=percent(view.accuracy, 2), word=text)
        if family == "static":
            note = t("home.same_vector", word=text)
        return cells.cell(family, name_of(family), cells.bars(family, rows), note)

    families = views.families()
    for drawn, known in answers(families, lambda f: views.view(SENSE, f, question), draw):
        done = len(drawn) == len(families)
        yield Drawn(drawn, _senses_found(text, known, glosses) if done else "")


def _gloss(sense: sense_bank.Sense) -> str:
    return str(getattr(sense, language()))


def _senses_found(word: str, known: Mapping[str, SenseView], glosses: Mapping[str, str]) -> str:
    by_sense: dict[str | None, list[str]] = defaultdict(list)
    for family, view in known.items():
        by_sense[view.sense].append(name_of(family))
    parts = [
        t("home.takes", sense=glosses[sense], readers=t("common.comma").join(readers))
        for sense, readers in by_sense.items()
        if sense is not None
    ]
    if None in by_sense:
        parts.append(t("home.cannot_tell", readers=t("common.comma").join(by_sense[None])))
    return t("home.senses", word=word, parts=t("common.semicolon").join(parts))


def moves(sentence: Sentence, word: int) -> Iterator[Drawn]:
    """Which words move the word's top vector, on one scale for all readers?"""
    question, texts = InfluenceQuestion(sentence.text), [w.text for w in sentence.words]
    known: dict[str, dashboard.Movers] = {}
    estimate = 0.0
    drawn: dict[str, str] = {}
    families = views.families("influence")
    for family in families:
        try:
            influence = views.view(INFLUENCE, family, question)
            known[family] = dashboard.movers(influence, word)
            estimate = max(estimate, influence.error)
        except ReadersError as error:
            drawn[family] = cells.cell(family, name_of(family), cells.plain(explained(error)))
        top = dashboard.scale(known, word)
        drawn |= {f: _moved(f, sentence, word, row, top) for f, row in known.items()}
        yield Drawn({f: drawn[f] for f in families if f in drawn})
    parts = [
        t("home.strongest", reader=name_of(family), word=texts[row.strongest], share=share)
        for family, row in known.items()
        if row.strongest is not None
        for share in [percent(float(row.shares[row.strongest]), 2)]
    ]
    semicolon = t("common.semicolon")
    finding = t("home.strongest_in", parts=semicolon.join(parts)) if parts else t("home.no_other")
    if estimate:
        share = percent(estimate, 1)
        finding += LANGUAGES[language()].space + t("home.influence_error", share=share)
    yield Drawn({f: drawn[f] for f in families}, finding)


def _moved(family: str, sentence: Sentence, word: int, row: dashboard.Movers, top: float) -> str:
    grounds = [cells.tinted(family, float(share) / top) for share in row.shares]
    grounds[word] = ""
    note = t("home.itself", share=percent(float(row.shares[word]), 2))
    return cells.cell(family, name_of(family), cells.words(sentence, word, grounds), note)


def hidden(sentence: Sentence, word: int) -> Iterator[Drawn]:
    """What would each reader put in the word's place?"""
    question, text = dashboard.blank_question(sentence, word), sentence.words[word].text
    if question is None:
        yield Drawn({}, t("home.no_blank", word=text))
        return

    def ask(family: str) -> dashboard.Proposals:
        answers = views.view(MASKED_WORD, family, question.blanks)
        scores = views.view(WORDS, family, question)
        return dashboard.proposals(answers, question.which, scores)

    families, known, drawn = views.families("fill"), {}, {}
    for family in families:
        try:
            known[family] = ask(family)
        except ReadersError as error:
            drawn[family] = cells.cell(family, name_of(family), cells.plain(explained(error)))
        top = max((c.probability for p in known.values() for c in p.likeliest), default=1.0)
        drawn |= {f: _proposed(f, text, view, top) for f, view in known.items()}
        yield Drawn({f: drawn[f] for f in families if f in drawn})
    parts = [
        t("home.rank_of", reader=name_of(family), rank=f"{view.truth.rank:,}")
        for family, view in known.items()
        if view.truth is not None and view.truth.rank is not None
    ]
    ranks = t("home.ranks", word=text, parts=t("common.semicolon").join(parts))
    none = t("home.no_rank", word=text) if question.words else t("home.blank")
    yield Drawn({f: drawn[f] for f in families}, ranks if parts else none)


def _proposed(family: str, word: str, view: dashboard.Proposals, top: float) -> str:
    rows = [cells.Bar(c.word, c.probability / top, odds(c.probability)) for c in view.likeliest]
    truth, note = view.truth, t(f"home.from.{view.view}")
    if truth is not None and truth.probability is not None:
        place = t("home.rank", word=word, rank=f"{truth.rank:,}", odds=odds(truth.probability))
        note = f"{place} {note}"
    return cells.cell(family, name_of(family), cells.bars(family, rows), note)


def goes_on(sentence: Sentence, word: int) -> Iterator[Drawn]:
    """How does the text go on behind the word? The texts grow as they are written."""
    question = dashboard.continuation_question(sentence, word)
    drawn: dict[str, str] = {}
    for family in views.families("generate"):
        note = t(f"home.writes.{views.facts(family).context}")
        try:
            for view in _written(family, question):
                body = cells.continued(family, view.prompt, dashboard.written(view))
                drawn[family] = cells.cell(family, name_of(family), body, note)
                yield Drawn(dict(drawn))
        except ReadersError as error:
            drawn[family] = cells.cell(family, name_of(family), cells.plain(explained(error)))
            yield Drawn(dict(drawn))
    yield Drawn(dict(drawn), t("home.going_on", seed=question.settings.seed))


def _written(family: str, question: GenerationQuestion) -> Iterator[GenerationView]:
    """A text as it grows; at once where it has been written before."""
    kept = st.session_state.setdefault("home:written", {})
    model = views.key(family)
    known = kept.get((model, question)) or views.kept_view(GENERATION, family, question)
    if known is not None:
        yield known
        return
    warm_start.wait(model)
    for view in write(views.shared(model), question):
        kept[model, question] = view if view.finished else None
        yield view
    while len(kept) > KEPT:
        del kept[next(iter(kept))]


#: The rows in their order: a text key, the page that goes into it, and what draws it.
ROWS: Mapping[str, tuple[str | None, Callable[[Sentence, int], Iterator[Drawn]]]] = {
    "sees": (None, sees),
    "sense": ("polysemy", sense),
    "moves": ("attention", moves),
    "hidden": ("masked_word", hidden),
    "goes_on": ("generation", goes_on),
}
