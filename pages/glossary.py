"""Glossary: what the words of this field mean, by theme, by letter, or as a link asks."""

from pages.sections.glossary import terms
from pages.ui.page import page

with page("glossary"):
    terms.asked_part()
    terms.list_part()
