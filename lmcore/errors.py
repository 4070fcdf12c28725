"""Errors that a person can act on.

Each error has a ``code`` and the values its sentence needs. The command line prints the English
sentence; the app looks the code up in its own catalogue, so that the person reads it in the
language of the interface. Values are data: they are escaped before they reach a screen.
"""

import json
from pathlib import Path
from typing import ClassVar

#: One English sentence per code: what is wrong, then what to do. The app has them in every
#: language.
_FILE = Path(__file__).parent / "data" / "text" / "errors.json"
SENTENCES: dict[str, str] = {
    key.removeprefix("error."): languages["en"]
    for key, languages in json.loads(_FILE.read_text(encoding="utf8")).items()
    if key.startswith("error.")
}


class ReadersError(Exception):
    """A failure with a sentence for the person who caused or met it.

    Args:
        code: a key of :data:`SENTENCES`.
        values: what the sentence needs.
    """

    sentences: ClassVar[dict[str, str]] = SENTENCES

    def __init__(self, code: str, **values: object) -> None:
        if code not in self.sentences:
            raise KeyError(code)
        self.code = code
        self.values = values
        super().__init__(self.sentences[code].format(**values))


def lacks_memory(error: BaseException) -> bool:
    """Whether an error says that there is not enough memory.

    PyTorch says it as a ``RuntimeError``, on a CPU as well as on an accelerator.
    """
    sentence = str(error).lower()
    signs = ("out of memory", "allocate memory", "not enough memory", "can't start new thread")
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(sign in sentence for sign in signs)
    )


class InputError(ReadersError):
    """The text, word or setting that somebody typed cannot be used."""


class SettingError(ReadersError):
    """Whoever runs the app has set something that cannot be used."""


class CheckpointError(ReadersError):
    """A checkpoint is missing, damaged or does not fit together."""


class UnsupportedError(ReadersError):
    """A reader was asked for something that its architecture does not have."""


class TrainingError(ReadersError):
    """Training cannot start or go on."""


class EvaluationError(ReadersError):
    """An evaluation cannot start."""


class BankError(ReadersError):
    """The sense bank is missing or damaged."""


class DownloadError(ReadersError):
    """A published model cannot be brought here."""
