"""A corpus made ready for one family: tokenizer or word list, packed arrays, first vectors.

Everything stands in one folder, so that a machine that trains needs the folder and no text.
"""

import hashlib
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from tokenizers import Tokenizer

from lmcore.errors import TrainingError
from lmcore.runtime.checkpoints import LANGUAGE, digest
from lmcore.runtime.families import FAMILIES
from lmcore.text.corpus import documents
from lmcore.text.language import Language, language
from lmcore.training.bert import BertObjective
from lmcore.training.elmo import SPECIALS, ElmoObjective
from lmcore.training.gpt import GptObjective
from lmcore.training.objectives import Objective
from lmcore.training.packing import Packed, WordTypes, encode_pieces, pack, sample
from lmcore.training.skipgram import entry_vectors
from lmcore.training.tokenizer import train_tokenizer

#: States and packed corpora stand outside the project.
DEFAULT_WORK = Path.home() / ".cache" / "three-readers" / "training"
MIN_WORDS = 2_000


VALID = "valid"


def work_of(key: str) -> Path:
    """Where the trainings of a language stand."""
    return DEFAULT_WORK if key == LANGUAGE else DEFAULT_WORK.with_name(f"{DEFAULT_WORK.name}-{key}")


@dataclass(frozen=True)
class Job:
    """One training as asked for on the command line or by a plan.

    Attributes:
        family: ``elmo``, ``gpt`` or ``bert``.
        corpus: files of text; not looked at where ``folder`` holds what was made of them.
        valid: held-out text.
        work: where states and, without ``folder``, packed corpora stand.
        seed: of weights and draws.
        vocabulary: how many entries, if not the family's own number.
        start: a checkpoint whose weights, and therefore whose vocabulary, the run begins with.
        peak: the highest learning rate, where it is not the family's own: a short run from a
            checkpoint loses less of what was learnt with a lower one.
        begin: what embeddings begin as: random, or skip-gram vectors of the same corpus.
        folder: where the packed corpus stands, if it was prepared elsewhere.
        language: of the corpus.
    """

    family: str
    corpus: tuple[Path, ...]
    valid: Path | None
    work: Path
    seed: int = 0
    vocabulary: int | None = None
    start: Path | None = None
    peak: float | None = None
    begin: Literal["random", "skipgram"] = "random"
    folder: Path | None = None
    language: Language = field(default_factory=language)

    @property
    def packed(self) -> Path:
        """Where the packed corpus of this family and these files stands."""
        if self.folder is not None:
            return self.folder
        names = [f"{path.resolve()}:{path.stat().st_size}" for path in self.corpus]
        names.append(str(self.vocabulary))
        if self.start is not None:
            names.append(digest(self.start / FAMILIES[self.family].vocabulary))
        key = hashlib.sha256("\n".join(names).encode()).hexdigest()[:12]
        return self.work / "packed" / f"{self.family}-{key}"

    @property
    def state(self) -> Path:
        """Where the state of this run stands."""
        return self.work / "state" / self.family


def prepare_pieces(job: Job) -> tuple[Packed, Packed | None, Path]:
    """Train the tokenizer and pack the corpus (once), for GPT or BERT."""
    folder = job.packed
    tokenizer_file = folder / "tokenizer.json"
    if not tokenizer_file.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        if job.start is not None:
            shutil.copyfile(job.start / FAMILIES[job.family].vocabulary, tokenizer_file)
    if not tokenizer_file.is_file():
        texts = sample(documents(job.corpus), _share(job))
        tokenizer = train_tokenizer(job.family, texts, job.language, job.vocabulary)
        tokenizer.save(str(tokenizer_file))
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.encode_special_tokens = True  # "[SEP]" in the corpus is text
    encode = encode_pieces(tokenizer)
    packed = Packed.load(folder)
    if packed is None:
        packed = _checked(pack(documents(job.corpus), encode))
        packed.save(folder)
    valid = Packed.load(folder / VALID)
    if valid is None and job.valid:
        valid = _checked(pack(documents([job.valid]), encode))
        valid.save(folder / VALID)
    return packed, valid, tokenizer_file


def _share(job: Job) -> int:
    """Every how many documents a tokenizer learns from; rare Han characters need all of them."""
    large = sum(path.stat().st_size for path in job.corpus) > 10_000_000
    return 4 if large and job.language.normaliser != "han" else 1


def prepare_words(job: Job) -> tuple[Packed, Packed | None, list[str], int]:
    """Number the word types of the corpus by frequency and pack it, for ELMo.

    Types of the validation text that the corpus lacks get ids behind those of the corpus: ELMo
    reads their characters. Gives both texts, all word types, and how many the corpus has.
    """
    folder = job.packed.with_name(job.packed.name.replace(job.family, "words"))
    folder = job.folder or folder
    packed = Packed.load(folder)
    if packed is None:
        types = WordTypes()
        raw = _checked(pack(documents(job.corpus), types.encode, np.int32))
        words, ranks = types.by_frequency(_first_words(job))
        packed = Packed(ranks[raw.ids], raw.sentence_starts, raw.document_starts)
        _write_lines(folder / "words.txt", words)
        packed.save(folder)
    words = _lines(folder / "words.txt")
    known, valid = len(words), Packed.load(folder / VALID)
    if valid is None and job.valid:
        later = WordTypes()
        later.ids = {word: rank for rank, word in enumerate(words)}
        valid = _checked(pack(documents([job.valid]), later.encode, np.int32))
        _write_lines(folder / VALID / "words.txt", list(later.ids)[known:])
        valid.save(folder / VALID)
    if valid is not None:
        words += _lines(folder / VALID / "words.txt")
    return packed, valid, words, known


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf8")


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf8").split("\n")[:-1]


def _first_words(job: Job) -> list[str]:
    """The words that must keep their places: those of the checkpoint a run begins with."""
    if job.start is None:
        return []
    lines = _lines(job.start / FAMILIES["elmo"].vocabulary)
    return [line.rsplit("\t", 1)[0] for line in lines][len(SPECIALS) :]


def check_file(path: Path) -> None:
    """Refuse a corpus file that does not exist.

    Raises:
        TrainingError: ``corpus_missing``.
    """
    if not path.is_file():
        raise TrainingError("corpus_missing", file=path)


def _checked(packed: Packed) -> Packed:
    if len(packed.ids) < MIN_WORDS:
        raise TrainingError("corpus_too_small", count=len(packed.ids), limit=MIN_WORDS)
    return packed


def objective_for(job: Job, **sizes: int) -> Objective:
    """The objective of a family over its packed corpus; ``sizes``: those that are not its own."""
    if job.family == "elmo":
        train, valid, words, known = prepare_words(job)
        objective: Objective = ElmoObjective.sized(train, valid, job.seed, words, known, **sizes)
    else:
        train, valid, tokenizer = prepare_pieces(job)
        kind = GptObjective if job.family == "gpt" else BertObjective
        sizes = {"vocab_size": Tokenizer.from_file(str(tokenizer)).get_vocab_size()} | sizes
        objective = kind(train, valid, job.seed, tokenizer, **sizes)
    if job.begin == "skipgram":
        weight = objective.embeddings()
        first = objective.first_embedded
        vectors = entry_vectors(train, len(weight) - first, weight.shape[1], job.seed, job.packed)
        with torch.no_grad():
            weight[first:] = torch.from_numpy(vectors)
    return objective
