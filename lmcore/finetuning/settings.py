"""How to fine-tune: one small dataclass, and what is sensible for a reader and a task."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from lmcore.errors import InputError

Pooling = Literal["mean", "bilstm"]

#: A network with more numbers than this below its heads is large: only its top layers are trained
#: where somebody waits for it.
LARGE = 20_000_000
#: Top layers of a large network that are trained where somebody waits for it.
TOP = 1
#: More layers than any network has.
ALL = 999

_LIMITS = {
    "epochs": (1, 200),
    "batch": (1, 256),
    "rate": (0.0, 1.0),
    "patience": (1, 200),
    "lm_weight": (0.0, 10.0),
    "mix_penalty": (0.0, 100.0),
    "dropout": (0.0, 0.9),
}


@dataclass(frozen=True)
class Settings:
    """Everything that decides what a run does; two runs with equal settings give equal numbers.

    Attributes:
        epochs: passes over the training part at the most.
        batch: examples in a step.
        rate: highest learning rate of AdamW; it rises over the first tenth of the steps and falls
            linearly to 0.
        patience: so many passes without a better validation part end the training.
        dropout: chance of a number to be set to 0 while training.
        lm_weight: GPT's λ in L3 = L2 + λ · L1 (Radford et al. 2018, equation 5).
        pooling: how ELMo makes one vector of those of the words.
        layer_norm: normalise each of ELMo's vectors before they are mixed.
        mix_penalty: ELMo's λ in λ ‖w‖² (Peters et al. 2018, section 3.3): large values keep the
            layers equally weighted.
        trained_layers: so many top layers of GPT or BERT learn, and no embeddings of pieces;
            ``None``: everything does.
        pretrained: with the weights of the reader, or with random ones in their place.
        truncate: cut texts that do not fit into the reader's positions instead of refusing them.
        seed: of the head, the dropout and the order of examples.
    """

    epochs: int = 10
    batch: int = 16
    rate: float = 3e-4
    patience: int = 4
    dropout: float = 0.1
    lm_weight: float = 0.5
    pooling: Pooling = "mean"
    layer_norm: bool = True
    mix_penalty: float = 0.001
    trained_layers: int | None = None
    pretrained: bool = True
    truncate: bool = False
    seed: int = 0

    def checked(self) -> "Settings":
        """The same settings, or the error that one is out of range.

        Raises:
            InputError: ``setting_out_of_range``.
        """
        for name, (low, high) in _LIMITS.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise InputError("setting_out_of_range", name=name, value=value, low=low, high=high)
        return self

    def values(self) -> dict[str, Any]:
        """As a dictionary for JSON."""
        return asdict(self)


def passes(examples: int) -> int:
    """Passes over a training part: three over a large one (Devlin et al. 2018), many over a small.

    With three passes over a few examples nothing is learned (Zhang et al. 2021).
    """
    for least, count in ((3_000, 3), (800, 6), (60, 10), (30, 30)):
        if examples >= least:
            return count
    return 60


def sensible(family: str, examples: int, parameters: int) -> Settings:
    """Settings for a family, a number of training examples and the size of the reader.

    Small networks bear a higher learning rate than those of the papers (2e-5 to 6e-5).

    Args:
        family: of the reader.
        examples: of the training part.
        parameters: of the reader.
    """
    if family == "elmo":
        # Only a mix and a small classifier learn, on features that are there already.
        epochs = min(120, 6 * passes(examples))
        return Settings(epochs=epochs, rate=5e-3, patience=max(6, epochs // 4), dropout=0.2)
    epochs = passes(examples)
    rate = 5e-5 if parameters > LARGE else 5e-4
    return Settings(epochs=epochs, rate=rate, patience=max(3, epochs // 2))


def for_waiting(family: str, examples: int, parameters: int) -> Settings:
    """Settings for somebody who waits in front of a screen: see :data:`LARGE`.

    Embeddings of pieces never learn here, and of a large network only the top layers do.

    Args:
        family: of the reader.
        examples: of the training part.
        parameters: of the reader.
    """
    usual = sensible(family, examples, parameters)
    if family == "elmo":
        return replace(usual, epochs=min(usual.epochs, 60), patience=min(usual.patience, 15))
    large = parameters > LARGE
    epochs = max(2, min(usual.epochs, (600 if large else 2_000) // max(1, examples)))
    return replace(usual, epochs=epochs, trained_layers=TOP if large else ALL, patience=5)
