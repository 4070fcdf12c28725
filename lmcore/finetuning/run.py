"""Training in small steps: it can be stopped after any of them, and gone on with.

A step is a batch read, learned from, checked or tested. Each takes a turn on the device and gives
it back, so that nobody who only wants a sentence read waits for somebody else's training, and all
trainings of the process go on side by side. The state after any step holds all that decides the
numbers: two runs with equal settings give equal bits, and so does one that was stopped and resumed.
"""

import copy
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lmcore.errors import TrainingError
from lmcore.finetuning import steps
from lmcore.finetuning.encoded import EncodedParts
from lmcore.finetuning.learner import Learner
from lmcore.finetuning.learners import learner
from lmcore.finetuning.outcome import Epoch, Outcome, Standing, identity, mismatch
from lmcore.finetuning.settings import Settings
from lmcore.finetuning.task import Split, Task, gold
from lmcore.readers.base import Reader
from lmcore.runtime.memory import trim
from lmcore.runtime.scheduler import computing, differentiating, slot

#: Kind of the turns of all trainings of the process: they never take every place on the device.
LEARNING = "learning"
#: How much of the device a training gets where others wait, 1 for what each of them gets.
WEIGHT = 6.0
#: Examples that are checked or tested at once.
CHECKED_AT_ONCE = 32


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
        self._encoded = EncodedParts(self.learner, parts)
        self._optimiser = steps.optimiser(self.learner)
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
        learned = self._step / max(1, self._total)
        return 0.15 * self._encoded.share + 0.8 * learned + 0.05 * self._finished

    @property
    def standing(self) -> Standing:
        """Where it stands, to be shown."""
        return Standing(
            self.share,
            self._step,
            min(len(self.epochs) + 1, self.settings.epochs),
            self.settings.epochs,
            self.seconds,
            tuple(epoch.validation_accuracy for epoch in self.epochs),
        )

    def work(self, on_wait: Callable[[int, float], None] | None = None) -> bool:
        """Do the next small step, as one turn on the device; whether anything is left to do.

        ``on_wait`` hears of the wait: :func:`lmcore.runtime.scheduler.slot`.

        Raises:
            InputError: ``text_too_many_pieces``.
            ReadersError: ``too_busy``: the step has not begun, and may be asked for again.
        """
        if self.outcome is not None:
            return False
        with slot(LEARNING, on_wait, WEIGHT):
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
        on_cpu = self.learner.reader.device.type == "cpu"
        return time.thread_time() if on_cpu else time.monotonic()

    def _next(self) -> bool:
        """The next small step; whether anything is left to do."""
        if self._encoded.read_some():
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

    def _learn(self) -> None:
        """One batch."""
        rows = self._encoded.batches(len(self.epochs))[self._step % self._batches]
        items = [self._encoded.items["train"][row] for row in rows]
        wanted = torch.tensor([self.parts.train[row].label for row in rows])
        rate = steps.rate(self.settings, self._step, self._total)
        self.learner.train()
        with differentiating():
            losses = steps.learn(self.learner, self._optimiser, items, wanted, rate)
        self._losses.append((len(rows), *losses))
        self._step += 1

    def _logits(self, part: str, begin: int) -> np.ndarray:
        """Logits ``[B, C]`` of the next examples of a part, in the order of their length."""
        self.learner.eval()
        items = self._encoded.next_of(part, begin, CHECKED_AT_ONCE)
        with computing():
            return self.learner(items).logits.float().cpu().numpy()

    def _check(self) -> None:
        """One batch of the validation part; after the last the pass is over."""
        begin = sum(map(len, self._checked))
        self._checked.append(self._logits("validation", begin))
        if sum(map(len, self._checked)) < len(self.parts.validation):
            return
        logits = self._encoded.in_order("validation", self._checked)
        right = gold(self.parts.validation)
        self._checked = []
        validation_loss = F.cross_entropy(torch.from_numpy(logits), torch.from_numpy(right))
        weights = [count for count, _, _ in self._losses]
        language = [loss for _, _, loss in self._losses if loss is not None]
        self.epochs.append(
            Epoch(
                epoch=len(self.epochs) + 1,
                loss=float(np.average([loss for _, loss, _ in self._losses], weights=weights)),
                language=float(np.mean(language)) if language else None,
                validation_loss=float(validation_loss),
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
                name: weights.detach().clone() for name, weights in self.learner.learned().items()
            }

    def _test(self) -> None:
        """One batch of the test part, with the best state; after the last all is done."""
        if not self._answered and self._best:  # none: stopped before a pass was over
            steps.fill(self.learner, self._best)
        self._answered.append(self._logits("test", sum(map(len, self._answered))))
        if sum(map(len, self._answered)) >= len(self.parts.test):
            self.outcome = self._tested(self._encoded.in_order("test", self._answered))

    def _tested(self, logits: np.ndarray) -> Outcome:
        """What came of it; what only learning needs is given up."""
        mix = self.learner.mix()
        cut = self._encoded.drop()
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
            "learned": {n: w.detach().clone() for n, w in self.learner.learned().items()},
            "optimiser": copy.deepcopy(self._optimiser.state_dict()),
            "random": self.learner.random.get_state(),
            "best": self._best,
            "best_epoch": self._best_epoch,
            "epochs": [asdict(epoch) for epoch in self.epochs],
            "step": self._step,
            "losses": self._losses,
            "checked": [torch.from_numpy(logits) for logits in self._checked],
            "finished": self._finished,
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take up what :meth:`state` gave; where it is refused, nothing has changed.

        Raises:
            TrainingError: ``state_mismatch`` where it belongs to other settings, weights, or
                examples, or where names or shapes of weights differ.
        """
        shapes = {name: weights.shape for name, weights in self.learner.learned().items()}
        wrong = mismatch(state, self._of, self.settings.values(), shapes)
        if wrong is not None:
            raise TrainingError("state_mismatch", folder="--state", detail=wrong)
        steps.fill(self.learner, state["learned"])
        self._optimiser.load_state_dict(state["optimiser"])
        self.learner.random.set_state(state["random"].cpu())
        self._best, self._best_epoch = dict(state["best"]), state["best_epoch"]
        self.epochs = [Epoch(**epoch) for epoch in state["epochs"]]
        self._step, self._finished = state["step"], state["finished"]
        self._losses = [tuple(losses) for losses in state["losses"]]
        self._checked = [logits.numpy() for logits in state["checked"]]
