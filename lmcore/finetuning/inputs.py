"""How GPT and BERT write a task: the sequences that the networks really get.

GPT (Radford et al. 2018, section 3.3 and figure 1): start, text, extract; for entailment premise,
delimiter, hypothesis; for similarity both orders, whose two vectors are added; for multiple choice
one sequence for each answer, scored on its own. BERT (Devlin et al. 2018, figures 1 and 4):
``[CLS]`` text ``[SEP]``, for pairs with a second segment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from lmcore.analyses.analysis import Analysis, Example
from lmcore.errors import InputError
from lmcore.finetuning.task import BUILT_IN, Kind, built_in
from lmcore.finetuning.task import split as split_task
from lmcore.readers.base import Reader
from lmcore.runtime.families import CONTEXTUAL
from lmcore.text.words import split

if TYPE_CHECKING:
    from lmcore.readers.transformer import TransformerReader

Role = Literal["start", "text_a", "delimiter", "text_b", "extract", "class", "separator"]

#: Vectors of NumPy or PyTorch.
T = TypeVar("T", bound=Any)

#: Positions that GPT learns for the task only, behind its own vocabulary.
DELIMITER, EXTRACT, START = 0, 1, 2
NEW = 3


@dataclass(frozen=True)
class Row:
    """One sequence.

    Attributes:
        ids: entries of the vocabulary, ``[P]``; GPT's new ones follow behind it.
        segments: 0 or 1 for each position (BERT).
        pieces: as they are written.
        roles: what each position is for.
        left_out: pieces that did not fit.
    """

    ids: tuple[int, ...]
    segments: tuple[int, ...]
    pieces: tuple[str, ...]
    roles: tuple[Role, ...]
    left_out: int = 0


def sequences(kind: Kind, texts: Sequence[str], both_orders: bool) -> list[tuple[str, ...]]:
    """The texts of each sequence, in their order.

    Args:
        kind: of the task.
        texts: of the example.
        both_orders: whether a pair without an order is read in both.
    """
    if kind == "classification":
        return [(texts[0],)]
    if kind == "choice":
        return [(texts[0], answer) for answer in texts[1:]]
    if kind == "similarity" and both_orders:
        return [(texts[0], texts[1]), (texts[1], texts[0])]
    return [(texts[0], texts[1])]


def joined(kind: Kind, vectors: Sequence[T], join: Callable[[list[T]], T]) -> T:
    """The vectors of one or two texts as one (Conneau et al. 2017): ``[a; b; |a - b|; a b]``.

    Args:
        kind: of the task; without an order the sum of both takes the place of each.
        vectors: NumPy's or PyTorch's, ``[..., D]``.
        join: puts some of them behind each other.
    """
    if len(vectors) == 1:
        return vectors[0]
    a, b = vectors
    ends = [a + b] if kind == "similarity" else [a, b]
    return join([*ends, abs(a - b), a * b])


@dataclass(frozen=True)
class InputsQuestion:
    """One example of a task.

    Attributes:
        kind: of the task.
        texts: of the example.
    """

    kind: Kind
    texts: tuple[str, ...]


@dataclass(frozen=True)
class InputsView:
    """The sequences that one reader gets of an example.

    Attributes:
        rows: one, or several where the example is read in several orders or has several answers.
        segments: whether the reader tells the texts apart by segments.
    """

    rows: tuple[Row, ...]
    segments: bool = False


def task_inputs(reader: Reader, question: InputsQuestion) -> InputsView:
    """What a reader with a way to tasks gets of an example; text is cut, no network runs."""
    kind, texts = question.kind, question.texts
    if reader.context == "both_apart":
        return InputsView(tuple(_words(pair) for pair in sequences(kind, texts, False)))
    segments = reader.context == "both" and kind != "classification"
    return InputsView(tuple(rows_of(cast(Any, reader), kind, texts)), segments)


INPUTS = Analysis("finetuning_inputs", InputsView, task_inputs)


def examples() -> list[Example[InputsQuestion, InputsView]]:
    """The first example of the task that the page shows at first."""
    task = built_in(next(iter(BUILT_IN)))
    first = InputsQuestion(task.kind, split_task(task).train[0].texts)
    return [Example(INPUTS, CONTEXTUAL, (first,))]


def _words(texts: Sequence[str]) -> Row:
    """ELMo's input: the words, text after text."""
    pieces: list[tuple[str, Role]] = [
        (word.text, "text_b" if place else "text_a")
        for place, text in enumerate(texts)
        for word in split(text).words
    ]
    words, roles = zip(*pieces, strict=True)
    return Row(tuple(range(len(words))), (0,) * len(words), words, roles)


def rows_of(
    reader: TransformerReader, kind: Kind, texts: Sequence[str], truncate: bool = False
) -> list[Row]:
    """The sequences that GPT or BERT gets of an example: one, or one an answer (choice).

    GPT reads a pair without an order (similarity) in both. Its start is the reader's own first
    entry where it was pre-trained with one, else a new one.

    Args:
        reader: whose vocabulary.
        kind: of the task.
        texts: of the example.
        truncate: whether texts may be cut to fit: the longer one loses its last piece until both
            do (Devlin et al. 2018, their code).

    Raises:
        InputError: ``text_too_many_pieces`` where they may not.
    """
    left, second = reader.context == "left", int(reader.context == "both")
    first, between, last = _marks(reader, left)
    rows = []
    for pair in sequences(kind, texts, both_orders=left):
        kept, room = [_pieces(reader, text) for text in pair], reader.limit - 1 - len(pair)
        total = sum(map(len, kept))
        if total > room and not truncate:
            name = reader.card.name
            raise InputError("text_too_many_pieces", reader=name, count=total, limit=room)
        for _ in range(total - room):
            max(kept, key=len).pop()
        places: list[tuple[int, str, Role, int]] = [(*first, 0)]
        places += [(*piece, "text_a", 0) for piece in kept[0]]
        if len(kept) > 1:
            places.append((*between, 0))
            places += [(*piece, "text_b", second) for piece in kept[1]]
        places.append((*last, second if len(kept) > 1 else 0))
        ids, pieces, roles, segments = zip(*places, strict=True)
        rows.append(Row(ids, segments, pieces, roles, max(0, total - room)))
    return rows


def _marks(reader: TransformerReader, left: bool) -> list[tuple[int, str, Role]]:
    """What stands before the first text, between two, and behind the last."""
    size = len(reader.texts)
    if left:
        start = reader.before[0] if reader.before else size + START
        between: tuple[int, str, Role] = (size + DELIMITER, "$", "delimiter")
        return [(start, "<s>", "start"), between, (size + EXTRACT, "<e>", "extract")]
    (begin, end), texts = (reader.before[0], reader.after[0]), reader.texts
    separator: tuple[int, str, Role] = (end, texts[end], "separator")
    return [(begin, texts[begin], "class"), separator, separator]


def _pieces(reader: TransformerReader, text: str) -> list[tuple[int, str]]:
    """The pieces of a text without the special positions that the reader itself would put round."""
    encoding = reader.cut(split(text))
    return [
        (entry, piece.text)
        for entry, piece in zip(encoding.ids, encoding.pieces, strict=True)
        if not piece.special
    ]
