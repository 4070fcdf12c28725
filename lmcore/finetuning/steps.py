"""One step of learning: which examples, at which rate, and the gradients of their loss."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lmcore.finetuning.learner import Learner
from lmcore.finetuning.settings import Settings

#: So many batches of a pass are sorted by length together: padding costs as much as words do.
WINDOW = 8
WEIGHT_DECAY, CLIP, WARM_UP = 0.01, 1.0, 0.1


def batches(lengths: np.ndarray, size: int, seed: int, epoch: int) -> list[np.ndarray]:
    """Rows of each batch of a pass; nothing but the arguments decides.

    Drawn by chance, then sorted by length within windows of :data:`WINDOW` batches, so that a batch
    has little padding, then the batches are drawn by chance again. Of a small training part the
    windows are smaller: else each pass would have the same batches.

    Args:
        lengths: positions of each example ``[N]``.
        size: examples of a batch; the last one may have fewer.
        seed: of the training.
        epoch: number of the pass.

    Returns:
        every row of ``0 … N - 1`` once.
    """
    random = np.random.default_rng([seed, epoch])
    rows = random.permutation(len(lengths))
    window = size * max(1, min(WINDOW, -(-len(lengths) // size) // 4))
    windows = np.split(rows, range(window, len(rows), window))
    ordered = [some[np.argsort(lengths[some], kind="stable")] for some in windows]
    drawn = np.split(np.concatenate(ordered), range(size, len(rows), size))
    return [drawn[place] for place in random.permutation(len(drawn))]


def rate(settings: Settings, step: int, total: int) -> float:
    """The learning rate of a step: up during the first tenth, then linearly to 0.

    Args:
        settings: its highest value.
        step: how many steps are behind.
        total: steps of the whole training.
    """
    rise = max(1, round(WARM_UP * total))
    return settings.rate * min((step + 1) / rise, (total - step) / total)


def optimiser(learner: Learner) -> torch.optim.AdamW:
    """AdamW over what learns. Towards 0 go matrices only.

    Not biases and normalisations, as in BERT's own code, and not ELMo's γ and weights of layers,
    which have a penalty of their own.
    """
    weights = list(learner.learned().values())
    groups = [
        {"params": [w for w in weights if w.dim() > 1], "weight_decay": WEIGHT_DECAY},
        {"params": [w for w in weights if w.dim() <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=0.0, fused=True)


def learn(
    learner: Learner,
    weights: torch.optim.AdamW,
    items: Sequence[Any],
    wanted: Tensor,
    rate: float,
) -> tuple[float, float | None]:
    """One step on one batch.

    Args:
        learner: what learns.
        weights: its :func:`optimiser`.
        items: encoded examples.
        wanted: their labels, int ``[B]``.
        rate: of this step.

    Returns:
        the mean loss of the examples, and of the pieces where there is one of those, in nats.
    """
    losses = _gradients(learner, items, wanted)
    torch.nn.utils.clip_grad_norm_(list(learner.learned().values()), CLIP)
    for group in weights.param_groups:
        group["lr"] = rate
    weights.step()
    weights.zero_grad(set_to_none=True)  # memory that others may need meanwhile
    return losses


def _gradients(
    learner: Learner, items: Sequence[Any], wanted: Tensor
) -> tuple[float, float | None]:
    """Gradients of a batch's loss, some examples after the other, and the losses themselves."""
    total, language, pieces = 0.0, 0.0, learner.predicted(items)
    for begin in range(0, len(items), learner.at_once):
        some = items[begin : begin + learner.at_once]
        scored = learner(some)
        right = wanted[begin : begin + len(some)].to(scored.logits.device)
        share = len(some) / len(items)
        loss = share * F.cross_entropy(scored.logits.float(), right)
        whole = loss + share * learner.penalty()
        if scored.language is not None:
            of_pieces = scored.language * (learner.predicted(some) / pieces)
            whole = whole + learner.settings.lm_weight * of_pieces
            language += float(of_pieces.detach())
        whole.backward()
        total += float(loss.detach())
    return total, language if pieces else None


def fill(learner: Learner, weights: Mapping[str, Tensor]) -> None:
    """Put weights of the same names and shapes into the parameters that learn."""
    with torch.no_grad():
        for name, parameter in learner.learned().items():
            parameter.copy_(weights[name])
