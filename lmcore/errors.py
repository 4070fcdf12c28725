"""Errors that a person can act on.

Each error has a ``code`` and the values its sentence needs. The command line prints the English
sentence; the app looks the code up in its own catalogue, so that the person reads it in the
language of the interface. Values are data: they are escaped before they reach a screen.
"""

from __future__ import annotations

from typing import ClassVar

#: One English sentence per code: what is wrong, then what to do.
SENTENCES: dict[str, str] = {
    "text_empty": "There is no text to read: type a sentence.",
    "text_no_words": "The text has no letters, digits or signs to read: type a sentence.",
    "text_malformed": "The text holds half of a character (a lone surrogate): type it again.",
    "text_too_long": (
        "The text has {count} words and the limit is {limit}: shorten it or split it up."
    ),
    "text_too_many_characters": (
        "The text has {count} characters and the limit is {limit}: shorten it or split it up."
    ),
    "text_too_many_pieces": (
        "{reader} cuts this text into {count} pieces and can read {limit}: shorten it."
    ),
    "word_not_found": "The word “{word}” does not occur in sentence {number}: “{sentence}”",
    "word_not_in_bank": (
        "The sense bank has no sentences for “{word}”: choose one of the words it has."
    ),
    "word_empty": "No word was given: type the word to look for.",
    "word_several": "“{word}” is not one word: type a single word.",
    "too_few_sentences": "At least {limit} sentences are needed and there are {count}: add one.",
    "too_many_sentences": "At most {limit} sentences fit and there are {count}: remove some.",
    "sentence_too_long": (
        "Sentence {number} has {count} words and the limit is {limit}: shorten it or split it up."
    ),
    "sentence_too_many_characters": (
        "Sentence {number} has {count} characters and the limit is {limit}: shorten it or split it"
        " up."
    ),
    "too_many_uses": (
        "“{word}” stands {count} times in the sentences and at most {limit} fit: remove some."
    ),
    "blank_missing": "The sentence has no blank: write ___ where the word is missing.",
    "blank_too_many": "The sentence has {count} blanks and the limit is {limit}: remove some.",
    "blank_alone": "The sentence is only a blank: write some words around it.",
    "asked_too_many": ("You asked about {count} words and the limit is {limit}: remove some."),
    "setting_out_of_range": "{name} is {value} and must lie between {low} and {high}.",
    "no_room_to_generate": (
        "The prompt takes {count} of the {limit} pieces that {reader} can hold, which leaves no"
        " room to write {wanted} more: shorten the prompt or the length."
    ),
    "unsupported": "{reader} cannot do this: {reason}.",
    "checkpoint_missing": (
        "{reader} has no weights: {file} is missing. Restore it with `git checkout -- {file}` or"
        " train it with `python -m lmcore train {family}`."
    ),
    "checkpoint_truncated": (
        "The file {file} of {reader} is cut short or is not what it should be ({detail})."
        " Restore it with `git checkout -- {file}`."
    ),
    "checkpoint_altered": (
        "The file {file} of {reader} is not the one its card describes (the SHA-256 differs)."
        " Restore it with `git checkout -- {file}`."
    ),
    "checkpoint_mismatch": (
        "The files of {reader} do not fit together: {detail}. Restore the folder {folder} with"
        " `git checkout -- {folder}`."
    ),
    "checkpoint_unknown_family": "The folder {folder} holds an unknown family of model: {family}.",
    "corpus_missing": "The corpus file {file} does not exist: give the path of a .txt or .txt.xz.",
    "corpus_too_small": "The corpus has {count} words and at least {limit} are needed.",
    "state_missing": "There is no training state to resume in {folder}: start without --resume.",
    "state_mismatch": "The training state in {folder} belongs to other settings ({detail}).",
    "data_missing": (
        "The evaluation data {file} are not in {folder}: get them, or give their folder with"
        " --data."
    ),
    "benchmark_unknown": "There is no benchmark {name}: choose {known}.",
    "benchmark_limit": (
        "Limited to {limit} {what}, {name} has nothing to measure: give a larger limit."
    ),
    "benchmark_no_reader": "{name} can measure none of these readers: {readers}.",
    "bank_missing": (
        "The sense bank is not complete: {file} is missing. Restore it with"
        " `git checkout -- {file}`."
    ),
    "bank_damaged": (
        "The file {file} of the sense bank is damaged ({detail}). Restore it with"
        " `git checkout -- {file}`."
    ),
    "package_missing": (
        "The package {name} is needed for this: pip install -r requirements-dev.txt."
    ),
    "device_missing": "This machine has no {device} device: use --device cpu.",
    "out_of_memory": "There was not enough memory for this: shorten the text and try again.",
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


class InputError(ReadersError):
    """The text, word or setting that somebody typed cannot be used."""


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
