"""The ways to a task, by family."""

from lmcore.errors import UnsupportedError
from lmcore.finetuning.bert import BertLearner
from lmcore.finetuning.elmo import ElmoLearner
from lmcore.finetuning.gpt import GptLearner
from lmcore.finetuning.learner import Learner
from lmcore.finetuning.settings import Settings
from lmcore.finetuning.task import Kind
from lmcore.readers.base import Reader

LEARNERS: dict[str, type[Learner]] = {
    kind.family: kind for kind in (ElmoLearner, GptLearner, BertLearner)
}


def learner(reader: Reader, kind: Kind, width: int, settings: Settings) -> Learner:
    """A reader at the beginning of its way to a task.

    Args:
        reader: one of :data:`~lmcore.runtime.families.CONTEXTUAL`.
        kind: of the task.
        width: labels, or answers to choose from.
        settings: how to train.

    Raises:
        UnsupportedError: the reader's family has no such way (static vectors).
        InputError: ``setting_out_of_range``.
    """
    if reader.family not in LEARNERS:
        raise UnsupportedError(
            "unsupported", reader=reader.card.name, reason="it has no network to bring to a task"
        )
    return LEARNERS[reader.family](reader, kind, width, settings.checked())
