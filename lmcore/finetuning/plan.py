"""What the benchmark measures and at which cost: sizes, passes, seeds, and the parts of a set.

The full programme of the papers (many passes, several seeds, whole test parts everywhere) takes
days on two cores. This schedule spends the time where it shows: several seeds and more passes where
examples are few and chance is large, one run or two and few passes where there are many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from lmcore.finetuning import benchmarks
from lmcore.finetuning.task import Example, Split
from lmcore.runtime.families import CONTEXTUAL

#: Numbers of training examples; ``None`` is all of them.
SIZES: tuple[int | None, ...] = (10, 30, 100, 300, 1_000, None)
#: Upper ends of the ranges of training examples that share passes and seeds; the last is open.
_ENDS = (10, 30, 100, 300, 1_000)
#: Passes of GPT and BERT in these ranges, and on sets whose texts are long or which are large.
_PASSES = (20, 15, 10, 5, 3, 2)
_PASSES_OF = {"entailment": (20, 15, 5, 3, 2, 1), "subjectivity": (20, 15, 10, 5, 3, 1)}
#: Runs of a cell in these ranges.
_SEEDS = (3, 3, 3, 1, 1, 1)
_SEEDS_OF = {"sentiment": (3, 3, 3, 2, 2, 2)}
#: As many validation examples as training examples, within these ends: whoever has ten labelled
#: sentences has no thousand others to choose the best pass with.
VALIDATION = (30, 200)
#: Test examples of cells that do not learn from all training examples.
TESTED = 400
#: Up to so many training examples each seed learns from others.
DIFFERENT = 100
#: Sets on which GPT is also trained without its language model.
NO_LM = ("sentiment",)
#: Where the sets lie, seen from the project's folder.
FOLDER = "../shared/data/classification"

T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """What is to be measured.

    Attributes:
        sets: names of :data:`lmcore.finetuning.benchmarks.NAMES`.
        sizes: numbers of training examples, ``None`` for all; what a set does not have is all.
        seeds: runs of each cell instead of the usual ones.
        limit: examples of training, validation and test part at the most; ``None``: all.
        epochs: passes at the most instead of the usual ones.
        every_row: GPT without its language model on all sets, not on :data:`NO_LM` only.
    """

    sets: tuple[str, ...] = benchmarks.NAMES
    sizes: tuple[int | None, ...] = SIZES
    seeds: int | None = None
    limit: int | None = None
    epochs: int | None = None
    every_row: bool = False

    def sizes_of(self, available: int) -> list[int]:
        """The numbers of training examples on a set that has so many, ascending."""
        most = available if self.limit is None else min(available, self.limit)
        return sorted({most if size is None else min(size, most) for size in self.sizes})

    def passes(self, name: str, size: int) -> int:
        """Passes of GPT and BERT at the most, for so many training examples of a set."""
        return self.epochs or _in_range(_PASSES_OF.get(name, _PASSES), size)

    def runs(self, name: str, size: int) -> int:
        """Seeds for so many training examples of a set."""
        return self.seeds or _in_range(_SEEDS_OF.get(name, _SEEDS), size)

    def parts(self, whole: Split, size: int, seed: int) -> Split:
        """What a run learns from, chooses its best pass with, and is tested on.

        Args:
            whole: all of a set.
            size: of the training part.
            seed: of the run; small training parts of different seeds have different examples, as
                far as there are enough.
        """
        low, high = VALIDATION
        tested = None if size == len(whole.train) else TESTED
        return Split(
            _drawn(whole.train, size, seed),
            whole.validation[: min(high, max(low, size))][: self.limit],
            whole.test[:tested][: self.limit],
        )

    def command(self, families: Sequence[str]) -> str:
        """The command line that measures this for some readers, seen from the project's folder."""
        sizes = ["all" if size is None else size for size in self.sizes]
        given: list[tuple[str, Sequence[object]]] = [
            ("--set", () if self.sets == benchmarks.NAMES else self.sets),
            ("--size", () if self.sizes == SIZES else sizes),
            ("--reader", () if set(families) >= set(CONTEXTUAL) else families),
            ("--seeds", [self.seeds] if self.seeds else ()),
            ("--limit", [self.limit] if self.limit else ()),
            ("--epochs", [self.epochs] if self.epochs else ()),
        ]
        options = [f"{option} {value}" for option, values in given for value in values]
        options += ["--every-row"] if self.every_row else []
        return " ".join(["python -m lmcore finetune --benchmark", FOLDER, *options])


def _in_range(values: Sequence[T], size: int) -> T:
    """The value of the range (:data:`_ENDS`) that a number of training examples lies in."""
    return values[sum(size > end for end in _ENDS)]


def _drawn(examples: Sequence[Example], size: int, seed: int) -> tuple[Example, ...]:
    """So many examples: the first ones, or for a small number those that a seed has.

    Examples stand in a shuffled order with the labels in turn, so that every stretch is a fair
    draw. Where the seeds need more than there are, they begin again from the front.
    """
    if size > DIFFERENT or size >= len(examples):
        return tuple(examples[:size])
    return tuple(examples[(seed * size + place) % len(examples)] for place in range(size))
