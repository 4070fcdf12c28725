"""The body of the page “masked word”."""
