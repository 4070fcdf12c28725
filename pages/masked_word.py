"""Page."""

from pages._shared.frame import page

with page("masked_word"):
    pass
