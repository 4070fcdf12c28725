"""Tokenizers trained on the corpus: BPE for GPT (Sennrich et al. 2016, as GPT-1 uses it) and
WordPiece for BERT, and for both where a language is written in characters that are words or parts
of words: each is a piece there. All lower-case and strip accents, as the published uncased models
do; the pages say so at each word that it touches."""

from collections.abc import Iterator

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from lmcore.text.language import Language, language

GPT_SPECIALS = ["<unk>", "<s>"]
BERT_SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def normalizer(name: str) -> normalizers.Normalizer:
    """What is done to a text first, by :attr:`lmcore.text.language.Language.normaliser`.

    Curly quotes are read as straight ones in Latin text (the corpus has no others), then all as
    BERT does it, with blanks round every Han character.
    """
    bert = normalizers.BertNormalizer(lowercase=True)
    if name == "han":
        return bert
    straight = [("[‘’‚‛]", "'"), ("[“”„‟]", '"')]
    return normalizers.Sequence([*(normalizers.Replace(Regex(a), b) for a, b in straight), bert])


def train_tokenizer(
    family: str, texts: Iterator[str], of: Language | None = None, size: int | None = None
) -> Tokenizer:
    """The tokenizer of a family for a language.

    Args:
        family: ``gpt`` or ``bert``.
        texts: what it learns from.
        of: the language of the texts; the first if not given.
        size: number of entries, if not that of the language.
    """
    of = of or language()
    if family == "bert":
        return train_wordpiece(texts, of, size)
    if of.normaliser == "han":  # a character is a word or may be: no mark is needed where one ends
        return train_wordpiece(texts, of, size, GPT_SPECIALS)
    return train_bpe(texts, of, size)


def train_bpe(
    texts: Iterator[str], of: Language | None = None, size: int | None = None
) -> Tokenizer:
    """Byte-pair encoding with ``</w>`` at the end of a word; ``<s>`` starts every text."""
    of = of or language()
    tokenizer = Tokenizer(models.BPE(unk_token=GPT_SPECIALS[0], end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizer(of.normaliser)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.BPEDecoder(suffix="</w>")
    trainer = trainers.BpeTrainer(
        vocab_size=size or of.vocabulary,
        special_tokens=GPT_SPECIALS,
        end_of_word_suffix="</w>",
        limit_alphabet=of.alphabet,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def train_wordpiece(
    texts: Iterator[str],
    of: Language | None = None,
    size: int | None = None,
    specials: list[str] = BERT_SPECIALS,
) -> Tokenizer:
    """WordPiece with ``##`` before a piece that goes on inside a word.

    Args:
        texts: what it learns from.
        of: their language.
        size: number of entries, if not that of the language.
        specials: entries that stand for no text; the one for unknown text has ``unk`` in its name.
    """
    of = of or language()
    unknown = next(entry for entry in specials if "unk" in entry.lower())
    tokenizer = Tokenizer(models.WordPiece(unk_token=unknown, max_input_chars_per_word=100))
    tokenizer.normalizer = normalizer(of.normaliser)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    trainer = trainers.WordPieceTrainer(
        vocab_size=size or of.vocabulary,
        special_tokens=specials,
        limit_alphabet=of.alphabet,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer
