"""The body of the page “layers”."""
