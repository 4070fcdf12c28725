"""Terms of the glossary on pages: a dotted line under the first use, and a link to the term.

A term is marked in our own texts only, never in what somebody typed. The mark is a link, so that
the keyboard reaches it and a screen reader says what it means; ``style.css`` draws it.
"""

from __future__ import annotations

import re
from functools import cache

from lmcore.text.glossary import Term, pattern, term_of
from pages.ui.text import FIRST, LANGUAGES

#: Brackets of a form, which would end the text of its link.
_BRACKETS = re.compile(r"(?<!\\)[\[\]]")


def link(term: Term, shown: str, language: str) -> str:
    """A term as Markdown: a link to it, with its two sentences as a title.

    Args:
        term: of the glossary.
        shown: Markdown of the link.
        language: ``en`` or ``zh``.
    """
    # Relative, as the app may stand below another address.
    more = "" if LANGUAGES[FIRST] == language else f"&lang={language}"
    title = term.wording[language].text.replace("\\", "\\\\").replace('"', '\\"')
    return f'[{shown}](glossary?term={term.name}{more} "{title}")'


@cache
def marked(markdown: str, language: str) -> str:
    """One of our own texts with the first use of each term marked.

    Args:
        markdown: the text.
        language: in which it is written.
    """
    seen: set[str] = set()

    def mark(match: re.Match[str]) -> str:
        term = term_of(match["form"], language)
        # Emphasis of a term goes into its link; one that only begins or ends there would break.
        if term is None or term.name in seen or match["before"] != match["after"]:
            return match[0]
        seen.add(term.name)
        return link(term, _BRACKETS.sub(r"\\\g<0>", match[0]), language)

    return pattern(language).sub(mark, markdown)
