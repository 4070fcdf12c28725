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
    "too_busy": (
        "{waiting} others wait for the models already: come back in a minute and load the page"
        " again."
    ),
    "environment_unknown": (
        "The environment variable {name} means nothing here: correct its name or remove it and"
        " start again."
    ),
    "environment_number": (
        "The environment variable {name} is “{value}” and must be a whole number from {low} to"
        " {high}: correct or remove it and start again."
    ),
    "environment_choice": (
        "The environment variable {name} is “{value}” and must be one of {known}: correct or"
        " remove it and start again."
    ),
    "environment_model": (
        "The environment variable {name} names “{value}”, which is no model of the catalogue and"
        " not written family:org/name: correct it and start again."
    ),
    "environment_folder": (
        "The environment variable {name} names “{value}”, which is no folder here: correct it and"
        " start again."
    ),
    "path_unwritable": (
        "{path} cannot be written ({detail}): give a folder that you may write to and that has"
        " room."
    ),
    "lesson_unknown": "There is no lesson “{name}”; there are: {known}.",
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
    "blank_first": (
        "{reader} has no sign for the start of a text, so nothing leads to a blank that comes"
        " first: put a word before it, or blank another word."
    ),
    "blank_not_there": (
        "There is no word {number} to leave out: the sentence has {count}. Click the words instead."
    ),
    "blank_glued": (
        "A blank touches letters, signs or another blank so that it is no word of its own: put"
        " spaces round it."
    ),
    "blank_alone": "The sentence is only a blank: write some words around it.",
    "asked_too_many": ("You asked about {count} words and the limit is {limit}: remove some."),
    "setting_out_of_range": "{name} is {value} and must lie between {low} and {high}.",
    "forced_piece_unknown": (
        "{reader} cannot write “{piece}”: choose one of the pieces that it names itself."
    ),
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
        "The file {file} of {reader} is cut short: it has {size} bytes where {due} are due."
        " Restore it with `git checkout -- {file}`."
    ),
    "checkpoint_unreadable": (
        "The file {file} of {reader} cannot be read as what it should be."
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
    "checkpoint_no_memory": (
        "There was not enough memory to load {reader}: close other programs, then reload the page."
    ),
    "checkpoint_failed": (
        "{reader} could not be loaded ({detail}). Reload the page; if it stays so, restore the"
        " folder {folder} with `git checkout -- {folder}`."
    ),
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
    "published_not_allowed": (
        "The model {model} cannot be chosen on this server: choose one from the list under"
        " “Models” in the sidebar."
    ),
    "published_absent": (
        "{name} is not on this machine: get it under “Models” in the sidebar, or choose"
        " another model there."
    ),
    "published_too_big": (
        "{name} needs about {need} of memory and {free} is free: choose {smaller} instead,"
        " which needs about {smaller_need}, or close other programs."
    ),
    "published_too_big_alone": (
        "{name} needs about {need} of memory and {free} is free: close other programs, or"
        " choose the classroom's model."
    ),
    "published_unknown": (
        "The folder {folder} holds no model that can be read here ({architecture}): use an "
        "ELMo, a GPT-1, a GPT-2 or a BERT."
    ),
    "published_no_weights": (
        "The weights of {reader} are not complete: {file} is missing. Get all files of the model."
    ),
    "published_no_tokenizer": (
        "{reader} has no tokenizer: {files} is missing. Get all files of the model."
    ),
    "published_cut_short": (
        "The file {file} of {reader} is cut short or is not what it should be ({detail}): "
        "delete it and get it again."
    ),
    "published_checksum": (
        "The file {file} of {reader} is damaged (the SHA-256 differs): delete it and get it again."
    ),
    "published_unsafe": (
        "The file {file} of {reader} holds more than numbers, so it is not opened: get the "
        "model as model.safetensors."
    ),
    "published_sizes": (
        "The files of {reader} do not fit together: the vocabulary has {entries} entries "
        "and the matrix {rows} rows. Get all files of the model from one place."
    ),
    "published_tensor_missing": (
        "The weights of {reader} lack the tensor {tensor}: get all files of the model from "
        "one place."
    ),
    "published_tensor_shape": (
        "The weights of {reader} do not fit its configuration: {tensor} is {got} and should "
        "be {wanted}. Get all files of the model from one place."
    ),
    "no_softmax": (
        "{reader} cannot predict words: its weights were published without the output "
        "layer. Put softmax_weights.hdf5 and its vocabulary (vocab-….txt) into its folder."
    ),
    "no_masked_head": (
        "{reader} cannot predict words: these weights have no head for masked words. Choose "
        "a BERT that has one."
    ),
    "no_next_sentence_head": (
        "{reader} cannot judge whether one sentence follows another: these weights have no "
        "head for it. Choose a BERT that has one."
    ),
    "published_entry_missing": (
        "The vocabulary of {reader} lacks the entry {entry}: get all files of the model "
        "from one place."
    ),
    "download_off": (
        "Downloads are switched off on this server: choose a model that is already here, or"
        " ask whoever runs it."
    ),
    "download_no_network": (
        "{host} cannot be reached: check the network of the machine that the app runs on,"
        " then go on with the download."
    ),
    "download_proxy": (
        "The proxy refuses the connection to {host} ({detail}): check HTTPS_PROXY, or ask"
        " whoever runs the network."
    ),
    "download_certificate": (
        "The certificate of {host} cannot be verified ({detail}): where a proxy inspects"
        " traffic, set REQUESTS_CA_BUNDLE to its certificate."
    ),
    "download_disk_full": (
        "{folder} has {free} free and {need} are needed: free some space, or set HF_HOME to"
        " another disk, then go on with the download."
    ),
    "download_not_writable": (
        "{folder} cannot be written to ({detail}): correct its permissions, or set HF_HOME"
        " to another folder."
    ),
    "download_cut_short": (
        "The connection broke off and {file} is cut short: {got} of {size} are here. Go on"
        " with the download to get the rest."
    ),
    "download_checksum": (
        "{file} arrived damaged: its checksum is wrong. It has been deleted; download it again."
    ),
    "download_not_found": (
        "{host} has no {model} with the file {file}: check the name, or the mirror that"
        " HF_ENDPOINT names."
    ),
    "download_refused": (
        "{host} does not give out {model} ({status}): it may want an account (set HF_TOKEN)"
        " or consent to its licence on its page."
    ),
    "download_server": ("{host} answers with an error ({status}): try again later."),
    "download_not_hub": (
        "{host} does not answer like a model hub: check HF_ENDPOINT, the proxy, and whether"
        " the network wants you to log in first."
    ),
    "download_cancelled": (
        "The download of {name} was cancelled: what has arrived is kept, and a later"
        " download goes on from there."
    ),
    "download_broken": (
        "The download stopped for a reason that nobody foresaw ({detail}): try again."
    ),
    "device_missing": "This machine has no {device} device: use --device cpu.",
    "table_large": "The file has {size} kB and the limit is {limit} kB: upload a shorter table.",
    "table_no_text": (
        "The file is no plain text in UTF-8: save the table as CSV in UTF-8 and upload that."
    ),
    "table_empty": "The file is empty: upload a table with a heading and rows.",
    "table_broken": "The file is no well-formed CSV ({detail}): save the table as CSV again.",
    "table_columns": (
        "The table has the columns {found} and must have exactly {wanted}: rename, add or"
        " remove columns."
    ),
    "table_ragged": (
        "Row {row} has {count} cells and the heading has {limit}: put texts that hold the"
        " separator in double quotes."
    ),
    "table_few_rows": "The table has {count} rows and at least {limit} are needed: add examples.",
    "table_many_rows": "The table has {count} rows and the limit is {limit}: remove some.",
    "table_cell_empty": (
        "Row {row} has nothing in the column {column}: fill it in or remove the row."
    ),
    "table_cell": (
        "The text of row {row} in the column {column} cannot be read: it needs words and may"
        " have {limit} of them at the most. Change or remove the row."
    ),
    "table_twice": "Row {row} repeats the text of row {first}: remove one of them.",
    "table_label_long": "The label of row {row} has more than {limit} characters: shorten it.",
    "table_choice": (
        "The label of row {row} must be the number of the right choice, from 1 to {limit}:"
        " correct it."
    ),
    "table_one_label": "All rows have the label “{label}”: at least two labels are needed.",
    "table_many_labels": (
        "The table has {count} labels and the limit is {limit}: join some of them."
    ),
    "table_rare_label": (
        "The label “{label}” stands in {count} rows and at least {limit} are needed: add"
        " examples of it or remove it."
    ),
    "table_parts": (
        "Rows with the same text in the column {column} stay together, and that leaves {train} rows"
        " for training, {validation} for validation and {test} for testing, too few or of one label"
        " only: use more different texts in that column."
    ),
    "task_unknown": "There is no task {name}: give a table (.csv or .tsv) or one of {known}.",
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


def lacks_memory(error: BaseException) -> bool:
    """Whether an error says that there is not enough memory.

    PyTorch says it as a ``RuntimeError``, on a CPU as well as on an accelerator.
    """
    said = str(error).lower()
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and ("memory" in said or "can't start new thread" in said)
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
