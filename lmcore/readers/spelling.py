"""How the entries of a vocabulary are written, and how a text is put together from them.

Three ways are known: ``</w>`` behind the piece that ends a word (GPT-1), ``##`` before a piece that
goes on inside one (BERT), and bytes written as characters with the blank inside the piece (GPT-2).
"""

import codecs
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from lmcore.readers.sampling import joined
from lmcore.text.words import Span

#: Written on the side on which a piece goes on inside a word.
GOES_ON = "…"
#: How blanks at the edge of a piece are made visible.
BLANKS = str.maketrans({" ": "␣", "\n": "↵", "\t": "⇥"})

#: Takes the entries that are written one by one; returns what each appends to the text.
Writer = Callable[[str], str]


@dataclass(frozen=True)
class Spelling(ABC):
    """The special entries of a vocabulary and the marks of the others.

    Attributes:
        before, after: special entries round every text; empty where the model was trained without.
        padding: special entry behind shorter texts of a batch; ``""`` where any entry will do,
            because nobody looks at it.
        unknown: what stands for text that the vocabulary lacks; ``""`` where it lacks none.
        mask: what hides a piece; ``""`` where nothing does.
    """

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    padding: str = ""
    unknown: str = ""
    mask: str = ""

    @property
    def specials(self) -> frozenset[str]:
        """Every entry that stands for no text."""
        named = {*self.before, *self.after, self.padding, self.unknown, self.mask}
        return frozenset(named - {""})

    @abstractmethod
    def is_word(self, text: str) -> bool:
        """Whether an entry alone in a blank is a word (or begins one where no mark ends it)."""

    @abstractmethod
    def plain(self, text: str) -> str:
        """An entry as it stands in a text, without blanks at its edges."""

    @abstractmethod
    def shown(self, text: str) -> str:
        """An entry with :data:`GOES_ON` on the side where the word goes on."""

    def is_blank(self, text: str) -> bool:
        """Whether an entry holds nothing but blanks."""
        return False

    def writer(self, text: str) -> Writer:
        """What writes entries behind a text."""
        raise NotImplementedError


def has_letters(text: str) -> bool:
    """Whether a text holds a letter or a digit."""
    return any(character.isalnum() for character in text)


@dataclass(frozen=True)
class EndOfWord(Spelling):
    """``</w>`` ends a word, as in GPT-1."""

    END = "</w>"

    def is_word(self, text: str) -> bool:
        """See :meth:`Spelling.is_word`: it ends a word and so, alone, is one."""
        return text.endswith(self.END) and has_letters(self.plain(text))

    def plain(self, text: str) -> str:
        """See :meth:`Spelling.plain`."""
        return text.removesuffix(self.END)

    def shown(self, text: str) -> str:
        """See :meth:`Spelling.shown`."""
        whole = text.endswith(self.END) or text in self.specials
        return self.plain(text) + ("" if whole else GOES_ON)

    def writer(self, text: str) -> Writer:
        """See :meth:`Spelling.writer`; blanks are set as one writes."""
        state = {"text": text, "inside": False}

        def append(entry: str) -> str:
            plain = self.plain(entry)
            written = plain if state["inside"] else joined(str(state["text"]), plain)
            state["inside"] = not entry.endswith(self.END)
            state["text"] = str(state["text"]) + written
            return written

        return append


@dataclass(frozen=True)
class Continues(Spelling):
    """``##`` goes on inside a word, as in BERT."""

    MARK = "##"

    def is_word(self, text: str) -> bool:
        """See :meth:`Spelling.is_word`: such an entry begins a word, and alone it is one."""
        inner = text.startswith(self.MARK)
        return text not in self.specials and not inner and has_letters(text)

    def plain(self, text: str) -> str:
        """See :meth:`Spelling.plain`."""
        return text.removeprefix(self.MARK)

    def shown(self, text: str) -> str:
        """See :meth:`Spelling.shown`."""
        return (GOES_ON if text.startswith(self.MARK) else "") + self.plain(text)

    def writer(self, text: str) -> Writer:
        """See :meth:`Spelling.writer`; blanks are set as one writes."""
        state = {"text": text}

        def append(entry: str) -> str:
            plain = self.plain(entry)
            inner = entry.startswith(self.MARK)
            written = plain if inner else joined(state["text"], plain)
            state["text"] += written
            return written

        return append


@cache
def _bytes() -> dict[str, int]:
    """The character that GPT-2 writes for each byte: printable ones as themselves, others moved."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    moved = [byte for byte in range(256) if byte not in printable]
    known = {chr(byte): byte for byte in printable}
    return known | {chr(256 + place): byte for place, byte in enumerate(moved)}


@dataclass(frozen=True)
class Bytes(Spelling):
    """Bytes written as characters, a blank being part of the piece behind it, as in GPT-2."""

    def of(self, text: str) -> bytes:
        """The bytes that an entry stands for; a special one stands for its own letters."""
        known = _bytes()
        if text in self.specials or any(character not in known for character in text):
            return text.encode("utf8")
        return bytes(known[character] for character in text)

    def is_word(self, text: str) -> bool:
        """See :meth:`Spelling.is_word`: no mark tells whether the word goes on behind it."""
        if text in self.specials or not text.startswith("Ġ"):
            return False
        try:
            plain = self.of(text).decode("utf8")[1:]
        except UnicodeDecodeError:
            return False
        return has_letters(plain) and not any(character.isspace() for character in plain)

    def plain(self, text: str) -> str:
        """See :meth:`Spelling.plain`; bytes that are no whole characters are told as numbers."""
        return self._read(text).strip(" ")

    def _read(self, text: str) -> str:
        raw = self.of(text)
        try:
            return raw.decode("utf8")
        except UnicodeDecodeError:
            return f"‹{raw.hex(' ').upper()}›"

    def shown(self, text: str) -> str:
        """See :meth:`Spelling.shown`: it goes on where no blank stands in front of its letters."""
        plain = self._read(text)
        inner = text not in self.specials and plain[:1].isalnum()
        return (GOES_ON if inner else "") + (
            plain.strip(" ") if plain.strip() else plain.translate(BLANKS)
        )

    def is_blank(self, text: str) -> bool:
        """See :meth:`Spelling.is_blank`."""
        return text not in self.specials and not self._read(text).strip()

    def writer(self, text: str) -> Writer:
        """See :meth:`Spelling.writer`; a character is written with the piece that completes it."""
        decoder = codecs.getincrementaldecoder("utf8")(errors="replace")
        state = {"blank": text[-1:].isspace() or not text}

        def append(entry: str) -> str:
            written = decoder.decode(self.of(entry))
            if state["blank"] and written:  # the blank between them stands there already
                written, state["blank"] = written.removeprefix(" "), False
            return written

        return append

    def pieces(
        self, entries: Sequence[str], spans: Sequence[Span], text: str
    ) -> list[tuple[str, Span]]:
        """How the pieces of a text are shown, and which characters of it they stand for.

        Spans are counted from the bytes themselves.

        A character that runs over several pieces belongs to each of them and is shown with its
        part (``😀 1/3``).

        Args:
            entries: of the vocabulary, in the order of the text.
            spans: as the tokenizer has them.
            text: the original.
        """
        raw = [self.of(entry) for entry in entries]
        ends = list(accumulate(len(part) for part in raw))
        sizes = [len(character.encode("utf8")) for character in text]
        owner = [place for place, size in enumerate(sizes) for _ in range(size)]
        shift = sum(map(len, raw)) - len(owner)  # a blank that the tokenizer sets before the text
        if shift not in (0, 1):
            return list(zip(entries, spans, strict=True))
        places = [
            sorted({owner[i - shift] for i in range(end - len(part), end) if i >= shift})
            for part, end in zip(raw, ends, strict=True)
        ]
        runs: dict[int, list[int]] = {}
        for number, inside in enumerate(places):
            for place in inside:
                runs.setdefault(place, []).append(number)
        return [
            (self._described(number, inside, runs, text), _trimmed(inside, text))
            for number, inside in enumerate(places)
        ]

    def _described(
        self, number: int, inside: Sequence[int], runs: dict[int, list[int]], text: str
    ) -> str:
        """The characters of one piece; of one that it shares, the part."""
        signs = ""
        for place in inside:
            shared = runs[place]
            signs += text[place].translate(BLANKS)
            if len(shared) > 1:
                signs += f" {shared.index(number) + 1}/{len(shared)}"
        return signs or "␣"


def _trimmed(inside: Sequence[int], text: str) -> Span:
    """First and last of some neighbouring characters without blanks at their edges."""
    if not inside:
        return (0, 0)
    seen = [place for place in inside if not text[place].isspace()] or list(inside)
    return (seen[0], seen[-1] + 1)
