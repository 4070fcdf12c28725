"""The one table of all analyses that take a text, and what a run of some texts through it says."""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.hostile import answers, inside, pages
from tests.hostile.markup import LeakError
from tests.hostile.run import Prepared, Trial

Analysis = Callable[[Trial], None]

#: Every analysis with how many inputs there are for each one that goes through it: 1 for all.
TABLE: dict[str, tuple[Analysis, int]] = {
    "splitting into words": (inside.splitting, 1),
    "escaping in Markdown, labels and tables": (pages.escaping, 1),
    "values of links, names of models": (pages.linking, 1),
    "reading": (inside.reading, 1),
    "aligning two texts": (inside.aligned, 1),
    "what each reader may see": (inside.seeing, 25),
    "strips and tables in HTML": (pages.stripping, 30),
    "handout": (pages.handing_out, 4),
    "polysemy, nearest contexts, scalar mix": (inside.telling_senses, 30),
    "attention, norms, rollout, measures": (inside.attending, 15),
    "attention across a pair": (inside.attending_pair, 12),
    "influence and leave-one-out": (inside.influencing, 150),
    "layers and neighbours": (inside.layering, 30),
    "logit lens": (inside.looking_through, 12),
    "contextuality": (inside.depending, 30),
    "one blank, asked words, without the right side": (answers.filling, 200),
    "several blanks together": (answers.filling_several, 200),
    "sentence pair": (answers.judging_pairs, 10),
    "generation on both sides, told pieces, cross scores": (answers.writing, 200),
    "sentence score and comparison": (answers.scoring, 30),
    "uploaded table": (answers.uploading, 4),
    "prediction of a fine-tuned reader": (answers.answering, 60),
}
#: One text of so many has its figures drawn as SVG too.
DRAWN = 30
#: Texts without anything hostile: their templates of figures are ours.
BENIGN = (
    "The bank raised its interest rates after the river had flooded the town.",
    "She sat on the bank and read two old books by the lamp.",
    "Bank",
    "a b",
)


@dataclass
class Summary:
    """What became of the texts.

    Attributes:
        inputs, characters: how many.
        runs: by analysis, each twice.
        codes: how often each error was told.
        crashes, leaks, differences: what must not be: analysis, text, and what happened.
        seconds: by analysis.
    """

    inputs: int = 0
    characters: int = 0
    runs: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    crashes: list[dict[str, str]] = field(default_factory=list)
    leaks: list[dict[str, str]] = field(default_factory=list)
    differences: list[dict[str, str]] = field(default_factory=list)
    seconds: Counter[str] = field(default_factory=Counter)

    @property
    def clean(self) -> bool:
        """Whether nothing crashed, leaked or differed."""
        return not (self.crashes or self.leaks or self.differences)

    def add(self, other: Summary) -> None:
        """Take in what another process has found."""
        self.inputs += other.inputs
        self.characters += other.characters
        for own, more in (
            (self.runs, other.runs),
            (self.codes, other.codes),
            (self.seconds, other.seconds),
        ):
            own.update(more)
        self.crashes += other.crashes
        self.leaks += other.leaks
        self.differences += other.differences

    def values(self) -> dict[str, Any]:
        """As one JSON object."""
        return {
            "inputs": self.inputs,
            "analyses": len(TABLE),
            "runs": sum(self.runs.values()),
            "crashes": len(self.crashes),
            "unescaped": len(self.leaks),
            "different_when_repeated": len(self.differences),
            "runs_by_analysis": dict(self.runs),
            "errors_told": dict(self.codes.most_common()),
            "seconds_by_analysis": {name: round(own, 1) for name, own in self.seconds.items()},
            "found": [*self.crashes, *self.leaks, *self.differences][:50],
        }


def run(
    texts: Sequence[str],
    prepared: Prepared,
    rarest: int = 1_000,
    tell: Callable[[int], None] = lambda number: None,
    only: str = "",
    share: tuple[int, int] = (0, 1),
) -> Summary:
    """Every text through its analyses, all of them twice.

    Args:
        texts: the inputs.
        prepared: readers.
        rarest: even the costliest analysis takes one text of so many; 1: every analysis all.
        tell: called after each text.
        only: names of analyses that hold this; empty for all.
        share: which of how many processes this is: every one takes its part of the texts.
    """
    summary = Summary()
    table = {name: own for name, own in TABLE.items() if only in name}
    for text in BENIGN:
        for analysis, _ in table.values():
            analysis(Trial(prepared, text))
    ours = set(prepared.templates)
    for number in range(share[0], len(texts), share[1]):
        text = texts[number]
        # Costly analyses are spread out, so that no text goes through all of them.
        wanted = {
            name: analysis
            for place, (name, (analysis, every)) in enumerate(table.items())
            if (number + place) % min(every, rarest) == 0
        }
        draw = number % DRAWN == 0
        first = {
            name: _one(summary, name, own, prepared, text, draw) for name, own in wanted.items()
        }
        for name, own in wanted.items():
            again = _one(summary, name, own, prepared, text, draw)
            if again is not None and first[name] is not None and again != first[name]:
                summary.differences.append(_found(name, text, "other bits when repeated"))
        strange = prepared.templates - ours
        if strange:
            summary.leaks.append(_found("template of a figure", text, sorted(strange)[0][:300]))
            prepared.templates -= strange
        summary.inputs += 1
        summary.characters += len(text)
        tell(number + 1)
    return summary


def _one(
    summary: Summary, name: str, analysis: Analysis, prepared: Prepared, text: str, draw: bool
) -> list[str] | None:
    trial = Trial(prepared, text, draw)
    begun = time.process_time()
    try:
        analysis(trial)
    except LeakError as error:
        summary.leaks.append(_found(name, text, str(error)))
        return None
    except Exception:  # whatever it is: that is what is looked for
        summary.crashes.append(_found(name, text, traceback.format_exc(limit=-4)))
        return None
    finally:
        summary.runs[name] += 1
        summary.seconds[name] += time.process_time() - begun
        summary.codes.update(trial.codes)
    return trial.bits


def _found(name: str, text: str, what: str) -> dict[str, str]:
    shown = ascii(text if len(text) <= 300 else f"{text[:300]}… ({len(text)} characters)")
    return {"analysis": name, "text": shown, "what": what[-1_500:]}
