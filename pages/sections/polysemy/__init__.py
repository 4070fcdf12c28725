"""The body of the page “polysemy”."""
