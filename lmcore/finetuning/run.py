"""Training in small steps: it can be stopped after any of them, and gone on with.

A step is a batch read, learned from, checked or tested. Each takes a turn on the device and gives
it back, so that nobody who only wants a sentence read waits for somebody else's training, and all
trainings of the process go on side by side. The state after any step holds all that decides the
numbers: two runs with equal settings give equal bits, and so does one that was stopped and resumed.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lmcore.errors import TrainingError
from lmcore.finetuning.batches import batches
from lmcore.finetuning.learners import Learner, learner
from lmcore.finetuning.outcome import Epoch, Outcome, identity, mismatch
from lmcore.finetuning.settings import Settings
from lmcore.finetuning.task import Example, Split, Task, gold
from lmcore.readers.base import Reader
from lmcore.readers.computing import computing, differentiating
from lmcore.runtime.memory import trim
from lmcore.runtime.scheduler import slot

#: Kind of the turns of all trainings of the process: they never take every place on the device.
LEARNING = "learning"
#: How much of the device a training gets where others wait, 1 for what each of them gets.
WEIGHT = 6.0
WEIGHT_DECAY, CLIP, WARM_UP = 0.01, 1.0, 0.1
#: Examples that are read or checked at once.
READ_AT_ONCE = 16


class Run:
    """One training of one reader on one task.

    Attributes:
        learner: the network on its way.
        epochs: passes that are behind.
        outcome: set when nothing is left to do.
        seconds: of work so far. Neither the wait for a turn counts nor, on a processor, what it
            does meanwhile for others.
        out_of_time: whether it ended because ``most_seconds`` were over.
    """

    def __init__(
        self,
        reader: Reader,
        task: Task,
        parts: Split,
        settings: Settings,
        most_seconds: float | None = None,
    ) -> None:
        """``most_seconds``: of work, after which the best state so far is taken."""
        self.settings = settings
        self.most_seconds, self.seconds, self.out_of_time = most_seconds, 0.0, False
        self.learner: Learner = learner(reader, task.kind, task.width, settings)
        self.parts = parts
        self._of = identity(reader, task, parts)
        self.epochs: list[Epoch] = []
        self.outcome: Outcome | None = None
        self._items: dict[str, list[Any]] = {"train": [], "validation": [], "test": []}
        self._by_length: dict[str, np.ndarray] = {}
        self._batched: tuple[int, list[np.ndarray]] | None = None
        self._optimiser = torch.optim.AdamW(_groups(self.learner.learned()), lr=0.0, fused=True)
        self._best: dict[str, Tensor] = {}
        self._best_epoch = 0
        self._step = 0
        self._losses: list[tuple[int, float, float | None]] = []
        self._checked: list[np.ndarray] = []
        self._answered: list[np.ndarray] = []
        self._finished = False

    @property
    def _batches(self) -> int:
        return -(-len(self.parts.train) // self.settings.batch)

    @property
    def _total(self) -> int:
        return self._batches * self.settings.epochs

    @property
    def share(self) -> float:
        """How much is behind, 0 to 1; an early end jumps to 1."""
        if self.outcome is not None:
            return 1.0
        read = sum(map(len, self._items.values())) / max(1, sum(map(len, self._all())))
        return 0.15 * read + 0.8 * self._step / max(1, self._total) + 0.05 * self._finished

    @property
    def step(self) -> int:
        """Batches learned from."""
        return self._step

    def _all(self) -> tuple[Sequence[Example], ...]:
        return self.parts.train, self.parts.validation, self.parts.test

    def work(self, told: Callable[[int, float], None] | None = None) -> bool:
        """Do the next small step, as one turn on the device.

        Args:
            told: the place in line and the seconds of waiting, now and then while it waits; see
                :func:`lmcore.runtime.scheduler.slot`.

        Returns:
            whether anything is left to do.

        Raises:
            InputError: ``text_too_many_pieces``.
            ReadersError: ``too_busy``: the step has not begun, and may be asked for again.
        """
        if self.outcome is not None:
            return False
        with slot(LEARNING, told, WEIGHT):
            begun = self._clock()
            more = self._next()
            self.seconds += self._clock() - begun
        trim()
        late = self.most_seconds is not None and self.seconds > self.most_seconds
        if more and late and not self._finished:
            self.out_of_time = True
            self.stop()
        return more

    def _clock(self) -> float:
        """Seconds of this thread's own work: on a processor not those that others take from it."""
        own = self.learner.reader.device.type == "cpu"
        return time.thread_time() if own else time.monotonic()

    def _next(self) -> bool:
        """The next small step; whether anything is left to do."""
        if self._read_some():
            return True
        if self._finished:
            self._test()
            return self.outcome is None
        if self._step < self._batches * (len(self.epochs) + 1):
            self._learn()
        else:
            self._check()
        return True

    def stop(self) -> None:
        """End the training here, with the best state so far; :meth:`work` then tests it."""
        self._finished = True

    def finish(self) -> Outcome:
        """Work until nothing is left to do."""
        while self.work():
            pass
        assert self.outcome is not None
        return self.outcome

    def _read_some(self) -> bool:
        """Encode the next examples; false where all are."""
        for name, examples in zip(self._items, self._all(), strict=True):
            done = self._items[name]
            if len(done) < len(examples):
                done += self.learner.encode(examples[len(done) : len(done) + READ_AT_ONCE])
                return True
        return False

    def _sorted(self, part: str) -> np.ndarray:
        """Rows of a part, the shortest first: an answer does not depend on its neighbours."""
        if part not in self._by_length:
            self._by_length[part] = np.argsort(self._lengths(part), kind="stable")
        return self._by_length[part]

    def _lengths(self, part: str) -> np.ndarray:
        return np.array([self.learner.length(item) for item in self._items[part]])

    def _order(self, epoch: int) -> list[np.ndarray]:
        """Rows of each batch of a pass, kept until another pass is asked for."""
        if self._batched is None or self._batched[0] != epoch:
            lengths, size, seed = self._lengths("train"), self.settings.batch, self.settings.seed
            self._batched = (epoch, batches(lengths, size, seed, epoch))
        return self._batched[1]

    def _rate(self) -> float:
        rise = max(1, round(WARM_UP * self._total))
        done = self._step
        return self.settings.rate * min((done + 1) / rise, (self._total - done) / self._total)

    def _learn(self) -> None:
        """One batch."""
        rows = self._order(len(self.epochs))[self._step % self._batches]
        wanted = torch.tensor([self.parts.train[row].label for row in rows])
        self.learner.train()
        with differentiating():
            loss, language = self._gradients([self._items["train"][row] for row in rows], wanted)
            torch.nn.utils.clip_grad_norm_(list(self.learner.learned().values()), CLIP)
            for group in self._optimiser.param_groups:
                group["lr"] = self._rate()
            self._optimiser.step()
            self._optimiser.zero_grad(set_to_none=True)  # memory that others may need meanwhile
        self._losses.append((len(rows), loss, language))
        self._step += 1

    def _gradients(self, items: list[Any], wanted: Tensor) -> tuple[float, float | None]:
        """Gradients of a batch's loss, some examples after the other, and the loss itself.

        Returns:
            the mean loss of the examples, and of the pieces where there is one of those.
        """
        total, pieces = 0.0, self.learner.predicted(items)
        language = 0.0
        for begin in range(0, len(items), self.learner.at_once):
            some = items[begin : begin + self.learner.at_once]
            scored = self.learner(some)
            right = wanted[begin : begin + len(some)].to(scored.logits.device)
            share = len(some) / len(items)
            loss = share * F.cross_entropy(scored.logits.float(), right)
            whole = loss + share * self.learner.penalty()
            if scored.language is not None:
                told = scored.language * (self.learner.predicted(some) / pieces)
                whole = whole + self.settings.lm_weight * told
                language += float(told.detach())
            whole.backward()
            total += float(loss.detach())
        return total, language if pieces else None

    def _logits(self, part: str, begin: int) -> np.ndarray:
        """Of the next examples of a part, in the order of :meth:`_sorted`."""
        self.learner.eval()
        rows = self._sorted(part)[begin : begin + 2 * READ_AT_ONCE]
        with computing():
            items = [self._items[part][row] for row in rows]
            return self.learner(items).logits.float().cpu().numpy()

    def _restored(self, part: str, logits: Sequence[np.ndarray]) -> np.ndarray:
        """Logits ``[N, C]`` of a whole part in the part's own order."""
        found = np.concatenate(logits)
        return found[np.argsort(self._sorted(part), kind="stable")]

    def _check(self) -> None:
        """One batch of the validation part; after the last the pass is over."""
        begin = sum(map(len, self._checked))
        self._checked.append(self._logits("validation", begin))
        if sum(map(len, self._checked)) < len(self.parts.validation):
            return
        logits, right = self._restored("validation", self._checked), gold(self.parts.validation)
        self._checked = []
        loss = F.cross_entropy(torch.from_numpy(logits), torch.from_numpy(right))
        weights = [count for count, _, _ in self._losses]
        language = [own for _, _, own in self._losses if own is not None]
        self.epochs.append(
            Epoch(
                epoch=len(self.epochs) + 1,
                loss=float(np.average([own for _, own, _ in self._losses], weights=weights)),
                language=float(np.mean(language)) if language else None,
                validation_loss=float(loss),
                validation_accuracy=float((logits.argmax(axis=1) == right).mean()),
            )
        )
        self._losses = []
        self._keep_if_best()
        waited = len(self.epochs) - self._best_epoch
        if waited >= self.settings.patience or len(self.epochs) >= self.settings.epochs:
            self._finished = True

    def _keep_if_best(self) -> None:
        """Best is the highest accuracy; among equals, the lowest loss."""

        def rank(epoch: Epoch) -> tuple[float, float]:
            return epoch.validation_accuracy, -epoch.validation_loss

        before = self.epochs[self._best_epoch - 1] if self._best_epoch else None
        if before is None or rank(self.epochs[-1]) > rank(before):
            self._best_epoch = len(self.epochs)
            self._best = {
                name: own.detach().clone() for name, own in self.learner.learned().items()
            }

    def _test(self) -> None:
        """One batch of the test part, with the best state; after the last all is done."""
        if not self._answered and self._best:  # none: stopped before a pass was over
            _fill(self.learner, self._best)
        self._answered.append(self._logits("test", sum(map(len, self._answered))))
        if sum(map(len, self._answered)) >= len(self.parts.test):
            self.outcome = self._tested(self._restored("test", self._answered))

    def _tested(self, logits: np.ndarray) -> Outcome:
        """What came of it; what only learning needs is given up."""
        mix = self.learner.mix()
        cut = sum(self.learner.left_out(items) for items in self._items.values())
        self._items = {name: [] for name in self._items}
        self._best, self._answered = {}, []
        self._optimiser.state.clear()
        self._optimiser.zero_grad(set_to_none=True)
        return Outcome(
            epochs=tuple(self.epochs),
            best=self._best_epoch,
            probabilities=torch.from_numpy(logits).softmax(-1).numpy(),
            gold=gold(self.parts.test),
            mix=None if mix is None else mix[0],
            gamma=None if mix is None else mix[1],
            truncated=cut,
        )

    def state(self) -> dict[str, Any]:
        """All that decides the numbers from here on, as tensors and plain values."""
        if self.outcome is not None:
            raise ValueError("a finished run has no state to go on from")
        return {
            "of": self._of,
            "settings": self.settings.values(),
            "learned": {n: own.detach().clone() for n, own in self.learner.learned().items()},
            "optimiser": copy.deepcopy(self._optimiser.state_dict()),
            "random": self.learner.random.get_state(),
            "best": self._best,
            "best_epoch": self._best_epoch,
            "epochs": [asdict(epoch) for epoch in self.epochs],
            "step": self._step,
            "losses": self._losses,
            "checked": [torch.from_numpy(own) for own in self._checked],
            "finished": self._finished,
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take up what :meth:`state` gave; where it is refused, nothing has changed.

        Raises:
            TrainingError: ``state_mismatch`` where it belongs to other settings, weights, or
                examples, or where names or shapes of weights differ.
        """
        shapes = {name: own.shape for name, own in self.learner.learned().items()}
        wrong = mismatch(state, self._of, self.settings.values(), shapes)
        if wrong is not None:
            raise TrainingError("state_mismatch", folder="--state", detail=wrong)
        _fill(self.learner, state["learned"])
        self._optimiser.load_state_dict(state["optimiser"])
        self.learner.random.set_state(state["random"].cpu())
        self._best, self._best_epoch = dict(state["best"]), state["best_epoch"]
        self.epochs = [Epoch(**epoch) for epoch in state["epochs"]]
        self._step, self._finished = state["step"], state["finished"]
        self._losses = [tuple(own) for own in state["losses"]]
        self._checked = [own.numpy() for own in state["checked"]]


def _groups(learned: dict[str, Tensor]) -> list[dict[str, Any]]:
    """Weights that decay, and those that do not.

    Towards 0 go matrices only: not biases and normalisations, as in BERT's own code, and not
    ELMo's γ and weights of layers, which have a penalty of their own.
    """
    matrices = [own for own in learned.values() if own.dim() > 1]
    others = [own for own in learned.values() if own.dim() <= 1]
    return [
        {"params": matrices, "weight_decay": WEIGHT_DECAY},
        {"params": others, "weight_decay": 0.0},
    ]


def _fill(learner: Learner, weights: dict[str, Tensor]) -> None:
    """Put weights of the same names and shapes into the parameters that learn."""
    with torch.no_grad():
        for name, own in learner.learned().items():
            own.copy_(weights[name])
