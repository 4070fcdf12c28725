"""Generation: what a reader writes on, and where each piece stands.

A text grows piece by piece: :func:`write` gives a view after each of them, and the last one is what
the analysis answers.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

from lmcore.analyses.analysis import Analysis, Example
from lmcore.errors import InputError
from lmcore.outputs.generation import Forced, GeneratedToken, GenerationSettings
from lmcore.outputs.reading import Note
from lmcore.readers.base import Reader
from lmcore.runtime.families import CONTEXTUAL, Direction
from lmcore.runtime.limits import LIMITS
from lmcore.text.examples import EXAMPLE
from lmcore.text.prompts import cut_prompt, half_way
from lmcore.text.words import Sentence, split

#: How many texts each reader writes at once at most.
MAX_SAMPLES = LIMITS.samples


@dataclass(frozen=True)
class GenerationQuestion:
    """What is to be written.

    Attributes:
        prompt: the text to go on from.
        settings: how to choose.
        side: where to write.
        forced: the first pieces, which somebody else chose.
    """

    prompt: str
    settings: GenerationSettings
    side: Direction = "right"
    forced: tuple[Forced, ...] = ()


@dataclass(frozen=True)
class GenerationView:
    """A continuation of a prompt by one reader, or what there is of it so far.

    Attributes:
        family: the reader.
        question: what it was to write.
        tokens: the pieces in the order in which they were written.
        notes: what the reader did to the words of the prompt before reading them.
    """

    family: str
    question: GenerationQuestion
    tokens: tuple[GeneratedToken, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def prompt(self) -> str:
        """The text it went on from."""
        return self.question.prompt

    @property
    def sentence(self) -> Sentence:
        """That text and its words."""
        return split(self.prompt)

    @property
    def side(self) -> Direction:
        """Where it wrote."""
        return self.question.side

    @property
    def forced(self) -> int:
        """How many of the first pieces somebody else chose."""
        return min(len(self.question.forced), len(self.tokens))

    @property
    def finished(self) -> bool:
        """Whether all pieces that were asked for are written."""
        return len(self.tokens) == self.question.settings.length

    @property
    def text(self) -> str:
        """The whole text, prompt included."""
        return self.tokens[-1].text_so_far if self.tokens else self.prompt

    @property
    def continuation(self) -> str:
        """Only what was written, with the blank between it and the prompt."""
        return self._at(self.tokens[-1]) if self.tokens else ""

    def _at(self, token: GeneratedToken) -> str:
        """What stood beside the prompt after a step."""
        text, count = token.text_so_far, len(self.prompt)
        return text[count:] if self.side == "right" else text[: len(text) - count]

    @property
    def written(self) -> tuple[int, int]:
        """Characters of :attr:`text` that were written."""
        count = len(self.continuation)
        start = len(self.prompt) if self.side == "right" else 0
        return start, start + count

    @property
    def in_order(self) -> bool:
        """Whether each piece was put beside the one before, with no place left open meanwhile."""
        return not self.tokens or self._at(self.tokens[0]).strip() == self.tokens[0].text.strip()

    def until(self, step: int) -> "GenerationView":
        """The same after some number of steps."""
        return replace(self, tokens=self.tokens[:step])

    def instead(self, step: int, piece: str) -> tuple[Forced, ...]:
        """Pieces to force so that a reader writes this text up to a step, then another piece.

        Raises:
            InputError: ``setting_out_of_range`` where there is no such step (from 1).
        """
        if not 1 <= step <= len(self.tokens):
            high = len(self.tokens)
            raise InputError("setting_out_of_range", name="step", value=step, low=1, high=high)
        kept = [Forced(token.position, token.piece) for token in self.tokens[: step - 1]]
        return (*kept, Forced(self.tokens[step - 1].position, piece))


def write(reader: Reader, question: GenerationQuestion) -> Iterator[GenerationView]:
    """A text as it grows: a view after each piece. Closing the iterator ends the writing at once.

    Raises:
        InputError: before the first piece, see :meth:`lmcore.readers.base.Reader.generate`.
    """
    prompt = split(question.prompt)
    tokens = reader.generate(prompt, question.settings, question.forced, question.side)
    view = GenerationView(reader.family, question, notes=reader.notes(prompt))
    return _growing(view, tokens)


def _growing(view: GenerationView, tokens: Iterator[GeneratedToken]) -> Iterator[GenerationView]:
    try:
        for token in tokens:
            view = replace(view, tokens=(*view.tokens, token))
            yield view
    finally:
        if isinstance(tokens, Generator):
            tokens.close()


def _written(reader: Reader, question: GenerationQuestion) -> GenerationView:
    *_, last = write(reader, question)
    return last


GENERATION: Analysis[GenerationQuestion, GenerationView] = Analysis(
    "generation", GenerationView, _written
)


#: What the page goes on from, and how, when nobody has typed or chosen anything.
FIRST_PROMPT = cut_prompt(split(EXAMPLE), half_way(split(EXAMPLE), "right"), "right")
FIRST = GenerationQuestion(FIRST_PROMPT.text, GenerationSettings())


def examples() -> list[Example[GenerationQuestion, GenerationView]]:
    """The page's own sentence, cut in half."""
    return [Example(GENERATION, CONTEXTUAL, (FIRST,))]


def samples(settings: GenerationSettings, count: int) -> list[GenerationSettings]:
    """The same settings with seeds ``seed`` to ``seed + count - 1``.

    Raises:
        InputError: ``setting_out_of_range`` for more than :data:`MAX_SAMPLES` or less than one.
    """
    if not (1 <= count <= MAX_SAMPLES and count == int(count)):
        raise InputError(
            "setting_out_of_range", name="samples", value=count, low=1, high=MAX_SAMPLES
        )
    return [replace(settings, seed=settings.seed + number) for number in range(int(count))]


@dataclass(frozen=True)
class Segment:
    """One place of a continuation, from left to right.

    Attributes:
        lead: blanks before it.
        text: what stands there, without them; empty where the place is still covered.
        step: when it was written, from 1; 0 where the place is still covered.
        token: the piece; ``None`` where the place is still covered.
    """

    lead: str
    text: str
    step: int
    token: GeneratedToken | None


def segments(view: GenerationView) -> list[Segment]:
    """A continuation as places from left to right; joined, they give its text.

    The blank between a text and the ending that it was written in front of belongs to none of them.
    """
    steps = list(enumerate(view.tokens, start=1))
    if not view.in_order:
        return _filled(view, {token.position: (step, token) for step, token in steps})
    places: list[Segment] = []
    lead = ""
    for step, token in steps if view.side == "right" else reversed(steps):
        text = lead + token.text
        body = text.lstrip()
        lead = body[len(body.rstrip()) :] if view.side == "left" else ""
        places.append(Segment(text[: len(text) - len(body)], body.removesuffix(lead), step, token))
    return places


def _filled(view: GenerationView, placed: dict[int, tuple[int, GeneratedToken]]) -> list[Segment]:
    """Places of a text that is filled in any order.

    Those still covered are written as an underscore; blanks are taken from the text itself, since
    the piece before decides about them.
    """
    text = view.continuation
    if view.side == "left":
        text = text.rstrip(" ")
    places: list[Segment] = []
    cursor = 0
    while cursor < len(text):
        step, token = placed.get(len(places), (0, None))
        visible = token.text.strip() if token is not None else "_"
        lead = "" if text.startswith(visible, cursor) else text[cursor : cursor + 1]
        places.append(Segment(lead, visible if token is not None else "", step, token))
        cursor += len(lead) + max(len(visible), 1)
    return places


def around(view: GenerationView) -> tuple[str, str]:
    """What stands before and behind the places of :func:`segments`: the prompt, on its side."""
    if view.side == "right":
        return view.prompt, ""
    text = view.continuation
    return "", text[len(text.rstrip(" ")) :] + view.prompt
