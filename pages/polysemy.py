"""Page."""

from pages._shared.frame import page

with page("polysemy"):
    pass
