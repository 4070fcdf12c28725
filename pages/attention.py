"""Page."""

from pages._shared.frame import page

with page("attention"):
    pass
