"""What each reader writes into a blank and after a beginning: twenty sentences, none left out.

The sentences were written for this project before anybody looked at the answers and stand in
``lmcore/data/LANGUAGE/samples.txt``. Blanks get the likeliest five words of each view; the words
before the blank are continued greedily and once by sampling with the app's own settings and seed 0.
"""

from lmcore.evaluation.benchmark import Benchmark, Progress, Row, spread
from lmcore.outputs.generation import GenerationSettings
from lmcore.readers.base import Reader
from lmcore.text.language import Language, language
from lmcore.text.words import split

FILE = "samples.txt"
BLANK = "___"
#: How many candidates and how many pieces.
CANDIDATES, PIECES = 5, 16
GREEDY = GenerationSettings(length=PIECES, temperature=0.0)
SAMPLED = GenerationSettings(length=PIECES)


def sentences(limit: int | None = None, of: Language | None = None) -> list[str]:
    """The sentences, each with one blank."""
    lines = (of or language()).lines(FILE)
    return [lines[i] for i in spread(len(lines), limit)]


def filled(reader: Reader, text: str) -> dict[str, list[list[object]]]:
    """``[word, probability]`` of the likeliest words, by view."""
    before, after = text.split(BLANK)
    sentence = split(f"{before}blank{after}")  # whatever stands in the blank is not looked at
    place = len(split(before))
    return {
        view.view: [[c.word, round(c.probability, 4)] for c in view.candidates]
        for view in reader.fill(sentence, place, CANDIDATES)
    }


def _continued(reader: Reader, text: str, settings: GenerationSettings) -> str:
    """The words before the blank and what the reader writes after them."""
    prompt = split(text.split(BLANK)[0].strip())
    return [token.text_so_far for token in reader.generate(prompt, settings)][-1]


def _measure(reader: Reader, texts: list[str], progress: Progress) -> Row:
    """What one reader fills in and writes on."""
    row: Row = {"fill": [], "greedy": [], "sampled": []}
    for number, text in enumerate(texts):
        progress(number / len(texts), "sentences")
        row["fill"].append(filled(reader, text))
        row["greedy"].append(_continued(reader, text, GREEDY))
        row["sampled"].append(_continued(reader, text, SAMPLED))
    return row


BENCHMARK = Benchmark(
    name="samples",
    summary="what each reader writes into a blank and after a beginning (twenty own sentences)",
    limits="sentences",
    applies=lambda reader: reader.can("fill") and reader.can("generate"),
    prepare=lambda data, limit: sentences(limit),
    measure=_measure,
    in_language=lambda data, limit, of: sentences(limit, of),
    references=lambda texts: {"sentences": {"text": texts}},
)
