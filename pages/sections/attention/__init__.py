"""The body of the page “attention”."""
