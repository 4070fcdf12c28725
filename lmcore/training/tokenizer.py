"""Tokenizers trained on the corpus: BPE for GPT (Sennrich et al. 2016, as GPT-1 uses it) and
WordPiece for BERT. Both lower-case and strip accents, as the published uncased models do; the pages
say so at each word that it touches."""

from __future__ import annotations

from collections.abc import Iterator

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

VOCABULARY_SIZE = 16_384
GPT_SPECIALS = ["<unk>", "<s>"]
#: Curly quotes are read as straight ones (the corpus has no others), then as BERT does it.
NORMALIZER = normalizers.Sequence(
    [
        normalizers.Replace(Regex("[‘’‚‛]"), "'"),
        normalizers.Replace(Regex("[“”„‟]"), '"'),
        normalizers.BertNormalizer(lowercase=True),
    ]
)
BERT_SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def train_bpe(texts: Iterator[str], size: int = VOCABULARY_SIZE) -> Tokenizer:
    """Byte-pair encoding with ``</w>`` at the end of a word; ``<s>`` starts every text."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"))
    tokenizer.normalizer = NORMALIZER
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.BPEDecoder(suffix="</w>")
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=GPT_SPECIALS,
        end_of_word_suffix="</w>",
        limit_alphabet=400,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def train_wordpiece(texts: Iterator[str], size: int = VOCABULARY_SIZE) -> Tokenizer:
    """WordPiece with ``##`` before a piece that goes on inside a word."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = NORMALIZER
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, special_tokens=BERT_SPECIALS, limit_alphabet=400, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer
