"""From a corpus file to a checkpoint: what ``python -m lmcore train`` does."""

import datetime
import json
import platform
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from lmcore.runtime.checkpoints import CARD, HISTORY, WEIGHTS, write
from lmcore.runtime.families import FAMILIES
from lmcore.training import processes
from lmcore.training.budget import Budget
from lmcore.training.loop import Trainer, validated
from lmcore.training.prepare import Job, objective_for

#: The card's loss is measured on about this many positions, spread evenly over the held-out text
#: (``lmcore evaluate perplexity`` reads all of it).
VALIDATION_POSITIONS = 100_000
#: The corpus has share-alike parts, and its attribution stands in the README.
LICENCE = "CC BY-SA 4.0"


def train(
    job: Job,
    budget: Budget,
    out: Path,
    device: torch.device,
    resume: bool = False,
    init_from: Path | None = None,
    sizes: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Train a contextual reader to the end of a budget and write its checkpoint; returns its card.

    Args:
        job: what is trained, and on what.
        budget: for how long.
        out: folder of the checkpoint.
        device: where it learns.
        resume: go on from the saved state.
        init_from: begin with the weights of a checkpoint folder: the schedule starts anew, and the
            card counts what was done for that checkpoint too.
        sizes: of the network and of a batch, where they are not the family's own.
    """
    job = replace(job, start=init_from)
    objective = objective_for(job, **(sizes or {}))
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
    return _export(job, trainer, out) if processes.first() else {}


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


def _export(job: Job, trainer: Trainer, out: Path) -> dict[str, Any]:
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
        "languages": [job.language.name],
        "corpus": [path.name for path in job.corpus],
        "corpus_pieces": len(objective.train.ids),
        "tokens_seen": total["tokens_seen"],
        "steps": total["step"],
        "minutes": round(total["minutes"], 1),
        "cpu_minutes": round(total["cpu_minutes"], 1),
        "device": describe(trainer.device),
        "seed": job.seed,
        "begin": job.begin,
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
