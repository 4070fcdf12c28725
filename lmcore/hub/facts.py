"""What a folder of published files holds, told before the weights are loaded.

What a folder of published files says of itself: the heading and front matter of its README.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lmcore.hub.memory import WORKING
from lmcore.runtime.families import Capability


@dataclass(frozen=True)
class PublishedFacts:
    """A published model in a folder.

    Attributes:
        family: whose place it takes: ``elmo``, ``gpt`` or ``bert``.
        architecture: ``elmo``, ``openai-gpt``, ``gpt2`` or ``bert``.
        name: as people read it.
        sizes: ``layers``, ``width``, ``vocabulary`` (0 where it predicts no words), and for those
            that have them ``heads`` and ``positions``.
        parameters: number of trained numbers; tied tensors count once.
        masked_head: whether it predicts masked words (BERT).
        next_sentence_head: whether it judges pairs of sentences (BERT).
        softmax: whether it predicts words from one side (ELMo, GPT).
        cased: whether it tells capital letters.
        lacks: capabilities of the architecture that these files cannot serve, with the code of the
            sentence that says why.
    """

    family: str
    architecture: str
    name: str
    sizes: Mapping[str, int]
    parameters: int
    cased: bool
    masked_head: bool = False
    next_sentence_head: bool = False
    softmax: bool = False
    lacks: Mapping[Capability, str] = field(default_factory=dict)

    def needs(self, half: bool = False) -> int:
        """Bytes of memory that it takes while it reads; ``half``: in half precision."""
        return self.parameters * (2 if half else 4) + WORKING

    @property
    def memory(self) -> int:
        """:meth:`needs` on the CPU."""
        return self.needs()


#: No more of a README is read than this, in characters.
_MOST = 50_000
_LICENCE = re.compile(r"^license:\s*[\"']?([\w.+ -]+?)[\"']?\s*$", re.MULTILINE)
_DATASETS = re.compile(r"^datasets:[ ]*\n((?:[ ]*-[ ]+.+\n)+)", re.MULTILINE)
_LANGUAGE = re.compile(
    r"^language:[ ]*(?:[\"']?([\w-]+)[\"']?[ ]*$|\n((?:[ ]*-[ ]+.+\n)+))", re.MULTILINE
)
#: English names of the commonest codes; another code stands for itself.
_LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pt": "Portuguese",
    "ru": "Russian",
    "zh": "Chinese",
}
_TITLE = re.compile(r"^#\s+(.{1,80})$", re.MULTILINE)


def own_card(folder: Path) -> dict[str, Any]:
    """``title``, ``licence``, ``languages`` and ``datasets`` as far as the README states them."""
    try:
        with (folder / "README.md").open(encoding="utf8", errors="replace") as file:
            text = file.read(_MOST)
    except OSError:
        return {}
    front, body = "", text
    if text.startswith("---\n"):
        front, _, body = text[4:].partition("\n---")
    card: dict[str, Any] = {}
    if title := _TITLE.search(body):
        card["title"] = title[1].strip()
    if licence := _LICENCE.search(front + "\n"):
        card["licence"] = licence[1]
    if language := _LANGUAGE.search(front + "\n"):
        codes = [language[1]] if language[1] else re.findall(r"-[ ]+[\"']?([\w-]+)", language[2])
        card["languages"] = [_LANGUAGES.get(code.lower().split("-")[0], code) for code in codes]
    if datasets := _DATASETS.search(front + "\n"):
        card["datasets"] = re.findall(r"-[ ]+(.+)", datasets[1])
    return card
