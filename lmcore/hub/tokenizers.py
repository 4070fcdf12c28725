"""Tokenizers of published models: ``tokenizer.json`` or the vocabulary files of earlier years.

What is built from vocabulary files is what transformers 5.24 builds: BERT's WordPiece, GPT-1's BPE
behind BERT's normaliser (lower case, no accents; the original's ftfy and spaCy are not repeated),
GPT-2's BPE over bytes.
"""

from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

from lmcore.errors import CheckpointError
from lmcore.hub import weights
from lmcore.readers.spelling import Bytes, Continues, EndOfWord, Spelling

#: The spelling of each architecture; GPT-1 was trained without a sign for the start of a text.
SPELLINGS: dict[str, Spelling] = {
    "bert": Continues(("[CLS]",), ("[SEP]",), "[PAD]", "[UNK]", "[MASK]"),
    "openai-gpt": EndOfWord(unknown="<unk>"),
    "gpt2": Bytes(("<|endoftext|>",)),
}
#: Which model of the tokenizers library each architecture has.
_KINDS = {"bert": models.WordPiece, "openai-gpt": models.BPE, "gpt2": models.BPE}
_JSON, _CONFIG = "tokenizer.json", "tokenizer_config.json"
_VOCAB_TXT, _VOCAB_JSON, _MERGES = "vocab.txt", "vocab.json", "merges.txt"


def load(folder: Path, architecture: str, name: str) -> Tokenizer:
    """The tokenizer in a folder of published files.

    Text that looks like a special entry is read as the text it is, and no text is cut or padded,
    whatever the files say.

    Args:
        folder: where the files lie.
        architecture: a key of :data:`SPELLINGS`.
        name: of the model, for messages.

    Raises:
        CheckpointError: ``published_no_tokenizer``, ``published_cut_short``, ``published_unknown``
            (a tokenizer of another kind) or ``published_entry_missing``.
    """
    if (folder / _JSON).is_file():
        tokenizer = _from_json(folder, name)
    elif architecture == "bert":
        tokenizer = _wordpiece(folder, name)
    else:
        tokenizer = _bpe(folder, architecture, name)
    if not isinstance(tokenizer.model, _KINDS[architecture]):
        kind = f"{architecture} with a tokenizer of the kind {type(tokenizer.model).__name__}"
        raise CheckpointError("published_unknown", folder=folder.name, architecture=kind)
    for entry in sorted(SPELLINGS[architecture].specials):
        if tokenizer.token_to_id(entry) is None:
            raise CheckpointError("published_entry_missing", reader=name, entry=entry)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    return tokenizer


def check_size(tokenizer: Tokenizer, rows: int, name: str) -> int:
    """Every entry of the vocabulary must have its row in the matrix; returns how many there are.

    Rows behind the last entry are those of a matrix that was padded to a round size: no text has
    them, and they are left away (:func:`lmcore.hub.weights.without_surplus`).

    Args:
        tokenizer: with its vocabulary.
        rows: of the matrix.
        name: of the model.

    Raises:
        CheckpointError: ``published_sizes``.
    """
    entries = tokenizer.get_vocab()
    if len(entries) > rows or max(entries.values()) != len(entries) - 1:
        raise weights.sizes(name, len(entries), rows)
    return len(entries)


def _from_json(folder: Path, name: str) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(folder / _JSON))
    except Exception as error:  # tokenizers raises bare Exception for a bad file
        raise weights.cut_short(name, folder / _JSON, "no tokenizer") from error
    wanted, normalizer = _settings(folder, name).get("do_lower_case"), tokenizer.normalizer
    if isinstance(wanted, bool) and isinstance(normalizer, normalizers.BertNormalizer):
        # Where the two files disagree, transformers follows the settings.
        normalizer.lowercase = wanted
        tokenizer.normalizer = normalizer
    return tokenizer


def _settings(folder: Path, name: str) -> dict[str, Any]:
    """``tokenizer_config.json``, empty where there is none."""
    path = folder / _CONFIG
    return weights.read_json(path, name) if path.is_file() else {}


def _wordpiece(folder: Path, name: str) -> Tokenizer:
    """BERT's tokenizer from ``vocab.txt``."""
    entries = _lines(folder / _VOCAB_TXT, name)
    stated = _settings(folder, name)
    lower = stated.get("do_lower_case")
    # Special entries (``[MASK]``) do not count.
    capitals = any(entry != entry.lower() for entry in entries if not entry.startswith("["))
    tokenizer = Tokenizer(
        models.WordPiece(
            {entry: place for place, entry in enumerate(entries)},
            unk_token="[UNK]",
            max_input_chars_per_word=100,
        )
    )
    tokenizer.normalizer = normalizers.BertNormalizer(
        clean_text=True,
        handle_chinese_chars=stated.get("tokenize_chinese_chars", True),
        strip_accents=stated.get("strip_accents"),
        lowercase=not capitals if lower is None else bool(lower),
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(prefix=Continues.MARK)
    return tokenizer


def _bpe(folder: Path, architecture: str, name: str) -> Tokenizer:
    """GPT-1's or GPT-2's tokenizer from ``vocab.json`` and ``merges.txt``."""
    lines = _lines(folder / _MERGES, name)
    path = _present(folder / _VOCAB_JSON, name)
    vocabulary = weights.read_json(path, name)
    pairs = (line.partition(" ") for line in lines if not line.startswith("#version"))
    merges = [(left, right) for left, blank, right in pairs if blank]
    end = EndOfWord.END if architecture == "openai-gpt" else ""
    unknown = SPELLINGS[architecture].unknown or None
    try:
        model = models.BPE(vocabulary, merges, unk_token=unknown, end_of_word_suffix=end)
    except Exception as error:  # a merge of entries that the vocabulary lacks
        raise weights.cut_short(name, folder / _MERGES, str(error)) from error
    tokenizer = Tokenizer(model)
    if architecture == "openai-gpt":
        tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        tokenizer.decoder = decoders.BPEDecoder(suffix=EndOfWord.END)
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _present(path: Path, name: str) -> Path:
    if not path.is_file():
        raise CheckpointError("published_no_tokenizer", reader=name, files=f"{_JSON} / {path.name}")
    return path


def _lines(path: Path, name: str) -> list[str]:
    try:
        text = _present(path, name).read_text(encoding="utf8")
    except UnicodeDecodeError as error:
        raise weights.cut_short(name, path, "no text in UTF-8") from error
    return text.removesuffix("\n").split("\n")
