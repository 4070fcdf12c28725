"""What the Masked word page asks: words taken out of the shared sentence, and how it shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from lmcore.errors import InputError
from lmcore.text import cloze
from lmcore.text.cloze import MAX_ASKED, MAX_BLANKS, Cloze, asked_words
from lmcore.text.examples import BlankExample
from lmcore.text.words import Sentence, blanks_of
from pages.ui.address import state as address
from pages.ui.errors import problem
from pages.ui.inputs import put_sentence, sentence_box
from pages.ui.models import choice as reading
from pages.ui.text import md, t

#: In the address: numbers of the words taken out, counted from 1 (``b=5,6``; ``0`` for none).
PARAMETER = "b"
#: In the session: the sentence that the choice belongs to, and the choice.
_SENTENCE, _CHOICE = "masked_word:sentence", f"kept:{PARAMETER}"
WORDS = "w"
#: Stands for a word that was taken out.
GAP = "▁▁▁"


@dataclass(frozen=True)
class Query:
    """What the page is about.

    Attributes:
        cloze: the sentence and its blanks.
        example: words to ask about that belong to an example, as typed.
    """

    cloze: Cloze
    example: str


def blank_box() -> Query:
    """The shared sentence, its words as buttons, and the blanks that come of it.

    Raises:
        InputError: the text cannot be read, or has no blank or too many.
    """
    sentence = cloze.written(sentence_box())
    choice = _choice(sentence)
    _words(sentence, choice)
    _below(choice)
    _keep_address(sentence, choice)
    known = reading.examples().blanks_by_text.get(sentence.text)
    words = known.words if known is not None and choice == known.blanks else ""
    return Query(cloze.opened(sentence, choice), words)


def _default(sentence: Sentence) -> tuple[int, ...]:
    known = reading.examples().blanks_by_text.get(sentence.text)
    return known.blanks if known is not None else cloze.suggested(sentence)


def _choice(sentence: Sentence) -> tuple[int, ...]:
    """The words that are taken out: from the session, else from the address, else a suggestion.

    A choice follows its words when the sentence is edited.
    """
    state = st.session_state
    before: Sentence | None = state.get(_SENTENCE)
    if before is None or _CHOICE not in state:
        state[_CHOICE] = _from_address(sentence)
    elif before.text != sentence.text:
        kept = cloze.carried(before, sentence, state[_CHOICE])
        state[_CHOICE] = kept or _default(sentence)
    state[_SENTENCE] = sentence
    choice: tuple[int, ...] = state[_CHOICE]
    return choice


def _from_address(sentence: Sentence) -> tuple[int, ...]:
    given = st.query_params.get(PARAMETER)
    if given is None:
        return _default(sentence)
    numbers = [part.strip() for part in given.split(",")]
    if numbers == ["0"]:
        return ()
    places = sorted({int(n) - 1 for n in numbers if n.isascii() and n.isdigit() and len(n) < 6})
    if len(places) == len(numbers) and all(0 <= place < len(sentence) for place in places):
        return tuple(places)
    problem(InputError("blank_not_there", number=given[:40], count=len(sentence)))
    return _default(sentence)


def _keep_address(sentence: Sentence, choice: Sequence[int]) -> None:
    """Write the choice into the address, unless it is what anybody sees at first."""
    wanted = ",".join(str(place + 1) for place in choice) or "0"
    if tuple(choice) == _default(sentence):
        if PARAMETER in st.query_params:
            del st.query_params[PARAMETER]
    elif st.query_params.get(PARAMETER) != wanted:
        st.query_params[PARAMETER] = wanted


def _words(sentence: Sentence, choice: Sequence[int]) -> None:
    """One button a word; a click takes the word out or puts it back."""
    given = blanks_of(sentence)
    blanks = sorted({*choice, *given})
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="cloze"):
        for place, word in enumerate(sentence.words):
            if place not in blanks and not word.has_letters:
                st.markdown(md(word.text), width="content")
                continue
            label, hint = md(word.text), t("masked_word.take_out")
            if place in blanks:
                # Not another type of button: the browser would make a new one, without the focus.
                label = f":blue-background[**{blanks.index(place) + 1} {GAP}**]"
                hint = t("masked_word.typed" if place in given else "masked_word.put_back")
            st.button(
                label,
                key=f"word:{place}",
                help=hint if place in given or place not in blanks else f"{hint} {md(word.text)}",
                disabled=place in given,
                on_click=_toggle,
                args=(place,),
            )


def _toggle(place: int) -> None:
    state = st.session_state
    chosen = set(state[_CHOICE]) ^ {place}
    state[_CHOICE] = tuple(sorted(chosen))


def _below(choice: Sequence[int]) -> None:
    """What the buttons do, all words back at once, and examples."""
    st.caption(t("masked_word.words_help", limit=MAX_BLANKS))
    with st.container(horizontal=True, vertical_alignment="center"):
        if choice:
            st.button(
                t("masked_word.all_back"),
                key="words-back",
                icon=":material/undo:",
                on_click=_put_all_back,
            )
        with st.popover(t("masked_word.examples"), icon=":material/lightbulb:"):
            _examples()


def _put_all_back() -> None:
    st.session_state[_CHOICE] = ()


def _examples() -> None:
    for group, entries in reading.examples().blanks.items():
        st.caption(reading.say(f"masked_word.example.{group}"))
        for number, example in enumerate(entries):
            st.button(
                md(example.with_blanks),
                key=f"cloze-example:{group}:{number}",
                type="tertiary",
                on_click=_take,
                args=(example,),
            )


def _take(example: BlankExample) -> None:
    state = st.session_state
    put_sentence(example.text)
    state[_CHOICE] = example.blanks
    state[_SENTENCE] = cloze.split(example.text)
    state[WORDS] = ""


@dataclass(frozen=True)
class Options:
    """What the controls say.

    Attributes:
        which: the blank that is looked at, from 0.
        blanks: how many there are.
        k: words a picture.
        same_axis: whether all pictures have one scale.
        without_right: whether the words behind the blank are deleted.
        words: those that are asked about.
        texts: what is read, for captions.
    """

    which: int
    blanks: int
    k: int
    same_axis: bool
    without_right: bool
    words: tuple[str, ...]
    texts: tuple[str, ...]


def controls(query: Query) -> Options:
    """Which blank, which words, and how they are drawn.

    Raises:
        InputError: too many words are asked about.
    """
    which = _which_blank(query.cloze)
    left, right = st.columns(2, vertical_alignment="bottom")
    typed = left.text_input(
        t("masked_word.asked"),
        placeholder=query.example or None,
        key=WORDS,
        bind="query-params",
        help=t("masked_word.asked_help", limit=MAX_ASKED),
    )
    k = right.slider(t("masked_word.k"), 3, 20, 8, key="mk", bind="query-params")
    same_axis = address.switch("mx", t("masked_word.same_axis"), left)
    without_right = address.switch("mr", t("masked_word.cut"), right)
    words = asked_words(typed or query.example, query.cloze.hidden[which])
    texts = _read(query.cloze, which)
    return Options(which, len(query.cloze), k, same_axis, without_right, tuple(words), texts)


def _which_blank(cloze: Cloze) -> int:
    """The blank whose candidates are shown: its index."""
    numbers = [str(number) for number in range(1, len(cloze) + 1)]
    if len(cloze) == 1:
        address.number("mb", 1)  # says so where a link asks for another
        return 0
    chosen = address.one_of(
        "mb", numbers, t("masked_word.which"), named=str, help=t("masked_word.which_help")
    )
    return numbers.index(chosen)


def _read(cloze: Cloze, which: int) -> tuple[str, ...]:
    """The sentence with its blanks, and which one is looked at."""
    several = [t("masked_word.blank", number=which + 1)] if len(cloze) > 1 else []
    return (cloze.sentence.text, *several)
