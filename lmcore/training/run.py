"""From a corpus file to a checkpoint: what ``python -m lmcore train`` does."""

from __future__ import annotations

import datetime
import hashlib
import json
import platform
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

from lmcore.errors import TrainingError
from lmcore.runtime.checkpoints import CARD, HISTORY, WEIGHTS, digest, write
from lmcore.runtime.families import FAMILIES
from lmcore.text.corpus import documents
from lmcore.training.bert import BertObjective
from lmcore.training.budget import Budget
from lmcore.training.elmo import SPECIALS, ElmoObjective
from lmcore.training.gpt import GptObjective
from lmcore.training.loop import Trainer, validated
from lmcore.training.objectives import Objective
from lmcore.training.packing import Packed, WordTypes, encode_pieces, pack, sample
from lmcore.training.tokenizer import train_bpe, train_wordpiece

#: States and packed corpora stand outside the project.
DEFAULT_WORK = Path.home() / ".cache" / "three-readers" / "training"
MIN_WORDS = 2_000
#: The card's loss is measured on about this many positions, spread evenly over the held-out text
#: (``lmcore evaluate perplexity`` reads all of it).
VALIDATION_POSITIONS = 100_000
#: The corpus has share-alike parts, and its attribution stands in the README.
LICENCE = "CC BY-SA 4.0"


@dataclass(frozen=True)
class Job:
    """One training as asked for on the command line.

    Attributes:
        start: a checkpoint whose weights, and therefore whose vocabulary, the run begins with.
        peak: the highest learning rate, where it is not the family's own: a short run from a
            checkpoint loses less of what was learnt with a lower one.
    """

    family: str
    corpus: tuple[Path, ...]
    valid: Path | None
    work: Path
    seed: int = 0
    vocabulary: int | None = None
    start: Path | None = None
    peak: float | None = None

    @property
    def packed(self) -> Path:
        """Where the packed corpus of this family and these files stands."""
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
        every = 4 if sum(path.stat().st_size for path in job.corpus) > 10_000_000 else 1
        train = train_bpe if job.family == "gpt" else train_wordpiece
        texts = sample(documents(job.corpus), every)
        tokenizer = train(texts, job.vocabulary) if job.vocabulary else train(texts)
        tokenizer.save(str(tokenizer_file))
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.encode_special_tokens = True  # "[SEP]" in the corpus is text
    encode = encode_pieces(tokenizer)
    packed = Packed.load(folder)
    if packed is None:
        packed = _checked(pack(documents(job.corpus), encode))
        packed.save(folder)
    valid = _checked(pack(documents([job.valid]), encode)) if job.valid else None
    return packed, valid, tokenizer_file


def _first_words(job: Job) -> list[str]:
    """The words that must keep their places: those of the checkpoint a run begins with."""
    if job.start is None:
        return []
    lines = (job.start / FAMILIES["elmo"].vocabulary).read_text(encoding="utf8").split("\n")[:-1]
    return [line.rsplit("\t", 1)[0] for line in lines][len(SPECIALS) :]


def prepare_words(job: Job) -> tuple[Packed, Packed | None, list[str], int]:
    """Number the word types of the corpus by frequency and pack it, for ELMo.

    Types of the validation text that the corpus lacks get ids behind those of the corpus: ELMo
    reads their characters.

    Returns:
        both packed texts, all word types by id, and how many of them are the corpus's own.
    """
    folder = job.work / "packed" / job.packed.name.replace(job.family, "words")
    words_file = folder / "words.txt"
    packed = Packed.load(folder)
    if packed is None:
        types = WordTypes()
        raw = _checked(pack(documents(job.corpus), types.encode, np.int32))
        words, ranks = types.by_frequency(_first_words(job))
        packed = Packed(ranks[raw.ids], raw.sentence_starts, raw.document_starts)
        folder.mkdir(parents=True, exist_ok=True)
        words_file.write_text("\n".join(words) + "\n", encoding="utf8")
        packed.save(folder)
    words = words_file.read_text(encoding="utf8").split("\n")[:-1]
    own, valid = len(words), None
    if job.valid:
        later = WordTypes()
        later.ids = {word: rank for rank, word in enumerate(words)}
        valid = _checked(pack(documents([job.valid]), later.encode, np.int32))
        words = list(later.ids)
    return packed, valid, words, own


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


def objective_for(job: Job) -> Objective:
    """The objective of a family over its packed corpus."""
    if job.family == "elmo":
        train, valid, words, own = prepare_words(job)
        return ElmoObjective(train, valid, job.seed, words, own)
    train, valid, tokenizer = prepare_pieces(job)
    kind = GptObjective if job.family == "gpt" else BertObjective
    sizes = {"vocab_size": Tokenizer.from_file(str(tokenizer)).get_vocab_size()}
    return kind(train, valid, job.seed, tokenizer, **sizes)


def train(
    job: Job,
    budget: Budget,
    out: Path,
    device: torch.device,
    resume: bool = False,
    init_from: Path | None = None,
) -> dict[str, Any]:
    """Train a contextual reader to the end of a budget and write its checkpoint; returns its card.

    Args:
        out: folder of the checkpoint.
        resume: go on from the saved state.
        init_from: begin with the weights of a checkpoint folder: the schedule starts anew, and the
            card counts what was done for that checkpoint too.
    """
    job = replace(job, start=init_from)
    objective = objective_for(job)
    objective.begun = init_from is not None
    if job.peak is not None:
        objective.schedule = replace(objective.schedule, peak=job.peak)
    job.state.mkdir(parents=True, exist_ok=True)
    identity = {"seed": job.seed, "corpus": job.packed.name, "peak": objective.schedule.peak}
    trainer = Trainer(objective, budget, job.state, device, identity=identity)
    if resume:
        trainer.resume()
    else:
        if init_from is not None:
            _take_over(trainer, init_from)
        for name in (HISTORY, "plateau.pt", "state.pt"):
            (job.state / name).unlink(missing_ok=True)
        if init_from is not None and (init_from / HISTORY).is_file():
            shutil.copyfile(init_from / HISTORY, job.state / HISTORY)
    # Probabilities too small for a normal number cost many times as much and teach nothing.
    torch.set_flush_denormal(True)
    try:
        trainer.run()
    finally:
        torch.set_flush_denormal(False)
    return export(job, trainer, out)


def _take_over(trainer: Trainer, folder: Path) -> None:
    """Begin with the weights of a checkpoint and with what its card counts."""
    trainer.start_from(load_file(folder / WEIGHTS))
    card = _card(folder)
    names = {"steps": "step"} | {n: n for n in ("minutes", "cpu_minutes", "tokens_seen")}
    trainer.done.earlier = {name: card.get(key) or 0 for key, name in names.items()}


def _card(folder: Path) -> dict[str, Any]:
    card: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf8"))
    return card


def _sittings(start: Path | None) -> list[dict[str, Any]]:
    """What the cards of the checkpoints that came before said, the first one first."""
    if start is None:
        return []
    card = _card(start)
    kept = ("steps", "tokens_seen", "minutes", "cpu_minutes", "validation_loss", "date")
    return [*card.get("sittings", []), {name: card.get(name) for name in kept}]


def export(job: Job, trainer: Trainer, out: Path) -> dict[str, Any]:
    """Validate a trained network in float32 and write it as a checkpoint with its card."""
    objective, total = trainer.objective, trainer.done.total()
    weights = stored(trainer.optimiser.weights())
    objective.network.float()
    with torch.no_grad():
        for name, parameter in objective.network.named_parameters():
            # What is stored is what is measured: half precision, read back as float32.
            if name in weights:
                parameter.copy_(weights[name].half().float())
    losses = validated(objective, VALIDATION_POSITIONS) if objective.valid is not None else {}
    card = {
        "name": FAMILIES[job.family].title,
        "family": job.family,
        "parameters": sum(weight.numel() for weight in weights.values()),
        "precision": "float16",
        "corpus": [path.name for path in job.corpus],
        "corpus_pieces": len(objective.train.ids),
        "tokens_seen": total["tokens_seen"],
        "steps": total["step"],
        "minutes": round(total["minutes"], 1),
        "cpu_minutes": round(total["cpu_minutes"], 1),
        "device": describe(trainer.device),
        "seed": job.seed,
        "validation_loss": round(losses["loss"], 4) if losses else None,
        "validation_positions": VALIDATION_POSITIONS if losses else None,
        "validation": {name: round(value, 4) for name, value in losses.items()},
        "unit": objective.unit,
        "licence": LICENCE,
        "sittings": _sittings(job.start),
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
    }
    write(out, job.family, weights, card, objective.save_files)
    history = job.state / HISTORY
    if history.is_file():
        shutil.copyfile(history, out / HISTORY)
    return card


def stored(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The weights that go into the file: tied ones once, and no head that was never trained."""
    seen: set[int] = set()
    kept = {}
    for name, weight in weights.items():
        if weight.data_ptr() not in seen:
            seen.add(weight.data_ptr())
            kept[name] = weight
    return kept


def describe(device: torch.device) -> str:
    """The device as a card names it: kind and threads, or the name of the GPU."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{device.type}, {torch.get_num_threads()} thread(s) of {platform.machine()}"
