"""Two sentences as one text for a reader that was trained on pairs (BERT)."""

from dataclasses import replace

from lmcore.outputs.reading import Piece
from lmcore.readers.tokens import Encoding
from lmcore.text.words import Sentence, Span, align


def joined_text(first: Sentence, second: Sentence) -> Sentence:
    """Both sentences with a blank between them; the words stay those of each."""
    shift = len(first.text) + 1
    words = [replace(word, start=word.start + shift, end=word.end + shift) for word in second.words]
    ignored = [_moved(span, shift) for span in second.ignored]
    return Sentence(
        f"{first.text} {second.text}", (*first.words, *words), (*first.ignored, *ignored)
    )


def _moved(span: Span, shift: int) -> Span:
    return span[0] + shift, span[1] + shift


def cut_pair(
    pair: Sentence, shift: int, left: Encoding, right: Encoding, leading: int
) -> tuple[Encoding, list[int]]:
    """Both sentences' pieces in one row, and the segment (0 or 1) of each.

    Args:
        pair: of :func:`joined_text`.
        shift: where the second sentence begins in it.
        left, right: each sentence by itself, with the special positions around it.
        leading: special positions in front, which only the first keeps.
    """
    moved = [
        Piece(piece.text, _moved(piece.span, shift) if piece.span else None)
        for piece in right.pieces[leading:]
    ]
    pieces = (*left.pieces, *moved)
    word_pieces = align(pair.words, [piece.span for piece in pieces])
    segments = [0] * len(left.ids) + [1] * len(moved)
    return Encoding((*left.ids, *right.ids[leading:]), pieces, word_pieces), segments
