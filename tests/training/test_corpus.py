"""Corpus, tokenizers and packing."""

import lzma

import numpy as np
import pytest

from lmcore.errors import TrainingError
from lmcore.text.corpus import documents, sentences
from lmcore.training.packing import Packed, WordTypes, encode_pieces, pack
from lmcore.training.tokenizer import train_bpe, train_wordpiece

DOCUMENTS = [
    ["The cat sat on the mat. It was Mr. Smith's cat!", "Nobody minded."],
    ["A second document. With two sentences?"],
]


def test_documents_from_plain_and_packed_text(tmp_path):
    text = "\n\n".join("\n".join(paragraphs) for paragraphs in DOCUMENTS) + "\n"
    (tmp_path / "a.txt").write_text(text, encoding="utf8")
    with lzma.open(tmp_path / "a.txt.xz", "wt", encoding="utf8") as file:
        file.write(text)
    assert list(documents([tmp_path / "a.txt"])) == DOCUMENTS
    assert list(documents([tmp_path / "a.txt.xz"])) == DOCUMENTS


def test_missing_corpus(tmp_path):
    with pytest.raises(TrainingError, match="does not exist"):
        list(documents([tmp_path / "none.txt"]))


def test_sentences_end_where_they_end():
    assert sentences(DOCUMENTS[0][0]) == ["The cat sat on the mat.", "It was Mr. Smith's cat!"]
    assert sentences('He said "No." Then he left.') == ['He said "No."', "Then he left."]
    assert sentences("Version 2.0 is out") == ["Version 2.0 is out"]


def test_packing_keeps_order_and_boundaries(tmp_path):
    types = WordTypes()
    packed = pack(DOCUMENTS, types.encode, np.int32)
    words = list(types.ids)
    assert [words[i] for i in packed.ids[:4]] == ["The", "cat", "sat", "on"]
    assert packed.sentence_starts[-1] == len(packed.ids)
    assert packed.document_starts.tolist() == [0, 3]
    assert packed.last_sentence_of_document().tolist() == [False, False, True, False, True]
    packed.save(tmp_path)
    again = Packed.load(tmp_path)
    assert again is not None
    np.testing.assert_array_equal(again.ids, packed.ids)
    assert Packed.load(tmp_path / "nothing") is None


def test_word_types_by_frequency():
    types = WordTypes()
    types.encode(["b a a", "c a b"])
    words, ranks = types.by_frequency()
    assert words == ["a", "b", "c"]
    assert [words[ranks[types.ids[w]]] for w in ("a", "b", "c")] == ["a", "b", "c"]


@pytest.mark.parametrize("train", [train_bpe, train_wordpiece])
def test_tokenizers_read_what_they_were_trained_on(train):
    texts = ["The café sat near the river bank, near the old bank."] * 20
    tokenizer = train(iter(texts), size=200)
    ids = encode_pieces(tokenizer)(["The bank near the café"])[0]
    pieces = [tokenizer.id_to_token(i) for i in ids]
    assert "<unk>" not in pieces
    assert "[UNK]" not in pieces
    assert tokenizer.decode(ids).replace(" ##", "") == "the bank near the cafe"
